package operation

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/router/operation/jsontext"
)

// value reads a value of type t.
func (c *coercer) value(t *inputType) bool {
	kind := c.Peek()
	if len(c.errors) >= maxVariableErrors {
		return c.Value()
	}
	if kind == 'n' {
		if t.NonNull {
			c.problem("null", `Expected non-nullable type "`+t.String()+`" not to be null.`)
		}
		return c.Literal("null")
	}
	switch t.kind {
	case inputList:
		return c.list(t, kind)
	case inputInt:
		return c.int(t, kind)
	case inputFloat:
		return c.float(t, kind)
	case inputString:
		return c.scalar(t, kind == '"')
	case inputBoolean:
		return c.scalar(t, kind == 't' || kind == 'f')
	case inputID:
		return c.id(t, kind)
	case inputEnum:
		return c.enum(t, kind)
	case inputObjectKind:
		return c.object(t, kind)
	}
	return c.Value()
}

// scalar reads a value that is forwarded as it is, if it fits.
func (c *coercer) scalar(t *inputType, fits bool) bool {
	start := c.Pos
	if !c.Value() {
		return false
	}
	if !fits {
		c.mismatch(t, c.Data[start:c.Pos])
	}
	return true
}

func (c *coercer) int(t *inputType, kind jsontext.Kind) bool {
	if kind != '0' {
		return c.scalar(t, false)
	}
	start := c.Pos
	text, ok := c.Number()
	if !ok {
		return false
	}
	if isInteger(text) {
		if n, err := strconv.ParseInt(string(text), 10, 64); err != nil || n < math.MinInt32 || n > math.MaxInt32 {
			c.outOfRange(text)
		}
		return true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	switch {
	case err != nil || f != math.Trunc(f):
		c.mismatch(t, text)
	case f < math.MinInt32 || f > math.MaxInt32:
		c.outOfRange(text)
	default:
		c.replace(start, strconv.Itoa(int(f)))
	}
	return true
}

func (c *coercer) float(t *inputType, kind jsontext.Kind) bool {
	if kind != '0' {
		return c.scalar(t, false)
	}
	text, ok := c.Number()
	if !ok {
		return false
	}
	if _, err := strconv.ParseFloat(string(text), 64); err != nil {
		c.mismatch(t, text)
	}
	return true
}

func (c *coercer) id(t *inputType, kind jsontext.Kind) bool {
	if kind != '0' {
		return c.scalar(t, kind == '"')
	}
	start := c.Pos
	text, ok := c.Number()
	switch {
	case !ok:
		return false
	case !isInteger(text):
		c.mismatch(t, text)
	default:
		c.replace(start, `"`+string(text)+`"`)
	}
	return true
}

func (c *coercer) enum(t *inputType, kind jsontext.Kind) bool {
	if kind != '"' {
		return c.scalar(t, false)
	}
	start := c.Pos
	name, escaped, ok := c.String()
	if !ok {
		return false
	}
	if escaped {
		name = []byte(jsontext.Unquote(name))
	}
	if !t.named.HasEnumValue(name) {
		text := clip(c.Data[start:c.Pos])
		c.problem(text, `Value `+text+` does not exist in "`+t.named.Name+`" enum.`)
	}
	return true
}

func (c *coercer) list(t *inputType, kind jsontext.Kind) bool {
	if kind != '[' {
		c.insert("[")
		if !c.value(t.elem) {
			return false
		}
		c.insert("]")
		return true
	}
	if !c.Open() {
		return false
	}
	c.enter(step{})
	for i := 0; ; i++ {
		more, ok := c.More(']', i == 0)
		if !ok || !more {
			c.path = c.path[:len(c.path)-1]
			return ok
		}
		c.path[len(c.path)-1].index = i
		if !c.value(t.elem) {
			return false
		}
	}
}

func (c *coercer) object(t *inputType, kind jsontext.Kind) bool {
	if kind != '{' {
		return c.scalar(t, false)
	}
	if !c.Open() {
		return false
	}
	given := newBits(len(t.object.fields))
	count := 0
	for ; ; count++ {
		more, ok := c.More('}', count == 0)
		if !ok {
			return false
		}
		if !more {
			break
		}
		if !c.field(t.object, &given) {
			return false
		}
	}
	for _, f := range t.object.required {
		if !given.has(f.index) {
			c.problem("{…}", `Field "`+f.name+`" of required type "`+f.typ.String()+`" was not provided.`)
		}
	}
	if t.object.OneOf && count != 1 {
		c.problem("{…}", `Exactly one key must be specified for OneOf type "`+t.object.Name+`".`)
	}
	return true
}

// field reads one field of an input object.
func (c *coercer) field(in *inputObject, given *bits) bool {
	name, escaped, ok := c.Key()
	if !ok {
		return false
	}
	if escaped {
		name = []byte(jsontext.Unquote(name))
	}
	f := in.fields[string(name)]
	if f == nil {
		c.problem("{…}", `Field "`+clip(name)+`" is not defined by type "`+in.Name+`".`)
		return c.Value()
	}
	if given.has(f.index) {
		c.problem("{…}", `Field "`+f.name+`" is given twice.`)
	}
	given.add(f.index)
	c.enter(step{name: f.name})
	if in.OneOf && c.Peek() == 'n' {
		c.problem("null", `Field "`+f.name+`" must be non-null.`)
	}
	if !c.value(f.typ) {
		return false
	}
	c.path = c.path[:len(c.path)-1]
	return true
}

// replace puts text in the place of the bytes from start to the next to read.
func (c *coercer) replace(start int, text string) {
	c.changed = append(append(c.changed, c.Data[c.copied:start]...), text...)
	c.copied = c.Pos
}

func isInteger(number []byte) bool {
	for _, c := range number {
		if c == '.' || c == 'e' || c == 'E' {
			return false
		}
	}
	return true
}

// step is a field of an input object or, without a name, an element of a list.
type step struct {
	name  string
	index int
}

func (c *coercer) enter(s step) {
	if c.path == nil {
		c.path = make([]step, 0, 8)
	}
	c.path = append(c.path, s)
}

func (c *coercer) mismatch(t *inputType, value []byte) {
	text := clip(value)
	c.problem(text, t.describe()+`: `+text)
}

func (c *coercer) outOfRange(value []byte) {
	text := clip(value)
	c.problem(text, "Int cannot represent non 32-bit signed integer value: "+text)
}

// problem reports that a value inside the current variable does not fit.
func (c *coercer) problem(value, why string) {
	at := ""
	if len(c.path) > 0 {
		at = c.variable.Name
		for _, s := range c.path {
			if s.name != "" {
				at += "." + s.name
			} else {
				at += "[" + strconv.Itoa(s.index) + "]"
			}
		}
		at = ` at "` + at + `"`
	}
	c.report(`Variable "$` + c.variable.Name + `" got invalid value ` + value + at + `; ` + why)
}

func (c *coercer) report(message string) {
	if len(c.errors) < maxVariableErrors {
		c.errors = append(c.errors, &Error{Message: message, Locations: []Position{c.variable.Position}, Code: CodeBadUserInput})
	}
}

// malformed says where the JSON stopped making sense.
func (c *coercer) malformed() string {
	if !utf8.Valid(c.Data) {
		return "The variables are not UTF-8."
	}
	first := jsontext.Scanner{Data: c.Data}
	if first.Peek() != '{' {
		return "The variables must be a JSON object."
	}
	return "The variables are not valid JSON at byte " + strconv.Itoa(c.Pos+1) + "."
}

// clip is a value in a message, shortened where it is long.
func clip(value []byte) string {
	const limit = 80
	if len(value) <= limit {
		return string(value)
	}
	return string(bytes.ToValidUTF8(value[:limit], nil)) + "…"
}

// bits is a set of small numbers; up to 64 need no allocation.
type bits struct {
	first uint64
	more  []uint64
}

func newBits(n int) bits {
	if n <= 64 {
		return bits{}
	}
	return bits{more: make([]uint64, n/64)}
}

func (b *bits) word(i int) *uint64 {
	if i < 64 {
		return &b.first
	}
	return &b.more[i/64-1]
}

func (b *bits) has(i int) bool { return *b.word(i)&(1<<(i%64)) != 0 }
func (b *bits) add(i int)      { *b.word(i) |= 1 << (i % 64) }
