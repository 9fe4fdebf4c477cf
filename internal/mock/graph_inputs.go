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

// given takes from a representation what a selection names. A type condition is
// judged by the __typename that an object of the representation has; where it
// has none, what is there under the condition counts. So complete, which says
// that nothing is missing, is only about fields outside of conditions.
func (g *Graph) given(set ast.SelectionSet, representation map[string]any) (values map[string]any, complete bool) {
	values = map[string]any{}
	return values, g.giveInto(values, set, representation, false)
}

func (g *Graph) giveInto(out map[string]any, set ast.SelectionSet, representation map[string]any, conditional bool) bool {
	complete := true
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			if sel.Name != "__typename" {
				complete = g.giveField(out, sel, representation, conditional) && complete
			}
		case *ast.InlineFragment:
			typename, known := representation["__typename"].(string)
			if known && sel.TypeCondition != "" && sel.TypeCondition != typename && !g.implementers[sel.TypeCondition][typename] {
				continue
			}
			complete = g.giveInto(out, sel.SelectionSet, representation, conditional || sel.TypeCondition != "") && complete
		}
	}
	return complete
}

func (g *Graph) giveField(out map[string]any, sel *ast.Field, representation map[string]any, conditional bool) bool {
	v, ok := representation[sel.Name]
	if !ok {
		if !conditional {
			out[sel.Name] = missing
		}
		return conditional
	}
	value, complete := g.giveValue(sel.SelectionSet, v)
	join(out, sel, value)
	return complete
}

func (g *Graph) giveValue(set ast.SelectionSet, v any) (any, bool) {
	if len(set) == 0 {
		return v, true
	}
	switch value := v.(type) {
	case map[string]any:
		return g.given(set, value)
	case []any:
		out, complete := make([]any, len(value)), true
		for i, item := range value {
			inner, ok := g.giveValue(set, item)
			out[i], complete = inner, complete && ok
		}
		return out, complete
	}
	return v, true
}
