package sdl

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// AppendValue appends a value as GraphQL source.
func AppendValue(b []byte, v *ast.Value) []byte {
	switch v.Kind {
	case ast.StringValue, ast.BlockValue:
		return appendString(b, v.Raw)
	case ast.NullValue:
		return append(b, "null"...)
	case ast.ListValue:
		b = append(b, '[')
		for i, c := range v.Children {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = AppendValue(b, c.Value)
		}
		return append(b, ']')
	case ast.ObjectValue:
		b = append(b, '{')
		for i, c := range v.Children {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(append(b, c.Name...), ": "...)
			b = AppendValue(b, c.Value)
		}
		return append(b, '}')
	case ast.Variable:
		return append(append(b, '$'), v.Raw...)
	default:
		return append(b, v.Raw...)
	}
}

// ValueText returns a value as GraphQL source.
func ValueText(v *ast.Value) string { return string(AppendValue(nil, v)) }

// appendString appends a quoted GraphQL string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch r {
		case '"':
			b = append(b, `\"`...)
		case '\\':
			b = append(b, `\\`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		default:
			if r < 0x20 || r >= 0x7f && r <= 0x9f {
				b = fmt.Appendf(b, `\u%04X`, r)
			} else {
				b = append(b, string(r)...)
			}
		}
	}
	return append(b, '"')
}

// EqualValues says whether two values are the same: 1 is 1.0, the order of
// object keys is irrelevant, and an enum value may be written as a string. A
// nil value, as of an absent default, equals nil only.
func EqualValues(a, b *ast.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	switch {
	case isNumber(a) && isNumber(b):
		return equalNumbers(a.Raw, b.Raw)
	case isText(a) && isText(b):
		return a.Raw == b.Raw
	case a.Kind != b.Kind:
		return false
	case a.Kind == ast.ListValue:
		return slices.EqualFunc(a.Children, b.Children, func(x, y *ast.ChildValue) bool { return EqualValues(x.Value, y.Value) })
	case a.Kind == ast.ObjectValue:
		return equalObjects(a, b)
	default:
		return a.Raw == b.Raw
	}
}

func isNumber(v *ast.Value) bool { return v.Kind == ast.IntValue || v.Kind == ast.FloatValue }

func isText(v *ast.Value) bool {
	return v.Kind == ast.StringValue || v.Kind == ast.BlockValue || v.Kind == ast.EnumValue
}

func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

func equalObjects(a, b *ast.Value) bool {
	if len(a.Children) != len(b.Children) {
		return false
	}
	byName := func(x, y *ast.ChildValue) int { return cmp.Compare(x.Name, y.Name) }
	as, bs := slices.SortedFunc(slices.Values(a.Children), byName), slices.SortedFunc(slices.Values(b.Children), byName)
	return slices.EqualFunc(as, bs, func(x, y *ast.ChildValue) bool {
		return x.Name == y.Name && EqualValues(x.Value, y.Value)
	})
}

// CheckValue says why a constant value does not fit a type, or "" when it does.
// Custom scalars take anything; a list takes a single element; an enum takes the
// name of a value also as a string. Required fields may be missing from input
// objects: the reference composers accept that, and so must who composes what
// they composed.
func (s *Schema) CheckValue(v *ast.Value, t *ast.Type) string {
	if v.Kind == ast.NullValue {
		if t.NonNull {
			return fmt.Sprintf("null is no %s", t)
		}
		return ""
	}
	if t.Elem != nil {
		if v.Kind != ast.ListValue {
			return s.CheckValue(v, t.Elem)
		}
		for _, c := range v.Children {
			if why := s.CheckValue(c.Value, t.Elem); why != "" {
				return why
			}
		}
		return ""
	}
	named := s.Type(t.NamedType)
	if named == nil {
		return "" // an unknown type is reported where it is named
	}
	switch named.Kind {
	case ast.Scalar:
		return checkScalar(v, named.Name)
	case ast.Enum:
		if isText(v) && named.Value(v.Raw) != nil {
			return ""
		}
		return fmt.Sprintf("%s is no value of enum %s", ValueText(v), named.Name)
	case ast.InputObject:
		return s.checkObject(v, named)
	default:
		return ""
	}
}

func (s *Schema) checkObject(v *ast.Value, t *Type) string {
	if v.Kind != ast.ObjectValue {
		return fmt.Sprintf("%s is no input object %s", ValueText(v), t.Name)
	}
	seen := make(map[string]bool, len(v.Children))
	for _, c := range v.Children {
		f := t.Field(c.Name)
		if f == nil {
			return fmt.Sprintf("input object %s has no field %q", t.Name, c.Name)
		}
		if seen[c.Name] {
			return fmt.Sprintf("field %q is given twice", c.Name)
		}
		seen[c.Name] = true
		if why := s.CheckValue(c.Value, f.Type); why != "" {
			return why
		}
	}
	return ""
}

func checkScalar(v *ast.Value, name string) string {
	ok := true
	switch name {
	case "Int":
		n, err := strconv.ParseInt(v.Raw, 10, 64)
		ok = v.Kind == ast.IntValue && err == nil && n >= math.MinInt32 && n <= math.MaxInt32
	case "Float":
		ok = isNumber(v)
	case "String":
		ok = v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	case "Boolean":
		ok = v.Kind == ast.BooleanValue
	case "ID":
		ok = v.Kind == ast.StringValue || v.Kind == ast.BlockValue || v.Kind == ast.IntValue
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("%s is no %s", ValueText(v), name)
}

// IsRequired says whether a value must be given for an argument or an input
// field.
func IsRequired(t *ast.Type, defaultValue *ast.Value) bool { return t.NonNull && defaultValue == nil }

// ArgumentValue returns the value given for an argument, nil when there is none.
func ArgumentValue(d *ast.Directive, name string) *ast.Value {
	if a := d.Arguments.ForName(name); a != nil {
		return a.Value
	}
	return nil
}

// StringArgument returns the value of an argument that is a string.
func StringArgument(d *ast.Directive, name string) (string, bool) {
	v := ArgumentValue(d, name)
	if v == nil || v.Kind != ast.StringValue && v.Kind != ast.BlockValue {
		return "", false
	}
	return v.Raw, true
}

// DirectiveText returns an applied directive as source, its arguments as
// written.
func DirectiveText(d *ast.Directive) string { return string(appendDirective(nil, d)) }

func appendDirective(b []byte, d *ast.Directive) []byte {
	b = append(append(b, '@'), d.Name...)
	for i, a := range d.Arguments {
		if i == 0 {
			b = append(b, '(')
		} else {
			b = append(b, ", "...)
		}
		b = append(append(b, a.Name...), ": "...)
		b = AppendValue(b, a.Value)
	}
	if len(d.Arguments) > 0 {
		b = append(b, ')')
	}
	return b
}

// Quoted returns a string as GraphQL source.
func Quoted(s string) string { return string(appendString(nil, strings.ToValidUTF8(s, "\uFFFD"))) }

// AppendCanonical appends a value so that values which EqualValues finds equal
// have equal texts.
func AppendCanonical(b []byte, v *ast.Value) []byte {
	switch {
	case isNumber(v):
		if n, err := strconv.ParseFloat(v.Raw, 64); err == nil {
			return strconv.AppendFloat(b, n, 'g', -1, 64)
		}
		return append(b, v.Raw...)
	case isText(v):
		return appendString(b, v.Raw)
	case v.Kind == ast.ListValue:
		b = append(b, '[')
		for _, c := range v.Children {
			b = append(AppendCanonical(b, c.Value), ' ')
		}
		return append(b, ']')
	case v.Kind == ast.ObjectValue:
		b = append(b, '{')
		for _, c := range slices.SortedFunc(slices.Values(v.Children), func(x, y *ast.ChildValue) int { return cmp.Compare(x.Name, y.Name) }) {
			b = append(append(b, c.Name...), ':')
			b = append(AppendCanonical(b, c.Value), ' ')
		}
		return append(b, '}')
	default:
		return append(b, v.Raw...)
	}
}
