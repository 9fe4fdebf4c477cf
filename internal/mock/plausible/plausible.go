// Package plausible makes up data for a schema: values that look right for their
// type and name, the same each time.
//
// Everything is computed from names and a seed, and nothing is kept. A type has
// a small number of objects, numbered from 1; a field that gives an object picks
// one of them, so objects refer to each other and are met again. The values of
// an object follow from its type's name and its number or key, not from the
// subgraph: the subgraphs of a supergraph agree on what they share. A key that
// is none of a numbered object's makes one more object, the same for the same
// key.
package plausible

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/mock"
)

// Options say how data is made up.
type Options struct {
	Seed uint64
	// Nulls is how many of a hundred nullable values are null.
	Nulls int
}

// objects is how many objects a type has.
const objects = 20

// New makes up data for a schema.
func New(s *mock.Schema, o Options) mock.Data {
	return &world{schema: s, ast: s.AST(), options: o}
}

type world struct {
	schema  *mock.Schema
	ast     *ast.Schema
	options Options
}

// Root implements mock.Data.
func (w *world) Root(operation string) mock.Object {
	def := w.ast.Query
	if operation == "mutation" {
		def = w.ast.Mutation
	}
	if def == nil {
		return nil
	}
	return &object{world: w, def: def, identity: operation, root: true, mutation: operation == "mutation"}
}

// Entity implements mock.Data: the object that has the representation's key,
// and whatever else the representation says of it.
func (w *world) Entity(typename string, representation map[string]any) any {
	def := w.ast.Types[typename]
	if len(w.keys(def)) == 0 {
		return fmt.Errorf("%s has no @key: it is no entity of this subgraph", typename)
	}
	o := w.byValues(def, representation)
	if o == nil {
		return fmt.Errorf("the representation has no complete key of %s", typename)
	}
	return o
}

// object is one object: a type, and what its values follow from.
type object struct {
	*world
	def      *ast.Definition
	identity string         // of which all values are made
	number   int            // of a numbered object, else 0
	known    map[string]any // values that were given, by a representation or a mutation's input
	root     bool
	mutation bool
}

// Typename implements mock.Object.
func (o *object) Typename() string { return o.def.Name }

// Field implements mock.Object.
func (o *object) Field(name string, args map[string]any) any {
	def := o.def.Fields.ForName(name)
	if def == nil {
		return nil
	}
	if v, ok := o.known[name]; ok {
		if value, fits := o.given(def.Type, v); fits {
			return value
		}
	}
	m := maker{world: o.world, object: o, field: def, args: args, dice: o.dice(name, args)}
	if o.number > 0 && o.inKey(name) {
		return m.key(def.Type)
	}
	return m.value(def.Type)
}

// dice is the randomness of one field.
func (o *object) dice(name string, args map[string]any) dice {
	text := o.identity + "." + name
	if len(args) > 0 {
		encoded, _ := json.Marshal(args)
		text += string(encoded)
	}
	return newDice(o.options.Seed, text)
}

// given shows a value that is known from outside, if it fits the type.
func (o *object) given(t *ast.Type, v any) (value any, fits bool) {
	if v == nil {
		return nil, !t.NonNull
	}
	if t.Elem != nil {
		items, ok := v.([]any)
		out := make([]any, len(items))
		for i := range items {
			if out[i], fits = o.given(t.Elem, items[i]); !fits {
				return nil, false
			}
		}
		return out, ok
	}
	def := o.ast.Types[t.NamedType]
	fields, isObject := v.(map[string]any)
	if !def.IsCompositeType() {
		return v, fitsLeaf(def, v)
	}
	if !isObject {
		return nil, false
	}
	if name, ok := fields["__typename"].(string); ok && o.ast.Types[name] != nil {
		def = o.ast.Types[name]
	}
	if found := o.byValues(def, fields); found != nil {
		return found, true
	}
	if def = o.concrete(def, newDice(o.options.Seed, o.identity+t.NamedType)); def == nil {
		return nil, false
	}
	return &object{world: o.world, def: def, identity: o.identity + "/" + t.NamedType, known: fields}, true
}

func fitsLeaf(def *ast.Definition, v any) bool {
	text, isText := v.(string)
	_, isObject := v.(map[string]any)
	_, isList := v.([]any)
	_, isBool := v.(bool)
	switch def.Name {
	case "String":
		return isText
	case "ID":
		return !isObject && !isList && !isBool
	case "Int", "Float":
		return !isText && !isObject && !isList && !isBool
	case "Boolean":
		return isBool
	}
	return def.Kind == ast.Scalar || isText && def.EnumValues.ForName(text) != nil
}

// keys are the field sets that identify objects of a type: its @key directives,
// or a field id.
func (w *world) keys(def *ast.Definition) []ast.SelectionSet {
	if keys := w.schema.Keys(def.Name); len(keys) > 0 {
		return keys
	}
	if id := def.Fields.ForName("id"); id != nil && id.Type.NamedType != "" && len(id.Arguments) == 0 {
		return []ast.SelectionSet{{&ast.Field{Name: "id", Alias: "id"}}}
	}
	return nil
}

// inKey says whether a field is part of one of its type's keys.
func (o *object) inKey(name string) bool {
	for _, set := range o.keys(o.def) {
		for _, selection := range set {
			if f, ok := selection.(*ast.Field); ok && f.Name == name {
				return true
			}
		}
	}
	return false
}

// numbered gives the n-th object of a type.
func (w *world) numbered(def *ast.Definition, n int) *object {
	if concrete := w.concrete(def, newDice(w.options.Seed, "type of "+strconv.Itoa(n))); concrete != nil {
		return &object{world: w, def: concrete, identity: concrete.Name + "#" + strconv.Itoa(n), number: n}
	}
	return nil
}

// concrete chooses an object type for an abstract one; nil if it has none.
func (w *world) concrete(def *ast.Definition, d dice) *ast.Definition {
	if def.Kind == ast.Object {
		return def
	}
	possible := w.ast.GetPossibleTypes(def)
	if len(possible) == 0 {
		return nil
	}
	return possible[d.below(len(possible))]
}

// byValues finds the object with the values of a key; nil when no key of the
// type is complete.
func (w *world) byValues(def *ast.Definition, values map[string]any) *object {
	for _, set := range w.keys(def) {
		wanted, complete := choose(set, values)
		if !complete {
			continue
		}
		for n := 1; n <= objects; n++ {
			o := w.numbered(def, n)
			if o == nil {
				return nil
			}
			if o.keyText(set) == wanted {
				o.known = values
				return o
			}
		}
		if concrete := w.concrete(def, newDice(w.options.Seed, wanted)); concrete != nil {
			return &object{world: w, def: concrete, identity: concrete.Name + wanted, known: values}
		}
	}
	return nil
}

// choose gives the text of a key's values in a representation.
func choose(set ast.SelectionSet, values map[string]any) (text string, complete bool) {
	for _, selection := range set {
		f, ok := selection.(*ast.Field)
		if !ok {
			return "", false
		}
		v, ok := values[f.Name]
		if !ok {
			return "", false
		}
		inner := ""
		switch value := v.(type) {
		case map[string]any:
			if inner, ok = choose(f.SelectionSet, value); !ok {
				return "", false
			}
		case []any:
			encoded, _ := json.Marshal(value)
			inner = string(encoded)
		default:
			inner = fmt.Sprint(value)
		}
		text += "{" + f.Name + ":" + inner + "}"
	}
	return text, true
}

// keyText is the text of a numbered object's own key, as choose has it.
func (o *object) keyText(set ast.SelectionSet) string {
	values := map[string]any{}
	for _, selection := range set {
		if f, ok := selection.(*ast.Field); ok {
			values[f.Name] = o.keyValue(f)
		}
	}
	text, _ := choose(set, values)
	return text
}

func (o *object) keyValue(f *ast.Field) any {
	switch v := o.Field(f.Name, nil).(type) {
	case *object:
		values := map[string]any{}
		for _, selection := range f.SelectionSet {
			if inner, ok := selection.(*ast.Field); ok {
				values[inner.Name] = v.keyValue(inner)
			}
		}
		return values
	default:
		return v
	}
}
