package routertest_test

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"testing"

	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

var (
	count  = flag.Int("operations", 2000, "how many operations TestRandom compares")
	worlds = flag.Int("worlds", 5, "how many sets of data TestRandomOnCases tries")
	seed   = flag.Uint64("seed", 0, "from which federation on")
)

// TestRandom compares the router with the monolith on made-up federations. For
// a long run: go test ./router/routertest -run Random -operations 100000 -timeout 0
func TestRandom(t *testing.T) { routertest.Random(t, *seed, *count, composed, build) }

// TestFound holds what the random comparison found once.
func TestFound(t *testing.T) { routertest.Found(t, "testdata/found", composed, build) }

func composed(subgraphs []routertest.Subgraph) (string, error) {
	var sources []subgraph.Source
	for _, g := range subgraphs {
		sources = append(sources, subgraph.FromSDL(g.Name, g.URL, g.SDL))
	}
	result, err := compose.Supergraph(sources)
	if err != nil {
		return "", err
	}
	return result.SDL, nil
}

func build(sdl string, network http.RoundTripper) (routertest.Router, error) {
	r, err := router.New(sdl, router.Options{
		Connect: func(s *supergraph.Subgraph) (execute.Transport, error) { return execute.NewHTTP(network, s.URL) },
		Errors:  response.PassAll,
		Cost:    cost.Options{Off: true}, // made-up operations are whatever size
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, query string, variables map[string]any) []byte {
		text, err := json.Marshal(variables)
		if err != nil {
			return nil
		}
		return r.Execute(ctx, &router.Request{Query: query, Variables: text}).Body
	}, nil
}
