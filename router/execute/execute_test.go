package execute_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router/executetest"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/router/routertest"
)

func TestAudit(t *testing.T) { routertest.Audit(t, executetest.Build) }

// TestRun runs operations against subgraphs that answer from data: one archive
// is subgraphs' SDLs, their data, and an operation; its outputs are the requests
// that were sent and the answer.
func TestRun(t *testing.T) {
	goldentest.Run(t, "testdata/run", func(t *testing.T, c *goldentest.Case) map[string]string {
		r := executetest.FromCase(t, c)
		network, err := r.Mock([]byte(c.File("data.json")), func(name string) (string, func(http.Handler) http.Handler) {
			return executetest.SDL(c, name), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		o, err := r.Prepare(c.File("query.graphql"), []byte(c.File("variables.json")))
		if err != nil {
			t.Fatal(err)
		}
		answer := readable(t, o.Run(t.Context()))
		return map[string]string{"requests": inOrder(o.Plan, network.Sent()), "response": answer}
	}, "requests", "response")
}

// inOrder prints requests in the order of the plan, which for parallel ones is
// not that of their arrival.
func inOrder(p *plan.Plan, sent []subgraphtest.Sent) string {
	position := func(s subgraphtest.Sent) int {
		query, _, _, _ := s.Operation()
		return slices.IndexFunc(p.Fetches, func(f *plan.Fetch) bool { return f.Subgraph.Name == s.Subgraph && f.Text == query })
	}
	slices.SortStableFunc(sent, func(a, b subgraphtest.Sent) int { return position(a) - position(b) })
	out := ""
	for _, s := range sent {
		out += fmt.Sprintf("%s %s\n", s.Subgraph, s.Body)
	}
	return out
}
