package introspect

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/operation"
)

// writer writes one answer.
type writer struct {
	schema *Schema
	vars   operation.Variables
	out    []byte
	// limit is how long out may become. What is beyond is cut somewhere and never
	// sent.
	limit int
}

func (w *writer) root(f *operation.Field) {
	if f.Name == "__schema" {
		w.object(f, "__Schema", w.schemaField)
		return
	}
	w.namedType(f, w.schema.byName[w.stringArgument(f, "name")])
}

// object writes the fields that f selects. A function for each introspection type
// writes the value of one of them.
func (w *writer) object(f *operation.Field, typename string, field func(*operation.Field)) {
	w.out = append(w.out, '{')
	for i, selection := range f.Selections {
		selected := selection.(*operation.Field) // introspection types are object types
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.string(selected.ResponseName)
		w.out = append(w.out, ':')
		if selected.IsTypename() {
			w.string(typename)
		} else {
			field(selected)
		}
	}
	w.out = append(w.out, '}')
}

func (w *writer) schemaField(f *operation.Field) {
	api := w.schema.api
	switch f.Name {
	case "description":
		w.optional(api.Description)
	case "types":
		list(w, w.schema.types, func(def *ast.Definition) { w.namedType(f, def) })
	case "queryType":
		w.namedType(f, api.Query)
	case "mutationType":
		w.namedType(f, api.Mutation)
	case "subscriptionType":
		w.namedType(f, api.Subscription)
	case "directives":
		list(w, w.schema.directives, func(def *ast.DirectiveDefinition) {
			w.object(f, "__Directive", func(f *operation.Field) { w.directiveField(f, def) })
		})
	default:
		w.null()
	}
}

func (w *writer) directiveField(f *operation.Field, def *ast.DirectiveDefinition) {
	switch f.Name {
	case "name":
		w.string(def.Name)
	case "description":
		w.optional(def.Description)
	case "isRepeatable":
		w.bool(def.IsRepeatable)
	case "locations":
		list(w, def.Locations, func(l ast.DirectiveLocation) { w.string(string(l)) })
	case "args":
		w.arguments(f, def.Arguments)
	default:
		w.null()
	}
}

// namedType writes a __Type; a nil definition is null.
func (w *writer) namedType(f *operation.Field, def *ast.Definition) {
	if def == nil {
		w.null()
		return
	}
	w.object(f, "__Type", func(f *operation.Field) { w.typeField(f, def) })
}

func (w *writer) typeField(f *operation.Field, def *ast.Definition) {
	switch f.Name {
	case "kind":
		w.string(string(def.Kind))
	case "name":
		w.string(def.Name)
	case "description":
		w.optional(def.Description)
	case "specifiedByURL":
		w.optional(directiveString(def.Directives, "specifiedBy", "url"))
	case "fields":
		w.when(def.Kind == ast.Object || def.Kind == ast.Interface, func() { w.fields(f, w.schema.fields(def)) })
	case "interfaces":
		w.when(def.Kind == ast.Object || def.Kind == ast.Interface, func() {
			list(w, def.Interfaces, func(name string) { w.namedType(f, w.schema.byName[name]) })
		})
	case "possibleTypes":
		w.when(def.IsAbstractType(), func() {
			list(w, w.schema.possible[def.Name], func(object *ast.Definition) { w.namedType(f, object) })
		})
	case "enumValues":
		w.when(def.Kind == ast.Enum, func() { w.enumValues(f, def.EnumValues) })
	case "inputFields":
		w.when(def.Kind == ast.InputObject, func() { w.inputFields(f, def.Fields) })
	case "isOneOf":
		w.when(def.Kind == ast.InputObject, func() { w.bool(def.Directives.ForName("oneOf") != nil) })
	default: // ofType
		w.null()
	}
}

// typeRef writes the __Type that a field or argument has: a non-null or list
// around another, or a named type. A list's own non-null is taken off by inner.
func (w *writer) typeRef(f *operation.Field, t *ast.Type) {
	kind, inner := "LIST", t.Elem
	switch {
	case t.NonNull:
		nullable := *t
		nullable.NonNull = false
		kind, inner = "NON_NULL", &nullable
	case t.Elem == nil:
		w.namedType(f, w.schema.byName[t.NamedType])
		return
	}
	w.object(f, "__Type", func(f *operation.Field) {
		switch f.Name {
		case "kind":
			w.string(kind)
		case "ofType":
			w.typeRef(f, inner)
		default:
			w.null()
		}
	})
}

// member is what fields, arguments, input fields and enum values have in common.
type member struct {
	name, description string
	directives        ast.DirectiveList
}

// member writes one; the function writes the value of a field of its own.
func (w *writer) member(f *operation.Field, typename string, m member, own func(*operation.Field)) {
	w.object(f, typename, func(f *operation.Field) {
		switch f.Name {
		case "name":
			w.string(m.name)
		case "description":
			w.optional(m.description)
		case "isDeprecated":
			w.bool(m.directives.ForName("deprecated") != nil)
		case "deprecationReason":
			w.deprecationReason(m.directives)
		default:
			own(f)
		}
	})
}

func (w *writer) deprecationReason(directives ast.DirectiveList) {
	d := directives.ForName("deprecated")
	if d == nil {
		w.null()
		return
	}
	reason := "No longer supported"
	if given := d.Arguments.ForName("reason"); given != nil {
		reason = given.Value.Raw
	}
	w.string(reason)
}

func (w *writer) fields(f *operation.Field, fields ast.FieldList) {
	visible := shown(w, f, fields, func(def *ast.FieldDefinition) ast.DirectiveList { return def.Directives })
	list(w, visible, func(def *ast.FieldDefinition) {
		w.member(f, "__Field", member{def.Name, def.Description, def.Directives}, func(f *operation.Field) {
			switch f.Name {
			case "args":
				w.arguments(f, def.Arguments)
			case "type":
				w.typeRef(f, def.Type)
			default:
				w.null()
			}
		})
	})
}

func (w *writer) enumValues(f *operation.Field, values ast.EnumValueList) {
	visible := shown(w, f, values, func(def *ast.EnumValueDefinition) ast.DirectiveList { return def.Directives })
	list(w, visible, func(def *ast.EnumValueDefinition) {
		w.member(f, "__EnumValue", member{def.Name, def.Description, def.Directives}, func(*operation.Field) { w.null() })
	})
}

func (w *writer) arguments(f *operation.Field, args ast.ArgumentDefinitionList) {
	visible := shown(w, f, args, func(def *ast.ArgumentDefinition) ast.DirectiveList { return def.Directives })
	list(w, visible, func(def *ast.ArgumentDefinition) {
		w.inputValue(f, member{def.Name, def.Description, def.Directives}, def.Type, def.DefaultValue)
	})
}

func (w *writer) inputFields(f *operation.Field, fields ast.FieldList) {
	visible := shown(w, f, fields, func(def *ast.FieldDefinition) ast.DirectiveList { return def.Directives })
	list(w, visible, func(def *ast.FieldDefinition) {
		w.inputValue(f, member{def.Name, def.Description, def.Directives}, def.Type, def.DefaultValue)
	})
}

func (w *writer) inputValue(f *operation.Field, m member, typ *ast.Type, defaultValue *ast.Value) {
	w.member(f, "__InputValue", m, func(f *operation.Field) {
		switch {
		case f.Name == "type":
			w.typeRef(f, typ)
		case f.Name == "defaultValue" && defaultValue != nil:
			w.string(operation.FormatValue(defaultValue))
		default:
			w.null()
		}
	})
}

// shown are the elements that the argument includeDeprecated lets through.
func shown[T any](w *writer, f *operation.Field, all []T, directives func(T) ast.DirectiveList) []T {
	deprecated := w.boolArgument(f, "includeDeprecated")
	visible := make([]T, 0, len(all))
	for _, def := range all {
		if deprecated || directives(def).ForName("deprecated") == nil {
			visible = append(visible, def)
		}
	}
	return visible
}

func list[T any](w *writer, elements []T, write func(T)) {
	w.out = append(w.out, '[')
	for i, element := range elements {
		if len(w.out) > w.limit {
			return
		}
		if i > 0 {
			w.out = append(w.out, ',')
		}
		write(element)
	}
	w.out = append(w.out, ']')
}

func (w *writer) boolArgument(f *operation.Field, name string) bool {
	arg := f.Arguments.ForName(name)
	if arg == nil {
		return false
	}
	if arg.Value.Kind == ast.Variable {
		value, _ := w.vars.Lookup(arg.Value.Raw)
		return string(value) == "true"
	}
	return arg.Value.Raw == "true"
}

func (w *writer) stringArgument(f *operation.Field, name string) string {
	arg := f.Arguments.ForName(name)
	if arg.Value.Kind != ast.Variable {
		return arg.Value.Raw
	}
	var text string
	if value, ok := w.vars.Lookup(arg.Value.Raw); ok {
		json.Unmarshal(value, &text) // a String variable's value is a JSON string, or null
	}
	return text
}

func directiveString(directives ast.DirectiveList, name, argument string) string {
	if d := directives.ForName(name); d != nil {
		if arg := d.Arguments.ForName(argument); arg != nil {
			return arg.Value.Raw
		}
	}
	return ""
}

func (w *writer) string(text string) { w.out = rawjson.AppendString(w.out, text) }
func (w *writer) null()              { w.out = append(w.out, "null"...) }

// optional writes null for no text.
func (w *writer) optional(text string) {
	if text == "" {
		w.null()
		return
	}
	w.string(text)
}

func (w *writer) bool(b bool) {
	if b {
		w.out = append(w.out, "true"...)
	} else {
		w.out = append(w.out, "false"...)
	}
}

// when writes null unless the condition holds.
func (w *writer) when(condition bool, write func()) {
	if !condition {
		w.null()
		return
	}
	write()
}
