package compose

import (
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Walked is what a walk through everything that clients may ask for comes to.
type Walked struct {
	Steps int
	// Found says that there is an error or a hint, Whole that the walk ended
	// before its bound.
	Found, Whole bool
}

// Walk walks subgraphs that merge, taking positions that are as good as each other
// for one or not. ok is false when they do not merge.
func Walk(sources []subgraph.Source, exchange bool) (found Walked, ok bool) {
	subgraphs, errs := parse(sources)
	if len(errs) == 0 {
		errs = subgraph.Upgrade(subgraphs)
	}
	if len(errs) > 0 {
		return Walked{}, false
	}
	merged, _, errs := merge(subgraphs)
	if len(errs) == 0 {
		errs = check(merged, subgraphs)
	}
	if len(errs) > 0 {
		return Walked{}, false
	}
	s, err := supergraph.Parse(printSupergraph(merged, subgraphs))
	if err != nil {
		panic(federation.Errors{{Message: err.Error()}})
	}
	w := newWalker(graph.Build(s), merged, subgraphs, stepsFor(s))
	if exchange {
		w.exchange = newExchange(w.graph)
	}
	w.walkAll()
	return Walked{w.steps, !w.silent(), w.steps <= w.most}, true
}
