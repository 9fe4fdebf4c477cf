package operation

import (
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/router/operation/jsontext"
)

// Variables are the coerced variable values of one request: JSON that subgraphs
// can be sent as it is.
type Variables struct {
	definition *Definition
	values     [][]byte
}

// Raw returns the value of the variable at this Index as JSON, or nil when it has
// none: neither the client sent one nor is there a default. Where the client's
// bytes needed no change they are returned themselves; nobody may change them, and
// they live as long as the request's body.
func (v Variables) Raw(index int) []byte { return v.values[index] }

// Lookup returns the value of the variable of this name as JSON. ok is false when
// it has none.
func (v Variables) Lookup(name string) (value []byte, ok bool) {
	i, defined := v.definition.index[name]
	if !defined || v.values[i] == nil {
		return nil, false
	}
	return v.values[i], true
}

// Key identifies the normalised form of the operation for these variables.
func (v Variables) Key() Key {
	conditions := v.definition.conditions
	if len(conditions) == 0 {
		return Key{Definition: v.definition}
	}
	// The string of one byte needs no allocation, and eight conditions are many.
	bits := make([]byte, (len(conditions)+7)/8)
	for i, c := range conditions {
		if len(v.values[c.variable]) == len("true") {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return Key{v.definition, string(bits)}
}

// maxVariableErrors bounds the answer to variables that are wrong everywhere.
const maxVariableErrors = 20

// Coerce checks the request's variables, a JSON object, against the operation's
// definitions and brings them into their canonical form: single values become
// lists, integers for IDs strings, whole floats for Ints integers, defaults of the
// operation (not of input objects: a subgraph knows these itself) are filled in.
// Empty or null raw means no variables. Variables that the operation does not
// define are ignored.
//
// The errors' code is BAD_USER_INPUT, or BAD_REQUEST where raw is no JSON object.
// The messages say where inside the variable the fault is: at "input.items[2].id".
//
// Source: GraphQL specification, 6.1.2 CoerceVariableValues and the input coercion
// rules of section 3. As in graphql-js, 5.0 is an Int: JSON has only one number.
func (d *Definition) Coerce(raw []byte) (Variables, Errors) {
	d.compiled()
	if len(d.variables) == 0 && len(raw) == 0 {
		return Variables{definition: d}, nil
	}
	c := coercer{definition: d, values: make([][]byte, len(d.variables))}
	c.Data = raw
	if !c.variables() {
		return Variables{}, Errors{{Code: CodeBadRequest, Message: c.malformed()}}
	}
	c.fillIn()
	if c.errors != nil {
		return Variables{}, c.errors
	}
	return Variables{d, c.values}, nil
}

// coercer reads the variables once, from front to back. What needs no change is
// not copied. Its methods that return a bool return false where the JSON ends to
// make sense; a value that makes sense but does not fit is reported, and reading
// goes on.
type coercer struct {
	jsontext.Scanner
	definition *Definition
	values     [][]byte
	variable   *variable // the one being read
	// changed is the variable's value so far, nil while it is the client's; the
	// bytes of Data from copied on are still to be added.
	changed []byte
	copied  int
	path    []step
	errors  Errors
}

// variables reads the object of all variables.
func (c *coercer) variables() bool {
	if c.End() {
		return true
	}
	if !utf8.Valid(c.Data) {
		return false
	}
	if c.Peek() == 'n' {
		return c.Literal("null") && c.End()
	}
	if c.Peek() != '{' || !c.Open() {
		return false
	}
	for first := true; ; first = false {
		more, ok := c.More('}', first)
		if !ok || !more {
			return ok && c.End()
		}
		name, escaped, ok := c.Key()
		if !ok {
			return false
		}
		if escaped {
			name = []byte(jsontext.Unquote(name))
		}
		i, defined := c.definition.index[string(name)]
		if !defined && !c.Value() || defined && !c.one(i) {
			return false
		}
	}
}

// one reads the value of one variable.
func (c *coercer) one(i int) bool {
	c.variable = &c.definition.variables[i]
	if c.values[i] != nil {
		c.report(`Variable "$` + c.variable.Name + `" was given twice.`)
	}
	c.Peek()
	start := c.Pos
	c.changed, c.copied = nil, start
	if !c.value(c.variable.typ) {
		return false
	}
	c.values[i] = c.Data[start:c.Pos:c.Pos]
	if c.changed != nil {
		c.values[i] = append(c.changed, c.Data[c.copied:c.Pos]...)
	}
	return true
}

// fillIn takes the defaults of variables that were not given, and reports those
// that had to be.
func (c *coercer) fillIn() {
	for i := range c.definition.variables {
		v := &c.definition.variables[i]
		if c.values[i] != nil {
			continue
		}
		c.values[i] = v.fallback
		if v.fallback == nil && v.Type.NonNull {
			c.variable = v
			c.report(`Variable "$` + v.Name + `" of required type "` + v.Type.String() + `" was not provided.`)
		}
	}
	for _, condition := range c.definition.conditions {
		if v := &c.definition.variables[condition.variable]; string(c.values[condition.variable]) == "null" && !v.Type.NonNull {
			c.variable = v
			c.report(`Variable "$` + v.Name + `" must not be null: @skip and @include need true or false.`)
		}
	}
}

// insert puts text in front of the next byte to read.
func (c *coercer) insert(text string) {
	c.changed = append(append(c.changed, c.Data[c.copied:c.Pos]...), text...)
	c.copied = c.Pos
}
