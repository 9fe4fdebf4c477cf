package plan

import (
	"slices"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// call is an `_entities` field in the making: steps whose objects are of one
// layout and can be represented in one list.
type call struct {
	parts []*part
}

// part is what a call says about the objects of some runtime types.
type part struct {
	place    *place
	types    []string // nil for all that are possible
	possible []string
	typename string
	inputs   []Input
	steps    []*step
}

// target is the type in the subgraph that is asked.
func (p *part) target() *supergraph.Type { return p.steps[0].start.node.Type }

func (c *call) place() *place { return c.parts[0].place }

// calls groups entity steps of one request.
func calls(w *walker, steps []*step) []*call {
	var out []*call
	for _, s := range steps {
		p := newPart(w, s)
		if !slices.ContainsFunc(out, func(c *call) bool { return c.join(p) }) {
			out = append(out, &call{parts: []*part{p}})
		}
	}
	return out
}

// join adds the part to the call if an object then still has one representation,
// and is asked for what it was represented for only: an interface object stands
// for all types, so parts for different types must not share a list there.
func (c *call) join(p *part) bool {
	if c.place().layout != p.place.layout || c.place().scope != p.place.scope {
		return false
	}
	for _, other := range c.parts {
		if other.place == p.place && other.typename == p.typename && other.steps[0].start.node == p.steps[0].start.node {
			inputs, ok := mergeInputs(other.inputs, p.inputs, p.possible)
			if ok {
				other.inputs, other.steps = inputs, append(other.steps, p.steps...)
			}
			return ok
		}
		if other.types == nil || p.types == nil || len(intersect(other.types, p.types)) > 0 || other.target() == p.target() {
			return false
		}
	}
	c.parts = append(c.parts, p)
	return true
}

func newPart(w *walker, s *step) *part {
	start := s.start
	p := &part{place: start.place, types: w.runtimeTypes(start.place), steps: []*step{s}, typename: start.place.typ}
	p.possible = w.supergraph.Possible(start.place.typ)
	target := start.node.Type
	switch {
	case target.InterfaceObject:
		p.typename = target.Name
	case start.runtimeTypename:
		p.typename = ""
	}
	b := inputBuilder{supergraph: w.supergraph, subgraph: target.Subgraph}
	p.inputs = identifying(b.inputs(start.place.layout, start.place.typ, target, fromFieldSet(w.supergraph, start.place.typ, start.entry.Key.Fields)))
	if start.requires != nil {
		more := b.inputs(start.place.layout, start.place.typ, target, fromFieldSet(w.supergraph, start.place.typ, start.requires.Field.Requires))
		// A key and a requirement on one field with one set of arguments agree.
		p.inputs, _ = mergeInputs(p.inputs, more, p.possible)
	}
	return p
}
