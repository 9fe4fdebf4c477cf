package execute_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router/executetest"
)

// TestFaults holds what clients get when a subgraph answers wrongly: one archive
// is an operation and the subgraph that is at fault, its files the answers by
// fault.
func TestFaults(t *testing.T) {
	goldentest.Run(t, "testdata/faults", func(t *testing.T, c *goldentest.Case) map[string]string {
		seen := map[string]string{}
		for _, fault := range append(subgraphtest.Faults(), subgraphtest.Fault{Name: "none", Wrap: func(h http.Handler) http.Handler { return h }}) {
			seen[fault.Name] = faultyAnswer(t, c, fault)
		}
		return seen
	})
}

func faultyAnswer(t *testing.T, c *goldentest.Case, fault subgraphtest.Fault) string {
	t.Helper()
	r, network := newFaulty(t, c, fault)
	defer network.Wait()
	o, err := r.Prepare(c.File("query.graphql"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return readable(t, o.Run(context.Background()))
}

// TestFaultsOverTCP holds that it makes no difference whether the subgraphs are
// in memory or answer over TCP, by the router's own HTTP client.
func TestFaultsOverTCP(t *testing.T) {
	c := faultyCase(t, "entities.txtar")
	for _, fault := range subgraphtest.Faults() {
		t.Run(fault.Name, func(t *testing.T) {
			r := executetest.FromCase(t, c)
			if err := r.MockTCP(t, []byte(c.File("data.json")), subgraphs(c, fault)); err != nil {
				t.Fatal(err)
			}
			o := prepare(t, r, c)
			for range 2 { // on a new connection, and on one that was used
				if got := readable(t, o.Run(t.Context())); got != c.File(fault.Name) {
					t.Errorf("got\n%s\nwant\n%s", got, c.File(fault.Name))
				}
			}
		})
	}
}

// subgraphs are those of the case, one of them with the fault.
func subgraphs(c *goldentest.Case, fault subgraphtest.Fault) executetest.Subgraph {
	faulty := strings.TrimSpace(c.File("faulty"))
	return func(name string) (sdl string, wrap func(http.Handler) http.Handler) {
		if name == faulty {
			wrap = fault.Wrap
		}
		return executetest.SDL(c, name), wrap
	}
}

// newFaulty makes a router whose subgraphs answer from the case's data, one of
// them with the fault.
func newFaulty(t testing.TB, c *goldentest.Case, fault subgraphtest.Fault) (*executetest.Router, *subgraphtest.Network) {
	t.Helper()
	r := executetest.FromCase(t, c)
	network, err := r.Mock([]byte(c.File("data.json")), subgraphs(c, fault))
	if err != nil {
		t.Fatal(err)
	}
	return r, network
}

// readable prints a response for people, and fails the test if it is none.
func readable(t testing.TB, response []byte) string {
	t.Helper()
	text, err := executetest.Readable(response)
	if err != nil {
		t.Error(err)
	}
	return text
}
