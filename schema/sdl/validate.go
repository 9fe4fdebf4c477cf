package sdl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// Validate reports what GraphQL does not allow in a schema whose references are
// sound and whose directives are defined (see CheckReferences and
// CheckDirectives). FreeArguments says of a directive that its arguments are not
// checked; it may be nil.
//
// Source: GraphQL specification, sections 3.3 – 3.13 and 5.7.
func Validate(s *Schema, freeArguments func(directive string) bool) federation.Errors {
	v := &validator{schema: s, freeArguments: freeArguments}
	for _, t := range s.Types {
		if !t.Spec {
			v.typ(t)
		}
	}
	v.inputCycles()
	for _, d := range s.Definitions {
		v.definition(d)
	}
	v.applied(s.Directives, ast.LocationSchema, "schema")
	return v.errors
}

type validator struct {
	schema        *Schema
	freeArguments func(directive string) bool
	errors        federation.Errors
}

func (v *validator) fail(pos *ast.Position, help, format string, args ...any) {
	v.errors = append(v.errors, invalid(pos, fmt.Sprintf(format, args...), help))
}

func (v *validator) name(name string, pos *ast.Position) {
	if strings.HasPrefix(name, "__") {
		v.fail(pos, "choose another name", `the name %q begins with "__", which is reserved for introspection`, name)
	}
}

func (v *validator) typ(t *Type) {
	v.name(t.Name, t.Position())
	v.typeDirectives(t)
	switch t.Kind {
	case ast.Object, ast.Interface:
		v.notEmpty(t, len(t.Fields), "fields")
		for _, f := range t.Fields {
			v.field(f)
		}
		v.implementations(t)
	case ast.InputObject:
		v.notEmpty(t, len(t.Fields), "fields")
		for _, f := range t.Fields {
			v.inputValue(f.Coordinate(), f.Name, f.Type, f.DefaultValue, f.Directives, f.Position, ast.LocationInputFieldDefinition)
		}
	case ast.Union:
		v.notEmpty(t, len(t.Members), "members")
	case ast.Enum:
		v.notEmpty(t, len(t.Values), "values")
		for _, value := range t.Values {
			v.name(value.Name, value.Position)
			v.applied(value.Directives, ast.LocationEnumValue, t.Name+"."+value.Name)
		}
	}
}

func (v *validator) notEmpty(t *Type, n int, what string) {
	if n == 0 {
		v.fail(t.Position(), fmt.Sprintf("add %s, or remove the type", what), "%s %q has no %s", KindName(t.Kind), t.Name, what)
	}
}

func (v *validator) field(f *Field) {
	v.name(f.Name, f.Position)
	v.applied(f.Directives, ast.LocationFieldDefinition, f.Coordinate())
	for _, arg := range f.Arguments {
		v.inputValue(f.ArgumentCoordinate(arg.Name), arg.Name, arg.Type, arg.DefaultValue, arg.Directives, arg.Position, ast.LocationArgumentDefinition)
	}
}

// inputValue checks an argument or an input field.
func (v *validator) inputValue(coordinate, name string, typ *ast.Type, value *ast.Value, directives ast.DirectiveList, pos *ast.Position, location ast.DirectiveLocation) {
	v.name(name, pos)
	v.applied(directives, location, coordinate)
	if IsRequired(typ, value) && directives.ForName("deprecated") != nil {
		v.fail(pos, "make it nullable or give it a default first", "%q is required, so it cannot be deprecated", coordinate)
	}
	if value == nil {
		return
	}
	if why := v.schema.CheckValue(value, typ); why != "" {
		v.fail(value.Position, "change the default or the type", "the default of %q does not fit its type %s: %s", coordinate, typ, why)
	}
}

func (v *validator) definition(d *ast.DirectiveDefinition) {
	v.name(d.Name, d.Position)
	for _, arg := range d.Arguments {
		v.inputValue(DirectiveArgument(d.Name, arg.Name), arg.Name, arg.Type, arg.DefaultValue, arg.Directives, arg.Position, ast.LocationArgumentDefinition)
	}
}

var typeLocations = map[ast.DefinitionKind]ast.DirectiveLocation{
	ast.Object: ast.LocationObject, ast.Interface: ast.LocationInterface, ast.Union: ast.LocationUnion,
	ast.Enum: ast.LocationEnum, ast.InputObject: ast.LocationInputObject, ast.Scalar: ast.LocationScalar,
}

func (v *validator) typeDirectives(t *Type) {
	list := make(ast.DirectiveList, len(t.Directives))
	for i, d := range t.Directives {
		list[i] = d.Directive
	}
	v.applied(list, typeLocations[t.Kind], t.Name)
}

// applied checks the directives on one element.
func (v *validator) applied(directives ast.DirectiveList, location ast.DirectiveLocation, where string) {
	seen := map[string]*ast.Directive{}
	for _, d := range directives {
		def := v.schema.Definition(d.Name)
		if def == nil {
			continue // reported by CheckDirectives
		}
		if !slices.Contains(def.Locations, location) {
			v.fail(d.Position, fmt.Sprintf("@%s may be used on %s", d.Name, locations(def.Locations)),
				"@%s may not be used on %s (here on %q)", d.Name, location, where)
		}
		if first := seen[d.Name]; first != nil && !def.IsRepeatable {
			e := invalid(d.Position, fmt.Sprintf("@%s is applied twice to %q, but it is not repeatable", d.Name, where), "remove one of the two")
			e.Places = append(e.Places, federation.Place{Position: first.Position, Note: "the first one"})
			v.errors = append(v.errors, e)
		}
		seen[d.Name] = d
		v.arguments(d, def, where)
	}
}

func locations(list []ast.DirectiveLocation) string {
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = string(l)
	}
	return federation.Coordinates(names)
}

func (v *validator) arguments(d *ast.Directive, def *ast.DirectiveDefinition, where string) {
	if v.freeArguments != nil && v.freeArguments(d.Name) {
		return
	}
	for i, arg := range d.Arguments {
		argDef := def.Arguments.ForName(arg.Name)
		switch {
		case argDef == nil:
			names := make([]string, len(def.Arguments))
			for j, a := range def.Arguments {
				names[j] = a.Name
			}
			v.fail(arg.Position, fmt.Sprintf("remove the argument; @%s has %s", d.Name, argumentNames(names)),
				"@%s on %q has no argument %q%s", d.Name, where, arg.Name, federation.Suggest(arg.Name, names))
			continue
		case d.Arguments[:i].ForName(arg.Name) != nil:
			v.fail(arg.Position, "give it once", "argument %q of @%s on %q is given twice", arg.Name, d.Name, where)
			continue
		}
		if why := v.schema.CheckValue(arg.Value, argDef.Type); why != "" {
			v.fail(arg.Value.Position, fmt.Sprintf("%s is of type %s", DirectiveArgument(d.Name, arg.Name), argDef.Type),
				"argument %q of @%s on %q does not fit its type %s: %s", arg.Name, d.Name, where, argDef.Type, why)
		}
	}
	for _, argDef := range def.Arguments {
		if IsRequired(argDef.Type, argDef.DefaultValue) && d.Arguments.ForName(argDef.Name) == nil {
			v.fail(d.Position, fmt.Sprintf("add %s: <%s>", argDef.Name, argDef.Type), "@%s on %q lacks its required argument %q", d.Name, where, argDef.Name)
		}
	}
}

func argumentNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return federation.Coordinates(names)
}
