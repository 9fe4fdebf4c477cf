package check

import (
	"crypto/sha256"
	"encoding/hex"
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
	text, ok := s.coerce(v.typ, v.def)
	if !ok {
		return ""
	}
	return text
}

// fieldDefault is the constant of an input field's default. Each is worked out once,
// and one that contains itself is none.
func (s *side) fieldDefault(f *ast.FieldDefinition) (text string, ok bool) {
	known, found := s.defaults[f]
	if !found {
		s.defaults[f] = constant{} // what it is while it is being worked out
		known.text, known.ok = s.coerce(f.Type, f.DefaultValue)
		s.defaults[f] = known
	}
	return known.text, known.ok
}

// constant is a coerced value; ok is false where the value does not fit its type.
type constant struct {
	text string
	ok   bool
}

func (s *side) coerce(t *ast.Type, v *ast.Value) (string, bool) {
	switch {
	case v.Kind == ast.NullValue:
		return "null", !t.NonNull
	case t.Elem != nil && v.Kind != ast.ListValue:
		item, ok := s.coerce(t.Elem, v)
		return "[" + item + "]", ok
	case t.Elem != nil:
		items := make([]string, len(v.Children))
		for i, child := range v.Children {
			var ok bool
			if items[i], ok = s.coerce(t.Elem, child.Value); !ok {
				return "", false
			}
		}
		return "[" + strings.Join(items, " ") + "]", true
	}
	def := s.Types[t.NamedType]
	switch {
	case def != nil && def.Kind == ast.InputObject:
		return s.coerceObject(def, v)
	case def != nil && def.Kind == ast.Enum:
		return strconv.Quote(v.Raw), v.Kind == ast.EnumValue && def.EnumValues.ForName(v.Raw) != nil
	default:
		return coerceScalar(t.NamedType, v)
	}
}

func (s *side) coerceObject(def *ast.Definition, v *ast.Value) (string, bool) {
	if v.Kind != ast.ObjectValue {
		return "", false
	}
	var parts []string
	for _, field := range def.Fields {
		text, ok := "", !field.Type.NonNull
		if given := v.Children.ForName(field.Name); given != nil {
			text, ok = s.coerce(field.Type, given)
		} else if field.DefaultValue != nil {
			text, ok = s.fieldDefault(field)
		}
		if !ok {
			return "", false
		}
		if text != "" {
			parts = append(parts, field.Name+": "+text)
		}
	}
	slices.Sort(parts)
	return short("{" + strings.Join(parts, " ") + "}"), true
}

// short stands for a long text: objects within objects within objects have long
// constants even where the schema is short.
func short(text string) string {
	if len(text) <= 2*sha256.Size {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
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
