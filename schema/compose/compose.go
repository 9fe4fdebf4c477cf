package compose

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// Result is a composed supergraph.
type Result struct {
	// SDL is the supergraph document, in the form that routers load.
	SDL string
	// Hints are what composed but may surprise, in the order in which they came up.
	Hints []Hint
	// Steps counts the moves through the query graph with which it was proved that
	// every query can be resolved: what the proof cost, on whatever machine.
	Steps int
}

// Supergraph composes subgraphs, in whatever order they are given. An error is a
// federation.Errors with everything that the first failing stage found. It is
// safe for concurrent use and keeps nothing between calls.
func Supergraph(sources []subgraph.Source) (*Result, error) {
	subgraphs, errs := parse(sources)
	if len(errs) > 0 {
		return nil, errs
	}
	p := placer{}
	for _, s := range subgraphs {
		for _, d := range s.Documents() {
			p[d] = s.Name
		}
	}
	if errs := subgraph.Upgrade(subgraphs); len(errs) > 0 {
		return nil, p.place(errs)
	}
	merged, hints, errs := merge(subgraphs)
	if len(errs) > 0 {
		return nil, p.place(errs)
	}
	if errs := check(merged, subgraphs); len(errs) > 0 {
		return nil, p.place(errs)
	}
	text := printSupergraph(merged, subgraphs)
	more, steps, errs := satisfiable(text, merged, subgraphs)
	if len(errs) > 0 {
		return nil, p.place(errs)
	}
	return &Result{SDL: text, Hints: append(hints, more...), Steps: steps}, nil
}

// parse reads the subgraphs side by side and returns them in the order of their
// names, which is the order of everything that follows.
func parse(sources []subgraph.Source) ([]*subgraph.Subgraph, federation.Errors) {
	sorted := slices.SortedStableFunc(slices.Values(sources), func(a, b subgraph.Source) int { return cmp.Compare(a.Name, b.Name) })
	errs := checkUnique(sorted)
	subgraphs := make([]*subgraph.Subgraph, len(sorted))
	problems := make([]federation.Errors, len(sorted))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, src := range sorted {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			subgraphs[i], problems[i] = subgraph.Parse(src)
		})
	}
	wg.Wait()
	return subgraphs, slices.Concat(append([]federation.Errors{errs}, problems...)...)
}

func checkUnique(sorted []subgraph.Source) federation.Errors {
	var errs federation.Errors
	for i := 1; i < len(sorted); i++ {
		if name := sorted[i].Name; name == sorted[i-1].Name && (i == 1 || name != sorted[i-2].Name) {
			errs = append(errs, &federation.Error{
				Code: federation.InvalidSubgraphName, Message: fmt.Sprintf("several subgraphs are named %q", name), Help: "give each subgraph a name of its own",
			})
		}
	}
	return errs
}

// placer knows whose each document is.
type placer map[*ast.Source]string

// place names the subgraphs of places that errors about the supergraph point to.
func (p placer) place(errs federation.Errors) federation.Errors {
	for _, e := range errs {
		for i, at := range e.Places {
			if at.Subgraph == "" && at.Position != nil {
				e.Places[i].Subgraph = p[at.Position.Src]
			}
		}
	}
	return errs
}
