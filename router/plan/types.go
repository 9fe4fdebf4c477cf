package plan

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// byType resolves an interface's field for each runtime type apart. All of
// them must be resolvable from one way of being here, as that way's subgraph
// decides which types there are.
func (w *walker) byType(p *position, s *selection) ([]*goal, error) {
	var failed error = &unresolvable{p.typ, s.field}
	for _, at := range w.realWays(p) {
		if len(at.possible) == 0 {
			continue // nothing can be here, so nothing says who resolves the field
		}
		var goals []*goal
		var err error
		for _, typeName := range at.possible {
			cast := at.castTo(typeName)
			if cast == nil {
				continue
			}
			var more []*goal
			if more, err = w.walkField(&position{place: w.narrowed(p.place, typeName), ways: []*way{cast}, above: p.above}, s); err != nil {
				break
			}
			goals = append(goals, more...)
		}
		if err == nil {
			return append(goals, &goal{options: []*option{{way: at}}}), nil
		}
		failed = err
	}
	return nil, failed
}

// realWays are the ways of being at an abstract position whose subgraphs know
// the runtime types: for interface objects, those that an entry leads to.
func (w *walker) realWays(p *position) []*way {
	var ways []*way
	for _, at := range p.ways {
		if !at.node.Type.InterfaceObject {
			ways = append(ways, at)
		}
	}
	if len(ways) < len(p.ways) {
		for _, at := range w.entered(p) {
			if !at.node.Type.InterfaceObject {
				ways = append(ways, at)
			}
		}
	}
	return ways
}

func (w *walker) walkFragment(p *position, s *selection) ([]*goal, error) {
	if s.typ == p.typ || !w.isAbstract(p.typ) && w.supergraph.IsPossible(s.typ, p.typ) {
		return w.walk(p, s.below)
	}
	if !w.isAbstract(s.typ) {
		return w.walkObjectFragment(p, s.typ, s.below)
	}
	if ways, ok := w.castWhole(p, s.typ); ok {
		goals, err := w.walk(&position{place: w.narrowed(p.place, s.typ), ways: ways, above: p.above}, s.below)
		if err == nil || !isUnresolvable(err) {
			return goals, err
		}
	}
	var goals []*goal
	for _, typeName := range intersect(w.supergraph.Possible(s.typ), w.supergraph.Possible(p.typ)) {
		more, err := w.walkObjectFragment(p, typeName, s.below)
		if err != nil {
			return nil, err
		}
		goals = append(goals, more...)
	}
	return goals, nil
}

// walkObjectFragment returns the goals for the values of one object type. A type
// that one of the subgraphs which could resolve the position cannot return is
// not asked for at all, since which of them answers must not matter.
func (w *walker) walkObjectFragment(p *position, typeName string, set []*selection) ([]*goal, error) {
	var ways []*way
	entered := false
	for _, at := range p.ways {
		if at.node.Type.InterfaceObject {
			// The values may be of the type, and have the interface's fields here.
			// To come back for them with the type would take a request more; the
			// price is that a field which fails for a value of another type, and
			// must not be null, takes that value along.
			ways = append(ways, at)
			if !entered {
				entered = true
				for _, real := range w.realWays(p) {
					if cast := real.castTo(typeName); cast != nil && real.start.place == p.place {
						ways = append(ways, cast)
					}
				}
			}
			continue
		}
		cast := at.castTo(typeName)
		if cast == nil {
			return nil, nil
		}
		ways = append(ways, cast)
	}
	return w.walk(&position{place: w.narrowed(p.place, typeName), ways: ways, above: p.above}, set)
}

// castWhole casts every way to an abstract type, if each subgraph that may
// answer knows the type and means the same values by it as the supergraph.
func (w *walker) castWhole(p *position, typeName string) ([]*way, bool) {
	var ways []*way
	for _, at := range p.ways {
		if at.node.Type.InterfaceObject {
			return nil, false
		}
		want := intersect(w.supergraph.Possible(typeName), at.possible)
		if at.node.Type.Kind == ast.Object {
			if len(want) == 0 {
				return nil, false
			}
			ways = append(ways, at)
			continue
		}
		cast := at.castTo(typeName)
		if cast == nil || !slices.Equal(cast.possible, want) {
			return nil, false
		}
		ways = append(ways, cast)
	}
	return ways, true
}
