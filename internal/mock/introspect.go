package mock

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// The schema as data (section 4 of the specification). Lists are in the order
// of the SDL, types and directives by name.

type schemaObject struct{ *Schema }

func (schemaObject) Typename() string { return "__Schema" }

func (o schemaObject) Field(name string, _ map[string]any) any {
	switch name {
	case "description":
		return text(o.ast.Description)
	case "queryType":
		return o.named(o.ast.Query)
	case "mutationType":
		return o.named(o.ast.Mutation)
	case "subscriptionType":
		return o.named(o.ast.Subscription)
	case "types":
		return listOf(sortedKeys(o.ast.Types), func(name string) any { return o.named(o.ast.Types[name]) })
	case "directives":
		return listOf(sortedKeys(o.ast.Directives), func(name string) any {
			return directiveObject{o.Schema, o.ast.Directives[name]}
		})
	}
	return nil
}

func (s *Schema) named(def *ast.Definition) any {
	if def == nil {
		return nil
	}
	return typeObject{s, &ast.Type{NamedType: def.Name}}
}

type typeObject struct {
	schema *Schema
	typ    *ast.Type
}

func (typeObject) Typename() string { return "__Type" }

func (o typeObject) Field(name string, args map[string]any) any {
	switch {
	case o.typ.NonNull:
		nullable := *o.typ
		nullable.NonNull = false
		return o.wrapper(name, "NON_NULL", &nullable)
	case o.typ.Elem != nil:
		return o.wrapper(name, "LIST", o.typ.Elem)
	}
	return o.definition(o.schema.ast.Types[o.typ.NamedType], name, args)
}

func (o typeObject) wrapper(name, kind string, of *ast.Type) any {
	switch name {
	case "kind":
		return kind
	case "ofType":
		return typeObject{o.schema, of}
	}
	return nil
}

func (o typeObject) definition(def *ast.Definition, name string, args map[string]any) any {
	switch name {
	case "kind":
		return string(def.Kind)
	case "name":
		return def.Name
	case "description":
		return text(def.Description)
	case "specifiedByURL":
		if d := def.Directives.ForName("specifiedBy"); d != nil {
			return stringArgument(d, "url")
		}
	case "isOneOf":
		if def.Kind == ast.InputObject {
			return def.Directives.ForName("oneOf") != nil
		}
	case "fields":
		return o.fields(def, args)
	case "inputFields":
		return o.inputFields(def, args)
	case "interfaces":
		if def.Kind == ast.Object || def.Kind == ast.Interface {
			return listOf(def.Interfaces, func(name string) any { return o.schema.named(o.schema.ast.Types[name]) })
		}
	case "possibleTypes":
		if def.IsAbstractType() {
			return listOf(o.schema.ast.GetPossibleTypes(def), o.schema.named)
		}
	case "enumValues":
		return o.enumValues(def, args)
	}
	return nil
}

func (o typeObject) fields(def *ast.Definition, args map[string]any) any {
	if def.Kind != ast.Object && def.Kind != ast.Interface {
		return nil
	}
	visible := without(def.Fields, func(f *ast.FieldDefinition) bool {
		return strings.HasPrefix(f.Name, "__") || hidden(f.Directives, args)
	})
	return listOf(visible, func(f *ast.FieldDefinition) any { return fieldObject{o.schema, f} })
}

func (o typeObject) inputFields(def *ast.Definition, args map[string]any) any {
	if def.Kind != ast.InputObject {
		return nil
	}
	visible := without(def.Fields, func(f *ast.FieldDefinition) bool { return hidden(f.Directives, args) })
	return listOf(visible, func(f *ast.FieldDefinition) any {
		return inputValueObject{o.schema, f.Name, f.Description, f.Type, f.DefaultValue, f.Directives}
	})
}

func (o typeObject) enumValues(def *ast.Definition, args map[string]any) any {
	if def.Kind != ast.Enum {
		return nil
	}
	visible := without(def.EnumValues, func(v *ast.EnumValueDefinition) bool { return hidden(v.Directives, args) })
	return listOf(visible, func(v *ast.EnumValueDefinition) any { return enumValueObject{v} })
}

// hidden says whether a deprecated element was not asked for.
func hidden(directives ast.DirectiveList, args map[string]any) bool {
	return args["includeDeprecated"] != true && directives.ForName("deprecated") != nil
}

type fieldObject struct {
	schema *Schema
	def    *ast.FieldDefinition
}

func (fieldObject) Typename() string { return "__Field" }

func (o fieldObject) Field(name string, args map[string]any) any {
	switch name {
	case "name":
		return o.def.Name
	case "description":
		return text(o.def.Description)
	case "args":
		return arguments(o.schema, o.def.Arguments, args)
	case "type":
		return typeObject{o.schema, o.def.Type}
	}
	return deprecation(name, o.def.Directives)
}

func arguments(s *Schema, defs ast.ArgumentDefinitionList, args map[string]any) any {
	visible := without(defs, func(a *ast.ArgumentDefinition) bool { return hidden(a.Directives, args) })
	return listOf(visible, func(a *ast.ArgumentDefinition) any {
		return inputValueObject{s, a.Name, a.Description, a.Type, a.DefaultValue, a.Directives}
	})
}

type inputValueObject struct {
	schema      *Schema
	name        string
	description string
	typ         *ast.Type
	byDefault   *ast.Value
	directives  ast.DirectiveList
}

func (inputValueObject) Typename() string { return "__InputValue" }

func (o inputValueObject) Field(name string, _ map[string]any) any {
	switch name {
	case "name":
		return o.name
	case "description":
		return text(o.description)
	case "type":
		return typeObject{o.schema, o.typ}
	case "defaultValue":
		if o.byDefault != nil {
			return o.byDefault.String()
		}
		return nil
	}
	return deprecation(name, o.directives)
}

type enumValueObject struct{ def *ast.EnumValueDefinition }

func (enumValueObject) Typename() string { return "__EnumValue" }

func (o enumValueObject) Field(name string, _ map[string]any) any {
	switch name {
	case "name":
		return o.def.Name
	case "description":
		return text(o.def.Description)
	}
	return deprecation(name, o.def.Directives)
}

type directiveObject struct {
	schema *Schema
	def    *ast.DirectiveDefinition
}

func (directiveObject) Typename() string { return "__Directive" }

func (o directiveObject) Field(name string, args map[string]any) any {
	switch name {
	case "name":
		return o.def.Name
	case "description":
		return text(o.def.Description)
	case "isRepeatable":
		return o.def.IsRepeatable
	case "locations":
		return listOf(o.def.Locations, func(l ast.DirectiveLocation) any { return string(l) })
	case "args":
		return arguments(o.schema, o.def.Arguments, args)
	}
	return nil
}

func deprecation(name string, directives ast.DirectiveList) any {
	d := directives.ForName("deprecated")
	switch {
	case name == "isDeprecated":
		return d != nil
	case name != "deprecationReason" || d == nil:
		return nil
	}
	if d.Arguments.ForName("reason") == nil {
		return "No longer supported"
	}
	return stringArgument(d, "reason")
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func listOf[E any](list []E, object func(E) any) []any {
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = object(e)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
