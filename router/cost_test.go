package router

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/router/cost"
)

// An operation that costs too much is refused before any subgraph is asked, also
// for some variables only. Who asks for the cost is told it.
func TestCost(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{Cost: cost.Options{Max: 10}})
	for range 2 {
		if answer := r.Execute(t.Context(), &Request{Query: everything}); answer.Refused != cost.CodeTooExpensive || answer.Errors != 1 {
			t.Errorf("refused as %q: %s", answer.Refused, answer.Body)
		}
	}
	if n := len(w.network.Sent()); n != 0 {
		t.Errorf("%d requests to subgraphs", n)
	}
	for _, plan := range []PlanOutput{PlanHidden, PlanShown, PlanOnly} {
		answer := r.Execute(t.Context(), &Request{Query: `{ product(upc: "1") { name } }`, Plan: plan, Cost: true})
		if answer.Cost != 1 || !strings.HasSuffix(string(answer.Body), `"cost":{"estimated":1,"max":10}}}`) {
			t.Errorf("cost %d: %s", answer.Cost, answer.Body)
		}
	}
	measuring := w.router(t, Options{Cost: cost.Options{Max: 10, Measure: true}})
	if answer := measuring.Execute(t.Context(), &Request{Query: everything}); answer.Refused != "" || answer.Cost != 11 {
		t.Errorf("cost %d: %s", answer.Cost, answer.Body)
	}
}
