package plan

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// inputBuilder makes the inputs of a representation from field sets.
type inputBuilder struct {
	supergraph *supergraph.Supergraph
	subgraph   *supergraph.Subgraph
}

// inputs are the fields to send of a layout's objects, of the named type. target
// is their type in the subgraph that they are sent to; it may be nil.
func (b inputBuilder) inputs(layout *Layout, typ string, target *supergraph.Type, set []*selection) []Input {
	var out []Input
	for _, s := range set {
		var in []Input
		switch {
		case s.field == "__typename":
			continue
		case s.field == "":
			in = b.inputs(layout, s.typ, b.subgraph.Types[s.typ], s.below)
			for i := range in {
				in[i].Types = common(in[i].Types, b.supergraph.Possible(s.typ))
			}
		default:
			slot := layout.Find(s.responseName, s.field, s.argumentText)
			if slot < 0 {
				continue // of a type that cannot occur
			}
			in = []Input{b.input(&layout.Slots[slot], slot, target, s)}
		}
		merged, ok := mergeInputs(out, in, b.supergraph.Possible(typ))
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
		in.possible = b.supergraph.Possible(s.typ)
		in.Fields = b.inputs(slot.Layout, s.typ, below, s.below)
		if in.Fields == nil {
			in.Fields = []Input{} // an object of which nothing is sent is still one
		}
	}
	return in
}

// identifying marks the inputs of a key that has but one field: nothing can be
// found by null.
func identifying(inputs []Input) []Input {
	if len(inputs) == 1 && inputs[0].Types == nil {
		inputs[0].NonNull = true
		identifying(inputs[0].Fields)
	}
	return inputs
}

// mergeInputs unites two lists of inputs of the same objects, so that an object
// has one value under a name: where fields of one name are for different types,
// those that both are for get a field of their own. possible are the objects'
// runtime types; ok is false when one name would have two values.
func mergeInputs(a, b []Input, possible []string) (merged []Input, ok bool) {
	merged = slices.Clone(a)
	for _, in := range b {
		if merged, ok = addInput(merged, in, possible); !ok {
			return nil, false
		}
	}
	return merged, true
}

func addInput(merged []Input, in Input, possible []string) ([]Input, bool) {
	for i := range merged {
		m := &merged[i]
		if m.Name != in.Name || !meet(m.Types, in.Types) {
			continue
		}
		if m.Slot != in.Slot {
			return nil, false
		}
		both := *m
		both.NonNull = m.NonNull || in.NonNull
		if m.Fields != nil {
			var ok bool
			if both.Fields, ok = mergeInputs(m.Fields, in.Fields, m.possible); !ok {
				return nil, false
			}
		}
		rest := typesWithout(in.Types, m.Types, possible)
		if others := typesWithout(m.Types, in.Types, possible); len(others) > 0 {
			// What is in m alone stays in m, for the types that are in m alone.
			both.Types = common(m.Types, in.Types)
			m.Types = others
			merged = slices.Insert(merged, i+1, both)
		} else {
			*m = both
		}
		if len(rest) == 0 {
			return merged, true
		}
		in.Types = rest
	}
	return append(merged, in), true
}

// common are the types that are in both lists, where nil is all there are.
func common(a, b []string) []string {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return intersect(a, b)
}

// typesWithout are the types of a that are not in b, of all that are possible.
func typesWithout(a, b, possible []string) []string {
	if b == nil {
		return nil
	}
	if a == nil {
		a = possible
	}
	return slices.DeleteFunc(slices.Clone(a), func(typ string) bool { return slices.Contains(b, typ) })
}

func meet(a, b []string) bool { return a == nil || b == nil || len(intersect(a, b)) > 0 }
