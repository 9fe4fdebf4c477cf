package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// constant is a default value as resolvers see it, in a text form that is equal
// for equal values: 1 and 1.0 are the same Float, a list of one may leave out its
// brackets, the order of an object's fields has no meaning, and fields with
// defaults of their own are filled in. It is "" where there is no default, or
// one that does not fit the type.
//
// Source: GraphQL specification, 3 (input coercion of each type).
func (s *side) constant(v inputValue) string {
	if v.def == nil {
		return ""
	}
	text, ok := s.coerce(v.typ, v.def, 0)
	if !ok {
		return ""
	}
	return text
}

// maxDefaultDepth ends defaults of input objects that contain themselves.
const maxDefaultDepth = 32

func (s *side) coerce(t *ast.Type, v *ast.Value, depth int) (string, bool) {
	switch {
	case depth > maxDefaultDepth:
		return "", false
	case v.Kind == ast.NullValue:
		return "null", !t.NonNull
	case t.Elem != nil && v.Kind != ast.ListValue:
		item, ok := s.coerce(t.Elem, v, depth+1)
		return "[" + item + "]", ok
	case t.Elem != nil:
		items := make([]string, len(v.Children))
		for i, child := range v.Children {
			var ok bool
			if items[i], ok = s.coerce(t.Elem, child.Value, depth+1); !ok {
				return "", false
			}
		}
		return "[" + strings.Join(items, " ") + "]", true
	}
	def := s.Types[t.NamedType]
	switch {
	case def != nil && def.Kind == ast.InputObject:
		return s.coerceObject(def, v, depth)
	case def != nil && def.Kind == ast.Enum:
		return strconv.Quote(v.Raw), v.Kind == ast.EnumValue && def.EnumValues.ForName(v.Raw) != nil
	default:
		return coerceScalar(t.NamedType, v)
	}
}

func (s *side) coerceObject(def *ast.Definition, v *ast.Value, depth int) (string, bool) {
	if v.Kind != ast.ObjectValue {
		return "", false
	}
	var parts []string
	for _, field := range def.Fields {
		given := v.Children.ForName(field.Name)
		if given == nil {
			given = field.DefaultValue
		}
		if given == nil {
			if field.Type.NonNull {
				return "", false
			}
			continue
		}
		text, ok := s.coerce(field.Type, given, depth+1)
		if !ok {
			return "", false
		}
		parts = append(parts, field.Name+": "+text)
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, " ") + "}", true
}

func coerceScalar(name string, v *ast.Value) (string, bool) {
	isString := v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	switch name {
	case "Int":
		n, err := strconv.ParseInt(v.Raw, 10, 32)
		return strconv.FormatInt(n, 10), v.Kind == ast.IntValue && err == nil
	case "Float":
		return number(v.Raw), v.Kind == ast.IntValue || v.Kind == ast.FloatValue
	case "String":
		return strconv.Quote(v.Raw), isString
	case "ID":
		return strconv.Quote(v.Raw), isString || v.Kind == ast.IntValue
	case "Boolean":
		return v.Raw, v.Kind == ast.BooleanValue
	default:
		return untyped(v), true
	}
}

// untyped is the value of a custom scalar, of which only the server knows what
// it means.
func untyped(v *ast.Value) string {
	switch v.Kind {
	case ast.IntValue, ast.FloatValue:
		return number(v.Raw)
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return strconv.Quote(v.Raw)
	case ast.ListValue:
		items := make([]string, len(v.Children))
		for i, child := range v.Children {
			items[i] = untyped(child.Value)
		}
		return "[" + strings.Join(items, " ") + "]"
	case ast.ObjectValue:
		parts := make([]string, len(v.Children))
		for i, child := range v.Children {
			parts[i] = child.Name + ": " + untyped(child.Value)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, " ") + "}"
	default:
		return v.Raw
	}
}

func number(raw string) string {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return raw
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
