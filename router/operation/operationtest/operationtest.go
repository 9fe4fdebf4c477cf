// Package operationtest draws random requests against a schema, for property
// tests.
package operationtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"
)

// Options shape what is drawn.
type Options struct {
	// Root is the root type; empty means the schema's query type.
	Root string
	// Depth bounds how deep fields nest; 0 means 4.
	Depth int
	// Fragments bounds the named fragments; 0 means 3.
	Fragments int
	// Conflicts is one in how many fields gets an alias that other fields have,
	// too, or other arguments than elsewhere, so that fields may fail to merge; 0
	// means none. All else about a request is always valid.
	Conflicts int
}

// Request is a document with one query and the variables for it.
type Request struct {
	Text      string
	Variables string
}

// Draw draws a request: fields with aliases and arguments, literal and variable;
// inline and named fragments, spread wherever they can match; @skip and @include
// everywhere.
func Draw(t *rapid.T, schema *ast.Schema, o Options) Request {
	if o.Root == "" {
		o.Root = schema.Query.Name
	}
	if o.Depth == 0 {
		o.Depth = 4
	}
	if o.Fragments == 0 {
		o.Fragments = 3
	}
	d := &drawer{T: t, schema: schema, options: o, spread: map[string]bool{}, values: map[string]json.RawMessage{}}
	return d.request()
}

type drawer struct {
	*rapid.T
	schema    *ast.Schema
	options   Options
	fragments []fragment
	spread    map[string]bool // fragments that are spread somewhere
	variables []string        // definitions
	values    map[string]json.RawMessage
	aliases   int
}

type fragment struct {
	name string
	on   *ast.Definition
}

func (d *drawer) one(in int, what string) bool {
	return in > 0 && rapid.IntRange(0, in-1).Draw(d.T, what) == in-1
}

// request draws fragments first, each of which may spread those before it; what
// nothing spreads is left out.
func (d *drawer) request() Request {
	composite := d.compositeTypes()
	var bodies []string
	for i := range rapid.IntRange(0, d.options.Fragments).Draw(d.T, "fragments") {
		on := rapid.SampledFrom(composite).Draw(d.T, "on")
		body := d.selections(on, d.options.Depth-2)
		d.fragments = append(d.fragments, fragment{fmt.Sprintf("F%d", i), on})
		bodies = append(bodies, body)
	}
	root := d.selections(d.schema.Types[d.options.Root], d.options.Depth)
	text := root + "\n"
	for i := len(bodies) - 1; i >= 0; i-- {
		if f := d.fragments[i]; strings.Contains(text, "..."+f.name+" ") {
			text += "fragment " + f.name + " on " + f.on.Name + " " + bodies[i] + "\n"
		}
	}
	var definitions []string
	for _, v := range d.variables {
		name, _, _ := strings.Cut(v, ":")
		if strings.Contains(text, name+" ") {
			definitions = append(definitions, v)
		}
	}
	if len(definitions) > 0 {
		text = "query (" + strings.Join(definitions, ", ") + ") " + text
	}
	variables, err := json.Marshal(d.values)
	if err != nil {
		d.Fatal(err)
	}
	return Request{text, string(variables)}
}

func (d *drawer) compositeTypes() []*ast.Definition {
	var types []*ast.Definition
	for _, def := range d.schema.Types {
		if def.IsCompositeType() && !strings.HasPrefix(def.Name, "__") && len(d.possible(def)) > 0 {
			types = append(types, def)
		}
	}
	slices.SortFunc(types, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return types
}

func (d *drawer) selections(on *ast.Definition, depth int) string {
	out := []string{"{"}
	for range rapid.IntRange(1, 4).Draw(d.T, "selections") {
		out = append(out, d.selection(on, depth))
	}
	return strings.Join(append(out, "}"), " ")
}

func (d *drawer) selection(on *ast.Definition, depth int) string {
	if depth <= 0 || !d.one(3, "fragment") {
		return d.field(on, depth)
	}
	var choices []string
	for _, f := range d.fragments {
		if d.overlap(on, f.on) {
			choices = append(choices, f.name)
		}
	}
	for _, def := range d.compositeTypes() {
		if d.overlap(on, def) {
			choices = append(choices, "on "+def.Name)
		}
	}
	choice := rapid.SampledFrom(append(choices, "")).Draw(d.T, "fragment")
	name, inline := strings.CutPrefix(choice, "on ")
	switch {
	case choice == "":
		return "..." + d.condition() + " " + d.selections(on, depth-1)
	case inline:
		return "... on " + name + d.condition() + " " + d.selections(d.schema.Types[name], depth-1)
	}
	return "..." + name + " " + d.condition()
}

func (d *drawer) field(on *ast.Definition, depth int) string {
	var fields []*ast.FieldDefinition
	for _, def := range on.Fields {
		if !strings.HasPrefix(def.Name, "__") && (depth > 0 || d.schema.Types[def.Type.Name()].IsLeafType()) {
			fields = append(fields, def)
		}
	}
	i := rapid.IntRange(0, len(fields)).Draw(d.T, "field")
	if i == len(fields) {
		return d.alias("__typename") + "__typename" + d.condition()
	}
	def := fields[i]
	out := d.alias(def.Name+on.Name) + def.Name + d.arguments(def) + d.condition()
	if named := d.schema.Types[def.Type.Name()]; named.IsCompositeType() {
		out += " " + d.selections(named, depth-1)
	}
	return out
}

// alias is nothing, mostly, or an alias that only this field of this type has, or
// one that conflicts.
func (d *drawer) alias(field string) string {
	switch {
	case d.one(d.options.Conflicts, "conflict"):
		return rapid.SampledFrom([]string{"x: ", "y: "}).Draw(d.T, "alias")
	case d.one(6, "aliased"):
		d.aliases++
		return fmt.Sprintf("%s%d: ", strings.ToLower(strings.TrimLeft(field, "_")), d.aliases)
	}
	return ""
}

func (d *drawer) condition() string {
	if !d.one(8, "condition") {
		return ""
	}
	value := rapid.SampledFrom([]string{"true", "false", "a", "b"}).Draw(d.T, "if")
	if len(value) == 1 {
		value = d.variable("if"+value, "Boolean!", rapid.Bool().Draw(d.T, "value"))
	}
	return " " + rapid.SampledFrom([]string{"@skip", "@include"}).Draw(d.T, "directive") + "(if: " + value + ")"
}

// variable defines a variable of this name unless that was done, and refers to it.
func (d *drawer) variable(name, typ string, value any) string {
	if _, ok := d.values[name]; !ok {
		encoded, err := json.Marshal(value)
		if err != nil {
			d.Fatal(err)
		}
		d.values[name] = encoded
		d.variables = append(d.variables, "$"+name+": "+typ)
	}
	return "$" + name + " "
}

// arguments are always the same for one field name, so that fields merge.
func (d *drawer) arguments(def *ast.FieldDefinition) string {
	var out []string
	for _, arg := range def.Arguments {
		seed := len(def.Name) + len(arg.Name)
		if d.one(d.options.Conflicts, "other arguments") {
			seed++
		}
		if !arg.Type.NonNull && seed%3 == 0 {
			continue
		}
		value := d.literal(arg.Type, seed, 2)
		if seed%2 == 0 {
			value = d.variable("v"+def.Name+arg.Name, arg.Type.String(), d.value(arg.Type, seed, 2))
		}
		out = append(out, arg.Name+": "+value)
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// value is a value of an input type that depends on seed alone.
func (d *drawer) value(typ *ast.Type, seed, depth int) any {
	if typ.Elem != nil {
		return []any{d.value(typ.Elem, seed, depth)}
	}
	def := d.schema.Types[typ.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return enumValue(def.EnumValues[seed%len(def.EnumValues)].Name)
	case def.Kind == ast.InputObject:
		return d.inputObject(def, seed, depth)
	}
	switch def.Name {
	case "Int":
		return seed
	case "Float":
		return float64(seed) + 0.5
	case "Boolean":
		return seed%2 == 0
	}
	return fmt.Sprintf("s%d", seed)
}

type enumValue string

func (d *drawer) inputObject(def *ast.Definition, seed, depth int) map[string]any {
	fields := map[string]any{}
	oneOf := def.Directives.ForName("oneOf") != nil
	for _, field := range def.Fields {
		required := field.Type.NonNull && field.DefaultValue == nil
		if required || oneOf && len(fields) == 0 || depth > 0 && !oneOf {
			fields[field.Name] = d.value(field.Type, seed, depth-1)
		}
	}
	return fields
}

func (d *drawer) literal(typ *ast.Type, seed, depth int) string {
	return literal(d.value(typ, seed, depth))
}

func literal(value any) string {
	switch v := value.(type) {
	case []any:
		return "[" + literal(v[0]) + "]"
	case map[string]any:
		var out []string
		for name, field := range v {
			out = append(out, name+": "+literal(field))
		}
		slices.Sort(out)
		return "{" + strings.Join(out, ", ") + "}"
	case string:
		return `"` + v + `"`
	}
	return fmt.Sprint(value)
}

func (d *drawer) overlap(a, b *ast.Definition) bool {
	possible := d.possible(b)
	return slices.ContainsFunc(d.possible(a), func(def *ast.Definition) bool { return slices.Contains(possible, def) })
}

func (d *drawer) possible(def *ast.Definition) []*ast.Definition {
	return slices.DeleteFunc(slices.Clone(d.schema.GetPossibleTypes(def)), func(p *ast.Definition) bool { return p.Kind != ast.Object })
}
