package plan

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

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
	types    []string
	typename string
	inputs   []Input
	steps    []*step
}

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

// join adds the part to the call if an object then still has one representation.
func (c *call) join(p *part) bool {
	if c.place().layout != p.place.layout {
		return false
	}
	for _, other := range c.parts {
		if other.place == p.place && other.typename == p.typename && other.steps[0].start.node == p.steps[0].start.node {
			inputs, ok := mergeInputs(other.inputs, p.inputs)
			if ok {
				other.inputs, other.steps = inputs, append(other.steps, p.steps...)
			}
			return ok
		}
		if other.types == nil || p.types == nil || len(intersect(other.types, p.types)) > 0 {
			return false
		}
	}
	c.parts = append(c.parts, p)
	return true
}

func newPart(w *walker, s *step) *part {
	start := s.start
	p := &part{place: start.place, types: w.runtimeTypes(start.place), steps: []*step{s}, typename: start.place.typ}
	target := start.node.Type
	switch {
	case target.InterfaceObject:
		p.typename = target.Name
	case start.runtimeTypename:
		p.typename = ""
	}
	b := inputBuilder{supergraph: w.supergraph, subgraph: target.Subgraph}
	p.inputs = b.inputs(start.place.layout, target, fromFieldSet(w.supergraph, start.place.typ, start.entry.Key.Fields))
	if start.requires != nil {
		more := b.inputs(start.place.layout, target, fromFieldSet(w.supergraph, start.place.typ, start.requires.Field.Requires))
		// A key and a requirement on one field with one set of arguments agree.
		p.inputs, _ = mergeInputs(p.inputs, more)
	}
	return p
}

// inputBuilder makes the inputs of a representation from field sets.
type inputBuilder struct {
	supergraph *supergraph.Supergraph
	subgraph   *supergraph.Subgraph
}

// inputs are the fields to send of a layout's objects. target is their type in
// the subgraph that they are sent to; it may be nil.
func (b inputBuilder) inputs(layout *Layout, target *supergraph.Type, set []*selection) []Input {
	var out []Input
	for _, s := range set {
		var in []Input
		switch {
		case s.field == "__typename":
			continue
		case s.field == "":
			in = b.inputs(layout, b.subgraph.Types[s.typ], s.below)
			for i := range in {
				in[i].Types = narrowTypes(in[i].Types, b.supergraph.Possible(s.typ))
			}
		default:
			slot := layout.Find(s.responseName, s.field, s.argumentText)
			if slot < 0 {
				continue // of a type that cannot occur
			}
			in = []Input{b.input(&layout.Slots[slot], slot, target, s)}
		}
		merged, ok := mergeInputs(out, in)
		if !ok {
			panic(fmt.Sprintf("a field set selects %q twice with different arguments", s.field))
		}
		out = merged
	}
	return out
}

func (b inputBuilder) input(slot *Slot, index int, target *supergraph.Type, s *selection) Input {
	in := Input{Name: s.field, Slot: index}
	var field *supergraph.Field
	if target != nil {
		field = target.Fields[s.field]
	}
	if field != nil {
		in.NonNull = field.Type.NonNull
	}
	if !s.leaf { // the slot's layout may be another type's, whose field has this name too
		below := b.subgraph.Types[s.typ]
		if field != nil {
			below = b.subgraph.Types[field.Type.Name()]
		}
		in.Typename = below != nil && below.Kind != ast.Object
		in.Fields = b.inputs(slot.Layout, below, s.below)
		if in.Fields == nil {
			in.Fields = []Input{} // an object of which nothing is sent is still one
		}
	}
	return in
}

func narrowTypes(types, to []string) []string {
	if types == nil {
		return to
	}
	return intersect(types, to)
}

// mergeInputs unites two lists of inputs; ok is false when one name would have
// two values.
func mergeInputs(a, b []Input) (merged []Input, ok bool) {
	merged = slices.Clone(a)
	for _, in := range b {
		i := slices.IndexFunc(merged, func(m Input) bool { return m.Name == in.Name && sameTypes(m.Types, in.Types) })
		if i < 0 {
			if slices.ContainsFunc(merged, func(m Input) bool { return m.Name == in.Name && m.Slot != in.Slot && meet(m.Types, in.Types) }) {
				return nil, false
			}
			merged = append(merged, in)
			continue
		}
		if merged[i].Slot != in.Slot {
			return nil, false
		}
		if merged[i].Fields, ok = mergeInputs(merged[i].Fields, in.Fields); !ok {
			return nil, false
		}
		if len(merged[i].Fields) == 0 {
			merged[i].Fields = nil
		}
		merged[i].NonNull = merged[i].NonNull || in.NonNull
	}
	return merged, true
}

func sameTypes(a, b []string) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

func meet(a, b []string) bool { return a == nil || b == nil || len(intersect(a, b)) > 0 }
