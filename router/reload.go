package router

import (
	"fmt"
	"slices"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// warmed is how many plans are made again for a new supergraph before it is
// used: those that were needed last.
const warmed = 1000

// Reload changes to a new supergraph. Requests under way end with the old one,
// those that come meanwhile are answered by it, and operations that were met
// before are planned for the new one first, so that nobody waits for them. When
// the new supergraph is not usable the old one stays, and the error says why.
// changed is false when it is the one in use.
func (r *Router) Reload(sdl string) (changed bool, err error) {
	r.reloading.Lock()
	defer r.reloading.Unlock()
	old := r.current.Load()
	if sdl == old.sdl {
		return false, nil
	}
	e, err := safely(func() (*engine, error) { return newEngine(sdl, &r.options) })
	if err != nil {
		return false, err
	}
	e.warm(old)
	r.current.Store(e)
	return true, nil
}

// Supergraph is the one in use; read-only.
func (r *Router) Supergraph() *supergraph.Supergraph { return r.current.Load().graph.Supergraph }

// safely makes an error of a panic.
func safely[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// warm plans what the old engine was asked for last, the most recent at the end,
// so that it is also the most recent here. Operations that the new supergraph
// does not have any more are left out.
func (e *engine) warm(old *engine) {
	recent := old.plans.Recent(warmed)
	for i := len(recent) - 1; i >= 0; i-- {
		if was, ok := old.plans.Peek(recent[i]); ok {
			e.plansAgain(was, recent[i])
		}
	}
}

func (e *engine) plansAgain(was *planned, key planKey) {
	document, err := e.document(was.text)
	if err != nil {
		return
	}
	definition, errs := document.Operation(was.operation.Name)
	if errs != nil || !slices.Equal(e.labels, was.engine.labels) {
		return
	}
	again := planKey{operation: operation.Key{Definition: definition, Conditions: key.operation.Conditions}, labels: key.labels}
	all, err := e.plans.Get(again, func() (*planned, int, error) { return e.build(again, was.text) })
	if err == nil && key.decisions != "" && all.demands.Same(was.demands) {
		e.restrict(all, again, key.decisions) // an error is for whoever asks for it
	}
}
