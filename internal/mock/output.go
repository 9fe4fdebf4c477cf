package mock

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// appendLeaf writes a scalar or enum after checking it against its type: result
// coercion, as lenient as the JavaScript servers are where no information is
// lost, and no more.
func appendLeaf(out []byte, t *namedType, v any) ([]byte, error) {
	if t.kind == ast.Enum {
		if name, ok := v.(string); ok && t.values[name] {
			return appendString(out, name), nil
		}
		return nil, fmt.Errorf("enum %s has no value %s", t.name, describe(v))
	}
	switch t.name {
	case "Int", "Float":
		if n, ok := numberOf(v); ok {
			return appendNumber(out, t.name, n)
		}
	case "String", "ID":
		if text, ok := textOf(t.name, v); ok {
			return appendString(out, text), nil
		}
	case "Boolean":
		if b, ok := v.(bool); ok {
			return strconv.AppendBool(out, b), nil
		}
	default:
		return appendJSON(out, v)
	}
	return nil, fmt.Errorf("%s is not a value of type %s", describe(v), t.name)
}

// numberOf accepts numbers and texts of numbers.
func numberOf(v any) (number, bool) {
	if s, ok := v.(string); ok {
		_, err := strconv.ParseFloat(s, 64)
		return number(s), err == nil
	}
	return toNumber(v)
}

func appendNumber(out []byte, typ string, n number) ([]byte, error) {
	if typ == "Int" {
		if i, ok := n.int32(); ok {
			return strconv.AppendInt(out, i, 10), nil
		}
		return nil, fmt.Errorf("%s is not a value of type Int: it is no whole number of 32 bits", string(n))
	}
	f, ok := n.float()
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("%s is not a value of type Float", string(n))
	}
	return appendFloat(out, f), nil
}

func appendFloat(out []byte, f float64) []byte {
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(out, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(out, f, 'f', -1, 64)
}

// textOf accepts strings, whole numbers for ID, and for String any scalar.
func textOf(typ string, v any) (string, bool) {
	switch value := v.(type) {
	case string:
		return value, true
	case bool:
		return strconv.FormatBool(value), typ == "String"
	}
	n, ok := toNumber(v)
	if !ok {
		return "", false
	}
	if whole, isWhole := n.integer(); isWhole {
		return whole, true
	}
	return string(n), typ == "String"
}

// appendJSON writes a custom scalar's value as it is.
func appendJSON(out []byte, v any) ([]byte, error) {
	if s, ok := v.(string); ok {
		return appendString(out, s), nil
	}
	if o, ok := v.(Object); ok {
		if _, isJSON := v.(json.Marshaler); !isJSON {
			return nil, fmt.Errorf("%s is not a scalar", describe(o))
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("a Go %T is no JSON: %w", v, err)
	}
	return append(out, text...), nil
}

const hex = "0123456789abcdef"

// appendString writes a JSON string. Bytes that are no UTF-8 become U+FFFD.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c == '\n':
			out = append(out, '\\', 'n')
		case c < 0x20:
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			out = append(out, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			out = utf8.AppendRune(out, r)
			i += size
			continue
		}
		i++
	}
	return append(out, '"')
}

// describe shows a data value in an error.
func describe(v any) string {
	switch value := v.(type) {
	case Object:
		return fmt.Sprintf("an object of type %q", value.Typename())
	case []any:
		return fmt.Sprintf("a list of %d", len(value))
	}
	return preview(v)
}
