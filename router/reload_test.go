package router

import (
	"strings"
	"sync"
	"testing"
)

func TestReload(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{})
	body(r, Request{Query: everything})
	body(r, Request{Query: `query Q($w: Boolean!) { product(upc: "1") { name @include(if: $w) rating } }`, Variables: []byte(`{"w":true}`)})
	old := r.current.Load()

	if changed, err := r.Reload(w.supergraph); changed || err != nil || r.current.Load() != old {
		t.Errorf("the same supergraph: %v, %v", changed, err)
	}
	for name, sdl := range map[string]string{
		"no GraphQL":      "{",
		"no supergraph":   "type Query { a: Int }",
		"no way there":    strings.Replace(w.supergraph, "http://reviews.example/graphql", "ftp://reviews.example", 1),
		"a file cut off":  w.supergraph[:len(w.supergraph)/2],
		"an empty file":   "",
		"another version": strings.Replace(w.supergraph, "join/v0.5", "join/v9.0", 1),
	} {
		if changed, err := r.Reload(sdl); changed || err == nil || r.current.Load() != old {
			t.Errorf("%s: %v, %v", name, changed, err)
		}
	}

	// What was asked for before is planned already, as far as it is still valid.
	without := strings.Replace(w.supergraph, "  reviews: [Review!] @join__field(graph: REVIEWS)\n", "", 1)
	if changed, err := r.Reload(without); !changed || err != nil {
		t.Fatalf("a new supergraph: %v, %v", changed, err)
	}
	if e := r.current.Load(); e == old || e.documents.Len() != 1 || e.plans.Len() != 1 {
		t.Errorf("%d documents and %d plans are made ready, want 1 and 1", e.documents.Len(), e.plans.Len())
	}
	if got := body(r, Request{Query: everything}); !strings.Contains(got, "GRAPHQL_VALIDATION_FAILED") {
		t.Errorf("the old supergraph still answers: %s", got)
	}
}

// Requests go on while supergraphs change, each with one of them throughout.
func TestReloadWhileRequestsRun(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{})
	versions := []string{w.supergraph, w.supergraph + "\n# another"}
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := body(r, Request{Query: everything}); got != `{"data":{"product":{"name":"Table","reviews":[{"body":"Good."}]}}}` {
					t.Errorf("answer %s", got)
					return
				}
			}
		})
	}
	for i := range 20 {
		if changed, err := r.Reload(versions[(i+1)%2]); !changed || err != nil {
			t.Errorf("reload %d: %v, %v", i, changed, err)
		}
	}
	close(stop)
	group.Wait()
}
