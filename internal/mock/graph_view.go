package mock

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// graphView is a Graph as one schema shows it.
type graphView struct {
	run      *Run
	schema   *Schema
	subgraph string // "" for the monolith
}

// Root implements Data.
func (v *graphView) Root(operation string) Object {
	name := map[string]string{"query": "Query", "mutation": "Mutation"}[operation]
	o := v.run.graph.objects[name]
	if o == nil {
		o = &graphObject{name: name, typename: name}
	}
	return &viewed{graphView: v, object: o, typ: v.schema.roots[ast.Operation(operation)]}
}

// Entity implements Data: the object that has the values of the first
// resolvable key of which the representation has all fields.
func (v *graphView) Entity(typename string, representation map[string]any) any {
	facts := v.schema.facts.types[typename]
	if facts == nil || len(facts.keys) == 0 {
		return fmt.Errorf("%s is no entity of subgraph %q", typename, v.subgraph)
	}
	for i, k := range facts.keys {
		if !k.resolvable {
			continue
		}
		values, complete := v.run.graph.given(k.fields, representation)
		if !complete {
			continue
		}
		o := v.run.graph.find(v.schema, typename, i, string(canonical(nil, values)))
		if o == nil || slices.Contains(o.absent, v.subgraph) {
			return nil
		}
		return &viewed{graphView: v, object: o, typ: v.typeOf(o, v.schema.types[typename]), representation: representation}
	}
	return fmt.Errorf("the representation has no complete key of %s in subgraph %q: %s", typename, v.subgraph, preview(representation))
}

// find looks an entity up by a key's values.
func (g *Graph) find(schema *Schema, typename string, key int, values string) *graphObject {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := keyOf{schema, typename, key}
	index := g.byKey[at]
	if index == nil {
		index = map[string]*graphObject{}
		set := schema.facts.types[typename].keys[key].fields
		run := g.Run()
		for _, name := range g.names {
			if o := g.objects[name]; o.typename == typename || g.implementers[typename][o.typename] {
				text := string(canonical(nil, run.selection(requirement{schema, set}, schema.types[typename], o)))
				if index[text] == nil {
					index[text] = o
				}
			}
		}
		g.byKey[at] = index
	}
	return index[values]
}

// typeOf is the type under which the schema shows an object: the one it is
// declared as, if that is an object type, its own, or an interface object's.
// nil: the schema does not know it.
func (v *graphView) typeOf(o *graphObject, declared *namedType) *namedType {
	if declared.kind == ast.Object {
		return declared
	}
	if t := v.schema.types[o.typename]; t != nil && t.kind == ast.Object {
		return t
	}
	if v.schema.facts == nil {
		return nil
	}
	for _, name := range sortedKeys(v.schema.facts.types) {
		if v.schema.facts.types[name].interfaceObject && v.run.graph.implementers[name][o.typename] {
			return v.schema.types[name]
		}
	}
	return nil
}

// viewed is an object as a schema shows it, at one place of a response.
type viewed struct {
	*graphView
	object         *graphObject
	typ            *namedType       // nil: a type the schema does not know
	representation map[string]any   // how it was reached by _entities, or nil
	provided       ast.SelectionSet // external fields that are to be had here
}

// Typename implements Object.
func (o *viewed) Typename() string {
	if o.typ == nil {
		return o.object.typename
	}
	return o.typ.name
}

// Field implements Object.
func (o *viewed) Field(name string, args map[string]any) any {
	f := o.typ.fields[name]
	if f == nil {
		return nil
	}
	below := fieldsOf(o.schema, o.provided, o.typ.name, name)
	inputs, err := o.inputs(f, below != nil)
	if err != nil {
		return err
	}
	var provided ast.SelectionSet
	for _, selected := range below {
		provided = append(provided, selected.SelectionSet...)
	}
	provided = append(provided, f.facts.provides...)
	return o.show(o.run.value(o.object, name, canonicalArguments(f, args), inputs), f.typ.base(), provided)
}

// inputs gives the canonical required values of a field, and refuses a field
// that this subgraph must not be asked for here.
func (o *viewed) inputs(f *field, provided bool) (string, error) {
	at := coordinate{o.typ.name, f.name}
	if o.subgraph == "" {
		return o.run.inputs(o.object, f.name), nil
	}
	switch {
	case o.run.graph.overridden[o.subgraph][at]:
		return "", fmt.Errorf("%s.%s was overridden: subgraph %q must not be asked for it", at.typename, at.field, o.subgraph)
	case f.facts.external && !provided && !o.schema.inKey(at):
		return "", fmt.Errorf("%s.%s is external: subgraph %q must not be asked for it here", at.typename, at.field, o.subgraph)
	case f.facts.requires == nil:
		return "", nil
	case o.representation == nil:
		return "", fmt.Errorf("%s.%s requires fields: subgraph %q can only be asked for it by a representation", at.typename, at.field, o.subgraph)
	}
	values, _ := o.run.graph.given(f.facts.requires, o.representation)
	return string(canonical(nil, values)), nil
}

// inKey says whether a field belongs to a key of its type: such a field may be
// marked external, by the habit of Federation 1, and still be had.
func (s *Schema) inKey(at coordinate) bool {
	facts := s.facts.types[at.typename]
	if facts == nil {
		return false
	}
	for _, k := range facts.keys {
		if fieldsOf(s, k.fields, at.typename, at.field) != nil {
			return true
		}
	}
	return false
}

// show turns references of the data into objects of this view.
func (o *viewed) show(v any, declared *namedType, provided ast.SelectionSet) any {
	switch value := v.(type) {
	case reference:
		return &viewed{graphView: o.graphView, object: value.to, typ: o.typeOf(value.to, declared), provided: provided}
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = o.show(item, declared, provided)
		}
		return out
	}
	return v
}

// fieldsOf finds the selections of a field, for an object of a type, in a set.
func fieldsOf(s *Schema, set ast.SelectionSet, typename, name string) []*ast.Field {
	var found []*ast.Field
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			if sel.Name == name {
				found = append(found, sel)
			}
		case *ast.InlineFragment:
			t := s.types[sel.TypeCondition]
			if sel.TypeCondition == "" || t != nil && t.possible[typename] != nil {
				found = append(found, fieldsOf(s, sel.SelectionSet, typename, name)...)
			}
		}
	}
	return found
}
