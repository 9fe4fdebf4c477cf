// Package compose turns subgraphs into a supergraph.
package compose

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// Result is a composed supergraph.
type Result struct {
	// SDL is the supergraph document.
	SDL string
	// Hints are what composed but may surprise.
	Hints []Hint
}

// Supergraph composes subgraphs, in whatever order they are given. The error is
// a federation.Errors with everything that is wrong.
func Supergraph(sources []subgraph.Source) (*Result, error) {
	subgraphs, errs := parse(sources)
	if len(errs) > 0 {
		return nil, errs
	}
	if errs := subgraph.Upgrade(subgraphs); len(errs) > 0 {
		return nil, errs
	}
	out, hints, errs := merge(subgraphs)
	if len(errs) > 0 {
		return nil, errs
	}
	if errs := check(out, subgraphs); len(errs) > 0 {
		return nil, errs
	}
	text := printSupergraph(out, subgraphs)
	more, errs := satisfiable(text, out, subgraphs)
	if len(errs) > 0 {
		return nil, errs
	}
	return &Result{SDL: text, Hints: append(hints, more...)}, nil
}

// parse reads the subgraphs side by side and returns them in the order of their
// names, which is the order of everything that follows.
func parse(sources []subgraph.Source) ([]*subgraph.Subgraph, federation.Errors) {
	sorted := slices.SortedStableFunc(slices.Values(sources), func(a, b subgraph.Source) int { return cmp.Compare(a.Name, b.Name) })
	var errs federation.Errors
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Name == sorted[i-1].Name {
			errs = append(errs, &federation.Error{
				Code: federation.InvalidSubgraphName, Message: fmt.Sprintf("two subgraphs are named %q", sorted[i].Name), Help: "give each subgraph a name of its own",
			})
		}
	}
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
