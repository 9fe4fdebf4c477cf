// Package casetest makes routers of test cases that are texts, for the tests of
// what stands around the router.
package casetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// World is a router and its subgraphs.
type World struct {
	*router.Router
	// Network records what subgraphs are asked.
	Network *subgraphtest.Network
}

// New makes the world of a case. Each of its files NAME.graphql is the SDL of a
// subgraph, which answers from the fixtures in data.json. They are composed,
// unless supergraph.graphql is there. Errors of subgraphs are shown in full
// unless the options say otherwise.
func New(t testing.TB, c *goldentest.Case, o router.Options) *World {
	t.Helper()
	w := &World{Network: &subgraphtest.Network{}}
	o.Connect = func(s *supergraph.Subgraph) (execute.Transport, error) { return execute.NewHTTP(w.Network, s.URL) }
	if o.Errors == nil {
		o.Errors = response.PassAll
	}
	fixtures, err := mock.ParseFixtures([]byte(c.File("data.json")))
	if err != nil {
		t.Fatal(err)
	}
	sdls := subgraphs(c)
	sdl := c.File("supergraph.graphql")
	if sdl == "" {
		sdl = composed(t, sdls)
	}
	for name, sdl := range sdls {
		schema, err := mock.ParseSubgraph(sdl)
		if err != nil {
			t.Fatalf("subgraph %q: %v", name, err)
		}
		if err := w.Network.Handle(name, "http://"+name, mock.Handler(schema, fixtures.Subgraph(name))); err != nil {
			t.Fatal(err)
		}
	}
	if w.Router, err = router.New(sdl, o); err != nil {
		t.Fatal(err)
	}
	return w
}

func subgraphs(c *goldentest.Case) map[string]string {
	sdls := map[string]string{}
	for _, file := range c.Names() {
		name, ok := strings.CutSuffix(file, ".graphql")
		if !ok || name == "supergraph" {
			continue
		}
		if sdls[name] = c.File(file); !strings.Contains(sdls[name], "@link") {
			sdls[name] = schematest.Link + sdls[name]
		}
	}
	return sdls
}

func composed(t testing.TB, sdls map[string]string) string {
	t.Helper()
	var sources []subgraph.Source
	for name, sdl := range sdls {
		sources = append(sources, subgraph.FromSDL(name, "http://"+name, sdl))
	}
	composed, err := compose.Supergraph(sources)
	if err != nil {
		t.Fatal(err)
	}
	return composed.SDL
}

// Sent prints what subgraphs were asked since it was called last, a line each.
func (w *World) Sent(t testing.TB) string {
	t.Helper()
	var out strings.Builder
	for _, s := range w.Network.Sent() {
		query, _, _, err := s.Operation()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s: %s\n", s.Subgraph, query)
	}
	w.Network.Reset()
	return out.String()
}
