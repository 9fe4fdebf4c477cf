package random

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Operation is a made-up operation with its variables.
type Operation struct {
	Query     string
	Variables map[string]any
}

// NewOperation makes up an operation for an API schema. Nearly always it is
// valid; the few others are for the caller to leave out.
func NewOperation(api *ast.Schema, seed uint64) Operation {
	w := &writer{dice: newDice(seed, 2), schema: api, values: map[string]any{}}
	w.budget = w.between(1, 60)
	kind, root := "query", api.Query
	if api.Mutation != nil && w.chance(0.15) {
		kind, root = "mutation", api.Mutation
	}
	body := w.selection(root, scope{}, w.between(1, 7))
	head := kind
	if len(w.variables) > 0 {
		head += " Made(" + strings.Join(w.variables, ", ") + ")"
	}
	return Operation{Query: strings.Join(append([]string{head + " " + body}, w.fragments...), "\n"), Variables: w.values}
}

// writer writes one operation.
type writer struct {
	dice
	schema    *ast.Schema
	budget    int // fields still to write
	variables []string
	values    map[string]any
	fragments []string
	spreads   []spread
}

// spread is a named fragment that can be used again.
type spread struct {
	name string
	on   *ast.Definition
}

// scope is what has been selected in one object, by response name: so that the
// field merge rule holds.
type scope map[string]*selected

type selected struct {
	typ       *ast.Type
	composite bool
	places    []place
	below     scope
}

type place struct {
	parent     *ast.Definition
	name, args string
}

// selection writes the selections on a type, in braces.
func (w *writer) selection(t *ast.Definition, sc scope, depth int) string {
	var items []string
	for range w.between(1, 5) {
		if item := w.item(t, sc, depth); item != "" {
			items = append(items, item)
		}
	}
	if len(items) == 0 {
		items = append(items, "__typename")
	}
	return "{ " + strings.Join(items, " ") + " }"
}

func (w *writer) item(t *ast.Definition, sc scope, depth int) string {
	roll, union := w.Float64(), t.Kind == ast.Union
	switch {
	case depth > 0 && w.budget > 0 && (roll < 0.18 || union && roll < 0.8):
		w.budget--
		return w.fragment(t, sc, depth)
	case union || roll > 0.92:
		return w.typename(sc)
	}
	return w.field(t, sc, depth)
}

func (w *writer) typename(sc scope) string {
	alias := ""
	if w.chance(0.3) {
		alias = pick(w.dice, []string{"kind", "t", "a"})
	}
	key := alias
	if key == "" {
		key = "__typename"
	}
	if !sc.add(key, nonNull("String"), place{name: "__typename"}, false) {
		return ""
	}
	if alias != "" {
		return alias + ": __typename" + w.condition()
	}
	return "__typename" + w.condition()
}

// fragment writes an inline fragment, or a named one and its spread.
func (w *writer) fragment(t *ast.Definition, sc scope, depth int) string {
	conditions := []*ast.Definition{t}
	for _, possible := range w.schema.GetPossibleTypes(t) {
		if possible.Kind == ast.Object {
			conditions = append(conditions, possible)
			conditions = append(conditions, w.schema.GetImplements(possible)...)
		}
	}
	on := pick(w.dice, conditions)
	// The validator of the monolith does not see that __typename under another
	// name conflicts with a field.
	if len(w.spreads) > 0 && w.chance(0.1) && !strings.Contains(strings.Join(w.fragments, ""), ": __typename") {
		if again := pick(w.dice, w.spreads); slices.Contains(conditions, again.on) {
			return "..." + again.name + w.condition()
		}
	}
	if w.chance(0.25) {
		name := fmt.Sprintf("F%d", len(w.fragments))
		at := len(w.fragments)
		w.fragments = append(w.fragments, "")
		w.fragments[at] = "fragment " + name + " on " + on.Name + " " + w.selection(on, sc, depth-1)
		w.spreads = append(w.spreads, spread{name, on})
		return "..." + name + w.condition()
	}
	condition := " on " + on.Name
	if on == t && w.chance(0.5) {
		condition = ""
	}
	return "..." + condition + w.condition() + " " + w.selection(on, sc, depth-1)
}

// condition writes a @skip or @include, sometimes both.
func (w *writer) condition() string {
	text := ""
	for _, name := range []string{"skip", "include"} {
		if w.chance(0.06) {
			text += fmt.Sprintf(" @%s(if: %s)", name, w.argument(nonNull("Boolean")))
		}
	}
	return text
}

func (w *writer) field(t *ast.Definition, sc scope, depth int) string {
	fields := remove(t.Fields, func(f *ast.FieldDefinition) bool {
		return strings.HasPrefix(f.Name, "_") || depth <= 0 && w.schema.Types[f.Type.Name()].IsCompositeType()
	})
	if len(fields) == 0 || w.budget <= 0 {
		return ""
	}
	w.budget--
	f := pick(w.dice, fields)
	if again := remove(fields, func(f *ast.FieldDefinition) bool { return sc[f.Name] == nil }); len(again) > 0 && w.chance(0.2) {
		f = pick(w.dice, again) // perhaps another type's, or with more below it
	}
	variables := len(w.variables)
	args := w.arguments(f)
	composite := w.schema.Types[f.Type.Name()].IsCompositeType()
	for range 3 {
		key, alias := f.Name, ""
		if w.chance(0.2) {
			key = pick(w.dice, append([]string{"a", "b", "c"}, fieldNames...))
			alias = key + ": "
		}
		if !sc.add(key, f.Type, place{t, f.Name, args}, composite) {
			continue
		}
		text := alias + f.Name + args + w.condition()
		if composite {
			text += " " + w.selection(w.schema.Types[f.Type.Name()], sc[key].below, depth-1)
		}
		return text
	}
	for i := variables; i < len(w.variables); i++ {
		delete(w.values, fmt.Sprintf("v%d", i))
	}
	w.variables = w.variables[:variables]
	return ""
}

// add takes a response name for a field, unless the field merge rule forbids it
// beside what is there. It is a little stricter than the rule.
func (sc scope) add(key string, typ *ast.Type, p place, composite bool) bool {
	there := sc[key]
	if there == nil {
		sc[key] = &selected{typ: typ, composite: composite, places: []place{p}, below: scope{}}
		return true
	}
	shape, other := typ.String(), there.typ.String()
	if composite && there.composite {
		shape, other = strings.Replace(shape, typ.Name(), "", 1), strings.Replace(other, there.typ.Name(), "", 1)
	}
	if shape != other || composite != there.composite {
		return false
	}
	for _, before := range there.places {
		exclusive := before.parent != nil && p.parent != nil && before.parent != p.parent &&
			before.parent.Kind == ast.Object && p.parent.Kind == ast.Object
		if !exclusive && (before.name != p.name || before.args != p.args) {
			return false
		}
	}
	there.places = append(there.places, p)
	return true
}

func (w *writer) arguments(f *ast.FieldDefinition) string {
	var parts []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil || w.chance(0.6) {
			parts = append(parts, a.Name+": "+w.argument(a.Type))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// argument writes a value: a literal or a variable.
func (w *writer) argument(t *ast.Type) string {
	if !w.chance(0.35) {
		return w.literal(t, 2)
	}
	name := fmt.Sprintf("v%d", len(w.variables))
	text := "$" + name + ": " + t.String()
	w.variables = append(w.variables, text) // its place, before its default's
	hasDefault := w.chance(0.3)
	if hasDefault {
		w.variables[len(w.variables)-1] += " = " + w.constant(t)
	}
	if !(hasDefault || !t.NonNull) || w.chance(0.7) {
		w.values[name] = w.json(t, 2)
	}
	return "$" + name
}

// constant writes a literal without variables.
func (w *writer) constant(t *ast.Type) string {
	return w.literalOf(t, 2, nil)
}

// literal writes a literal, with variables here and there within it.
func (w *writer) literal(t *ast.Type, depth int) string {
	return w.literalOf(t, depth, func(t *ast.Type, depth int) string {
		if w.chance(0.1) {
			return w.argument(t)
		}
		return w.literal(t, depth)
	})
}

// literalOf writes a literal whose parts are written by inner; nil stands for
// literalOf itself.
func (w *writer) literalOf(t *ast.Type, depth int, inner func(*ast.Type, int) string) string {
	if inner == nil {
		inner = func(t *ast.Type, depth int) string { return w.literalOf(t, depth, nil) }
	}
	switch {
	case !t.NonNull && w.chance(0.1):
		return "null"
	case t.Elem != nil && w.chance(0.1) && t.Elem.Elem == nil:
		return w.literalOf(nonNullOf(t.Elem), depth, inner) // a list of one may do without brackets
	case t.Elem != nil:
		parts := make([]string, w.between(0, 2))
		for i := range parts {
			parts[i] = inner(t.Elem, depth-1)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if text := w.leafLiteral(t.NamedType); text != "" {
		return text
	}
	var parts []string
	for _, f := range w.schema.Types[t.NamedType].Fields {
		if f.Type.NonNull && f.DefaultValue == nil || depth > 0 && w.chance(0.5) {
			parts = append(parts, f.Name+": "+inner(f.Type, depth-1))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// leafLiteral writes a literal of a scalar or enum; "" for other types.
func (w *writer) leafLiteral(name string) string {
	switch name {
	case "Int":
		return fmt.Sprint(w.between(-3, 9))
	case "Float":
		return pick(w.dice, []string{"1.5", "2", "-0.25"})
	case "Boolean":
		return fmt.Sprint(w.chance(0.5))
	case "String":
		return pick(w.dice, []string{`"a"`, `"abc"`, `"é \"quoted\" \\ \n"`, `""`, `"""block"""`})
	case "ID":
		return pick(w.dice, []string{`"a"`, `1`})
	}
	switch def := w.schema.Types[name]; def.Kind {
	case ast.Enum:
		return pick(w.dice, def.EnumValues).Name
	case ast.Scalar:
		return pick(w.dice, []string{`"2026-01-01"`, `{at: [1, null, "x"]}`, `2.50`, `true`})
	}
	return ""
}

// json makes up a variable's value.
func (w *writer) json(t *ast.Type, depth int) any {
	if !t.NonNull && w.chance(0.15) {
		return nil
	}
	if t.Elem != nil {
		items := make([]any, w.between(0, 2))
		for i := range items {
			items[i] = w.json(t.Elem, depth-1)
		}
		return items
	}
	switch t.NamedType {
	case "Int":
		return w.between(-3, 9)
	case "Float":
		return pick(w.dice, []any{1.5, 2, -0.25})
	case "Boolean":
		return w.chance(0.5)
	case "String":
		return pick(w.dice, []string{"a", "abc", "é \"quoted\" \\ \n", ""})
	case "ID":
		return pick(w.dice, []any{"a", 1})
	}
	def := w.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		return pick(w.dice, def.EnumValues).Name
	case ast.Scalar:
		return pick(w.dice, []any{"2026-01-01", map[string]any{"at": []any{1, nil}}, 2.5, true})
	}
	object := map[string]any{}
	for _, f := range def.Fields {
		if f.Type.NonNull && f.DefaultValue == nil || depth > 0 && w.chance(0.5) {
			object[f.Name] = w.json(f.Type, depth-1)
		}
	}
	return object
}
