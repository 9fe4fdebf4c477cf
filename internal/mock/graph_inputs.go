package mock

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// inputs gives the canonical required values of an object's field out of the
// data: "" when nothing is required.
func (r *Run) inputs(o *graphObject, name string) string {
	at := coordinate{o.typename, name}
	need, ok := r.graph.requires[at]
	for _, iface := range r.graph.interfaces[o.typename] {
		if !ok {
			at = coordinate{iface, name}
			need, ok = r.graph.requires[at]
		}
	}
	if !ok {
		return ""
	}
	return string(canonical(nil, r.selection(need, need.schema.types[at.typename], o)))
}

// selection evaluates a key's or requirement's selection over an object. declared
// is the type that the subgraph's schema gives it.
func (r *Run) selection(need requirement, declared *namedType, o *graphObject) map[string]any {
	out := map[string]any{}
	r.selectInto(out, need, declared, o)
	return out
}

func (r *Run) selectInto(out map[string]any, need requirement, declared *namedType, o *graphObject) {
	for _, item := range need.set {
		switch sel := item.(type) {
		case *ast.Field:
			if sel.Name != "__typename" {
				join(out, sel, r.selectField(need.schema, declared, o, sel))
			}
		case *ast.InlineFragment:
			condition := sel.TypeCondition
			if condition == "" || condition == o.typename || r.graph.implementers[condition][o.typename] {
				inner := declared
				if t := need.schema.types[condition]; t != nil {
					inner = t
				}
				r.selectInto(out, requirement{need.schema, sel.SelectionSet}, inner, o)
			}
		}
	}
}

func (r *Run) selectField(schema *Schema, declared *namedType, o *graphObject, sel *ast.Field) any {
	f := declared.fields[sel.Name]
	if f == nil {
		return nil
	}
	args, err := coerceArguments(f, sel.Arguments, nil)
	if err != nil {
		return nil
	}
	value := r.value(o, sel.Name, canonicalArguments(f, args), r.inputs(o, sel.Name))
	return r.selectValue(requirement{schema, sel.SelectionSet}, f.typ.base(), value)
}

func (r *Run) selectValue(need requirement, declared *namedType, v any) any {
	switch value := v.(type) {
	case reference:
		return r.selection(need, declared, value.to)
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = r.selectValue(need, declared, item)
		}
		return out
	case error:
		return nil
	}
	return v
}

// join puts a selected value beside what another fragment selected of the same
// field.
func join(out map[string]any, sel *ast.Field, v any) {
	if len(sel.SelectionSet) > 0 {
		v = merge(out[sel.Name], v)
	}
	out[sel.Name] = v
}

// merge joins two selections of one object or list of objects.
func merge(a, b any) any {
	switch value := a.(type) {
	case map[string]any:
		other, _ := b.(map[string]any)
		for name, v := range other {
			value[name] = merge(value[name], v)
		}
		return value
	case []any:
		other, _ := b.([]any)
		for i := range min(len(value), len(other)) {
			value[i] = merge(value[i], other[i])
		}
		return value
	}
	return b
}

// missing stands for a value that a representation should have and has not.
const missing = "\x00missing"

// given takes from a representation what a selection names. Type conditions
// are not evaluated: what is there under one counts, as the sender decides. So
// complete is only about fields outside of them.
func given(set ast.SelectionSet, representation map[string]any) (values map[string]any, complete bool) {
	values = map[string]any{}
	return values, giveInto(values, set, representation, false)
}

func giveInto(out map[string]any, set ast.SelectionSet, representation map[string]any, conditional bool) bool {
	complete := true
	for _, item := range set {
		switch sel := item.(type) {
		case *ast.Field:
			if sel.Name != "__typename" {
				complete = giveField(out, sel, representation, conditional) && complete
			}
		case *ast.InlineFragment:
			complete = giveInto(out, sel.SelectionSet, representation, conditional || sel.TypeCondition != "") && complete
		}
	}
	return complete
}

func giveField(out map[string]any, sel *ast.Field, representation map[string]any, conditional bool) bool {
	v, ok := representation[sel.Name]
	if !ok {
		if !conditional {
			out[sel.Name] = missing
		}
		return conditional
	}
	value, complete := giveValue(sel.SelectionSet, v)
	join(out, sel, value)
	return complete
}

func giveValue(set ast.SelectionSet, v any) (any, bool) {
	if len(set) == 0 {
		return v, true
	}
	switch value := v.(type) {
	case map[string]any:
		return given(set, value)
	case []any:
		out, complete := make([]any, len(value)), true
		for i, item := range value {
			inner, ok := giveValue(set, item)
			out[i], complete = inner, complete && ok
		}
		return out, complete
	}
	return v, true
}
