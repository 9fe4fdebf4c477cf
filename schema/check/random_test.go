package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/shopgraph/shopgraph/schema/check"
)

// random makes schemas up, and changes them.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 7))} }

func (r random) one(of ...string) string { return of[r.IntN(len(of))] }
func (r random) chance(percent int) bool { return r.IntN(100) < percent }

var (
	objects    = []string{"Query", "Product", "User", "Order", "Shop"}
	interfaces = []string{"Node", "Named"}
	enums      = []string{"Size", "Color", "Status"}
	inputs     = []string{"Filter", "Sort", "Range"}
	scalars    = []string{"Date", "Money"}
	leafs      = slices.Concat([]string{"Int", "Float", "String", "Boolean", "ID"}, scalars, enums)
	outputs    = slices.Concat(leafs, leafs, objects[1:], interfaces, []string{"Found"})
)

// schema makes up a valid schema.
func (r random) schema() string {
	for {
		sdl := r.draft()
		if _, err := gqlparser.LoadSchema(&ast.Source{Input: sdl}); err == nil {
			return sdl
		}
	}
}

func (r random) draft() string {
	var b strings.Builder
	b.WriteString("directive @client(x: Int, y: Int! = 1) repeatable on FIELD | QUERY\ndirective @tag(name: String) repeatable on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE | INPUT_FIELD_DEFINITION | ENUM | INPUT_OBJECT | UNION | INTERFACE | SCALAR\n")
	if r.chance(30) {
		b.WriteString("type Mutation { save" + r.arguments() + ": " + r.wrapped(r.one(leafs...)) + " }\n")
	}
	for _, name := range interfaces {
		fmt.Fprintf(&b, "%sinterface %s%s {\n  id: ID!\n%s}\n", r.description(), name, r.tags(), r.fields("a", 2))
	}
	for _, name := range objects {
		implements, own := "", ""
		if name != "Query" && r.chance(50) {
			implements, own = " implements "+r.one(interfaces...), "  id: ID!\n"
		}
		fmt.Fprintf(&b, "%stype %s%s%s {\n%s%s}\n", r.description(), name, implements, r.tags(), own, r.fields("f", 4))
	}
	fmt.Fprintf(&b, "%sunion Found%s = %s\n", r.description(), r.tags(), strings.Join(objects[1:2+r.IntN(3)], " | "))
	for _, name := range enums {
		fmt.Fprintf(&b, "%senum %s%s {", r.description(), name, r.tags())
		for i := range 1 + r.IntN(4) {
			fmt.Fprintf(&b, " V%d%s", i, r.one("", "", "", " @deprecated", ` @deprecated(reason: "r")`))
		}
		b.WriteString(" }\n")
	}
	for i, name := range inputs {
		fmt.Fprintf(&b, "%sinput %s%s {\n", r.description(), name, r.tags())
		for j := range 1 + r.IntN(4) {
			of := slices.Concat(leafs, inputs[i+1:])
			fmt.Fprintf(&b, "  %si%d: %s%s\n", r.description(), j, r.input(r.one(of...)), r.tags())
		}
		b.WriteString("}\n")
	}
	for _, name := range scalars {
		fmt.Fprintf(&b, "scalar %s%s\n", name, r.one("", "", ` @specifiedBy(url: "https://example.com")`))
	}
	return b.String()
}

func (r random) fields(prefix string, most int) string {
	var b strings.Builder
	for i := range 1 + r.IntN(most) {
		fmt.Fprintf(&b, "  %s%s%d%s: %s%s%s\n", r.description(), prefix, i, r.arguments(), r.wrapped(r.one(outputs...)),
			r.one("", "", "", " @deprecated", ` @deprecated(reason: "r")`), r.tags())
	}
	return b.String()
}

func (r random) arguments() string {
	var args []string
	for i := range r.IntN(4) - 1 {
		args = append(args, fmt.Sprintf("%sx%d: %s%s", r.description(), i, r.input(r.one(slices.Concat(leafs, inputs)...)), r.tags()))
	}
	if args == nil {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}

// input is a type with a default, perhaps.
func (r random) input(name string) string {
	t := r.wrapped(name)
	if !r.chance(30) {
		return t
	}
	value := map[string]string{"Int": r.one("1", "2"), "Float": r.one("1", "1.0"), "String": `"s"`, "Boolean": "true", "ID": r.one("1", `"1"`)}[name]
	switch {
	case slices.Contains(enums, name):
		value = "V0"
	case slices.Contains(scalars, name):
		value = r.one("1", "{a: 1}", `"x"`)
	case value == "":
		value = "null" // an input object
		if strings.HasSuffix(t, "!") {
			return t
		}
	}
	return t + " = " + value
}

func (r random) wrapped(name string) string {
	t := name
	for {
		if r.chance(40) {
			t += "!"
		}
		if !r.chance(20) {
			return t
		}
		t = "[" + t + "]"
	}
}

func (r random) description() string { return r.one("", "", "", `"one" `, `"two" `) }
func (r random) tags() string {
	return r.one("", "", "", "", ` @tag(name: "x")`, ` @tag`, ` @tag(name: "x") @tag(name: "y")`)
}

// changed makes up to n changes, each of which leaves the schema valid.
func (r random) changed(sdl string, n int) string {
	for range 1 + r.IntN(n) {
		for range 20 { // many a change makes a schema invalid
			s, err := check.Read(&ast.Source{Input: sdl})
			if err != nil {
				panic(err)
			}
			r.change(s)
			next := printed(s)
			if _, err := gqlparser.LoadSchema(&ast.Source{Input: next}); err == nil {
				sdl = next
				break
			}
		}
	}
	return sdl
}

func printed(s *ast.Schema) string {
	var b strings.Builder
	formatter.NewFormatter(&b).FormatSchema(s)
	return b.String()
}

func (r random) change(s *ast.Schema) {
	var names []string
	for name := range s.Types {
		names = append(names, name)
	}
	slices.Sort(names)
	def := s.Types[r.one(names...)]
	switch r.IntN(12) {
	case 0:
		r.changeType(s, def)
	case 1:
		r.changeDirective(s.Directives[r.one("client", "tag")])
	case 2:
		def.Description = r.one("", "one", "two")
	case 3:
		r.changeUsage(&def.Directives)
	default:
		r.changeMember(def)
	}
}

func (r random) changeType(s *ast.Schema, def *ast.Definition) {
	switch r.IntN(5) {
	case 0:
		if def != s.Query {
			remove(s, def.Name)
		}
	case 1:
		s.Types["New"] = &ast.Definition{Kind: ast.Enum, Name: "New", Description: "new", EnumValues: ast.EnumValueList{{Name: "V0"}}}
		s.Types["Query"].Fields = append(s.Types["Query"].Fields, &ast.FieldDefinition{Name: "new", Type: ast.NamedType("New", nil)})
	case 2:
		if def.Kind == ast.Scalar || def.Kind == ast.Enum {
			def.Kind, def.EnumValues = ast.Enum, ast.EnumValueList{{Name: "V0"}}
			if r.chance(50) {
				def.Kind, def.EnumValues = ast.Scalar, nil
			}
		}
	case 3:
		switch s.Mutation {
		case nil:
			s.Mutation = s.Types["Mutation"]
		default:
			s.Mutation = nil
		}
	case 4:
		if def.Kind == ast.InputObject && !slices.ContainsFunc(def.Fields, func(f *ast.FieldDefinition) bool { return f.Type.NonNull || f.DefaultValue != nil }) {
			def.Directives = append(def.Directives, &ast.Directive{Name: "oneOf"})
		}
	}
}

// remove takes a type and all that mentions it away.
func remove(s *ast.Schema, name string) {
	delete(s.Types, name)
	if s.Mutation != nil && s.Mutation.Name == name {
		s.Mutation = nil
	}
	for _, def := range s.Types {
		def.Interfaces = slices.DeleteFunc(def.Interfaces, func(n string) bool { return n == name })
		def.Types = slices.DeleteFunc(def.Types, func(n string) bool { return n == name })
		def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool {
			f.Arguments = slices.DeleteFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.Name() == name })
			return f.Type.Name() == name
		})
	}
}

func (r random) changeMember(def *ast.Definition) {
	switch def.Kind {
	case ast.Object, ast.Interface:
		if r.chance(15) {
			def.Interfaces = toggled(def.Interfaces, r.one(interfaces...))
			return
		}
		r.changeField(def)
	case ast.InputObject:
		r.changeInput(def)
	case ast.Union:
		def.Types = toggled(def.Types, r.one(objects[1:]...))
	case ast.Enum:
		r.changeValue(def)
	}
}

func toggled(list []string, name string) []string {
	if i := slices.Index(list, name); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return append(list, name)
}

func (r random) changeField(def *ast.Definition) {
	i := r.IntN(len(def.Fields))
	f := def.Fields[i]
	switch r.IntN(8) {
	case 0:
		def.Fields = slices.Delete(def.Fields, i, i+1)
	case 1:
		def.Fields = append(def.Fields, &ast.FieldDefinition{Name: "added", Type: ast.NamedType("Int", nil)})
	case 2:
		f.Type = r.changedType(f.Type, outputs)
	case 3:
		f.Description = r.one("", "one", "two")
	case 4:
		f.Directives = r.deprecation()
	case 5:
		r.changeUsage(&f.Directives)
	default:
		r.changeArgument(f)
	}
}

func (r random) changeArgument(f *ast.FieldDefinition) {
	if len(f.Arguments) == 0 || r.chance(20) {
		f.Arguments = append(f.Arguments, &ast.ArgumentDefinition{Name: "added", Type: ast.NamedType("Int", nil)})
		if r.chance(50) {
			f.Arguments[len(f.Arguments)-1].Type.NonNull = true
		}
		return
	}
	i := r.IntN(len(f.Arguments))
	a := f.Arguments[i]
	switch r.IntN(6) {
	case 0:
		f.Arguments = slices.Delete(f.Arguments, i, i+1)
	case 1:
		a.Type = r.changedType(a.Type, slices.Concat(leafs, inputs))
	case 2:
		a.DefaultValue = r.value(a.Type)
	case 3:
		a.Description = r.one("", "one", "two")
	case 4:
		a.Directives = r.deprecation()
	case 5:
		r.changeUsage(&a.Directives)
	}
}

func (r random) changeInput(def *ast.Definition) {
	i := r.IntN(len(def.Fields))
	f := def.Fields[i]
	switch r.IntN(7) {
	case 0:
		def.Fields = slices.Delete(def.Fields, i, i+1)
	case 1:
		added := &ast.FieldDefinition{Name: "added", Type: ast.NamedType("Int", nil)}
		added.Type.NonNull = r.chance(50)
		if r.chance(30) {
			added.DefaultValue = r.value(added.Type)
		}
		def.Fields = append(def.Fields, added)
	case 2:
		f.Type = r.changedType(f.Type, leafs)
	case 3:
		f.DefaultValue = r.value(f.Type)
	case 4:
		f.Description = r.one("", "one", "two")
	case 5:
		f.Directives = r.deprecation()
	case 6:
		r.changeUsage(&f.Directives)
	}
}

func (r random) changeValue(def *ast.Definition) {
	i := r.IntN(len(def.EnumValues))
	switch r.IntN(4) {
	case 0:
		def.EnumValues = slices.Delete(def.EnumValues, i, i+1)
	case 1:
		def.EnumValues = append(def.EnumValues, &ast.EnumValueDefinition{Name: "ADDED"})
	case 2:
		def.EnumValues[i].Directives = r.deprecation()
	case 3:
		def.EnumValues[i].Description = r.one("", "one", "two")
	}
}

func (r random) changeDirective(d *ast.DirectiveDefinition) {
	switch r.IntN(6) {
	case 0:
		d.IsRepeatable = !d.IsRepeatable
	case 1:
		i := r.IntN(len(d.Locations))
		d.Locations = slices.Delete(d.Locations, i, i+1)
	case 2:
		if !slices.Contains(d.Locations, ast.LocationVariableDefinition) {
			d.Locations = append(d.Locations, ast.LocationVariableDefinition)
		}
	case 3:
		d.Arguments = append(d.Arguments, &ast.ArgumentDefinition{Name: "added", Type: &ast.Type{NamedType: "Int", NonNull: r.chance(50)}})
	case 4:
		i := r.IntN(len(d.Arguments))
		d.Arguments = slices.Delete(d.Arguments, i, i+1)
	case 5:
		a := d.Arguments[r.IntN(len(d.Arguments))]
		a.Type = r.changedType(a.Type, leafs)
		a.DefaultValue = r.value(a.Type)
	}
}

func (r random) changeUsage(list *ast.DirectiveList) {
	if len(*list) > 0 && r.chance(50) {
		*list = slices.Delete(slices.Clone(*list), 0, 1)
		return
	}
	d := &ast.Directive{Name: "tag"}
	if r.chance(50) {
		d.Arguments = ast.ArgumentList{{Name: "name", Value: &ast.Value{Kind: ast.StringValue, Raw: r.one("x", "y")}}}
	}
	*list = append(slices.Clone(*list), d)
}

func (r random) deprecation() ast.DirectiveList {
	switch r.IntN(4) {
	case 0:
		return nil
	case 1:
		return ast.DirectiveList{{Name: "deprecated"}}
	default:
		return ast.DirectiveList{{Name: "deprecated", Arguments: ast.ArgumentList{
			{Name: "reason", Value: &ast.Value{Kind: ast.StringValue, Raw: r.one("r", "s")}},
		}}}
	}
}

func (r random) changedType(t *ast.Type, names []string) *ast.Type {
	out := *t
	switch {
	case r.chance(40):
		out.NonNull = !out.NonNull
	case r.chance(15):
		return ast.ListType(&out, nil)
	case t.Elem != nil && r.chance(30):
		return t.Elem
	case t.Elem != nil:
		out.Elem = r.changedType(t.Elem, names)
	default:
		out.NamedType = r.one(names...)
	}
	return &out
}

func (r random) value(t *ast.Type) *ast.Value {
	switch {
	case r.chance(30):
		return nil
	case t.Elem != nil && r.chance(50):
		item := r.value(t.Elem)
		if item == nil {
			return &ast.Value{Kind: ast.ListValue}
		}
		return &ast.Value{Kind: ast.ListValue, Children: ast.ChildValueList{{Value: item}}}
	case t.Elem != nil:
		return r.value(t.Elem)
	}
	switch t.NamedType {
	case "Int":
		return &ast.Value{Kind: ast.IntValue, Raw: r.one("1", "2")}
	case "Float":
		return &ast.Value{Kind: ast.FloatValue, Raw: r.one("1.0", "1.5")}
	case "String", "ID", "Date", "Money":
		return &ast.Value{Kind: ast.StringValue, Raw: r.one("1", "s")}
	case "Boolean":
		return &ast.Value{Kind: ast.BooleanValue, Raw: "true"}
	case "Size", "Color", "Status":
		return &ast.Value{Kind: ast.EnumValue, Raw: "V0"}
	default:
		return nil
	}
}
