package routertest

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shopgraph/shopgraph/router/routertest/random"
	"github.com/shopgraph/shopgraph/router/routertest/shrink"
)

// perWorld is how many operations are tried on one made-up federation.
const perWorld = 20

// Of many failures the first few are shrunk, and after maxFailures it is enough.
const (
	shrunk      = 10
	maxFailures = 20
)

// Random compares a router with the monolith on n made-up operations, on as
// many made-up federations as that takes, from a seed on. Every difference is
// an error that names the seed of its federation (random.Generate makes it
// again), and the first ones are shrunk. Federations that do not compose are
// left out.
func Random(t *testing.T, seed uint64, n int, compose Compose, build Build) {
	t.Helper()
	new(tally).random(t, seed, n, compose, build)
}

// RandomProtected is Random on supergraphs that protect a part of themselves with
// @authenticated, for a client that is nobody. Nothing is shrunk.
func RandomProtected(t *testing.T, seed uint64, n int, compose Compose, build Build) {
	t.Helper()
	(&tally{protects: true}).random(t, seed, n, compose, build)
}

func (tally *tally) random(t *testing.T, seed uint64, n int, compose Compose, build Build) {
	t.Helper()
	worlds := make(chan uint64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for s := range worlds {
				tally.world(t, s, compose, build)
			}
		})
	}
	for s := seed; tally.compared.Load() < int64(n) && tally.failed.Load() < maxFailures; s++ {
		worlds <- s
	}
	close(worlds)
	workers.Wait()
	t.Logf("%d operations on %d federations compared, %d differ; %d federations do not compose, %d operations were not valid",
		tally.compared.Load(), tally.worlds.Load(), tally.failed.Load(), tally.refused.Load(), tally.invalid.Load())
	if refused := tally.refused.Load(); refused > 5 && refused > tally.worlds.Load() {
		t.Errorf("most made-up federations do not compose")
	}
	if invalid := tally.invalid.Load(); invalid > 50 && invalid > tally.compared.Load()/4 {
		t.Errorf("too many made-up operations are not valid")
	}
}

type tally struct {
	compared, worlds, failed, refused, invalid atomic.Int64
	protects                                   bool
}

func (c *tally) world(t *testing.T, seed uint64, compose Compose, build Build) {
	world := random.Generate(seed)
	var hidden protected
	if c.protects {
		hidden = protected{}
		compose = hidden.in(compose, seed)
	}
	f, err := NewFederation(Subgraphs(world), world.Data, compose, build)
	switch {
	case errors.Is(err, ErrNotComposable):
		c.refused.Add(1)
		return
	case err != nil:
		c.failed.Add(1)
		t.Errorf("seed %d: %v\n%s", seed, err, show(world))
		return
	}
	c.worlds.Add(1)
	f.protected = hidden
	for i := range uint64(perWorld) {
		op := random.NewOperation(f.API(), seed*perWorld+i)
		if f.Expected(t.Context(), op.Query, op.Variables).Data == nil {
			c.invalid.Add(1)
			continue
		}
		c.compared.Add(1)
		problem := f.Compare(t.Context(), op.Query, op.Variables)
		if problem == "" {
			continue
		}
		if c.failed.Add(1) <= shrunk && !c.protects {
			problem = report(t.Context(), problem, caseOf(world, op), compose, build)
		}
		t.Errorf("seed %d, operation %d: %s", seed, i, problem)
	}
}

func caseOf(w random.World, op random.Operation) shrink.Case {
	c := shrink.Case{Data: w.Data, Query: op.Query, Variables: op.Variables}
	for _, g := range w.Subgraphs {
		c.Subgraphs = append(c.Subgraphs, shrink.Subgraph{Name: g.Name, SDL: g.SDL})
	}
	return c
}

// Subgraphs gives a made-up world's subgraphs as the other functions take them.
func Subgraphs(w random.World) []Subgraph {
	var list []Subgraph
	for _, g := range w.Subgraphs {
		list = append(list, Subgraph{Name: g.Name, SDL: g.SDL})
	}
	return list
}

func show(w random.World) string {
	var b strings.Builder
	for _, g := range w.Subgraphs {
		fmt.Fprintf(&b, "-- %s.graphql --\n%s", g.Name, g.SDL)
	}
	return b.String()
}
