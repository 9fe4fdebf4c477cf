package cost

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// inputType is an input object type.
type inputType struct {
	weight int
	// fields are those whose values cost something.
	fields map[string]inputField
}

// inputField is an argument, or a field of an input object, whose values cost
// something.
type inputField struct {
	// weight is that of one value.
	weight int
	// object is the type of the values; nil for scalars and enums.
	object *inputType
}

func (t *inputType) set(name string, f inputField) {
	if t.fields == nil {
		t.fields = map[string]inputField{}
	}
	t.fields[name] = f
}

// input is an argument or input field of that type; weight is its own, if it
// weighs. ok is false if its values cost nothing.
func (w *Weights) input(t *ast.Type, weight int, weighs bool) (in inputField, ok bool) {
	in.object = w.inputs[t.Name()]
	switch {
	case weighs:
		in.weight = weight
	case in.object != nil:
		in.weight = in.object.weight
	default:
		in.weight = w.types[t.Name()]
	}
	return in, in.object != nil || in.weight != 0
}

// Variables are the values of a request's variables: those of package operation.
type Variables interface {
	// Lookup returns the value of a variable as JSON; ok is false when it has none.
	Lookup(name string) (value []byte, ok bool)
}

// ofLiteral is what a literal costs.
func (f inputField) ofLiteral(v *ast.Value, variables Variables) int {
	switch v.Kind {
	case ast.NullValue:
		return 0
	case ast.Variable:
		if value, ok := variables.Lookup(v.Raw); ok {
			return f.ofJSON(value)
		}
		return 0
	case ast.ListValue:
		sum := 0
		for _, child := range v.Children {
			sum = plus(sum, f.ofLiteral(child.Value, variables))
		}
		return sum
	case ast.ObjectValue:
		if f.object == nil {
			break
		}
		sum := f.weight
		for _, child := range v.Children {
			if in, ok := f.object.fields[child.Name]; ok {
				sum = plus(sum, in.ofLiteral(child.Value, variables))
			}
		}
		return max(sum, 0)
	}
	return max(f.weight, 0)
}

// ofJSON is what a variable's value costs.
func (f inputField) ofJSON(value []byte) int {
	switch value[0] {
	case 'n':
		return 0
	case '[':
		sum := 0
		for element := range rawjson.Elements(value) {
			sum = plus(sum, f.ofJSON(element))
		}
		return sum
	case '{':
		if f.object == nil {
			break
		}
		sum := f.weight
		for name, member := range rawjson.Members(value) {
			if in, ok := f.object.fields[rawjson.Text(name)]; ok {
				sum = plus(sum, in.ofJSON(member))
			}
		}
		return max(sum, 0)
	}
	return max(f.weight, 0)
}

// varies says whether a literal has a variable in it.
func varies(v *ast.Value) bool {
	if v.Kind == ast.Variable {
		return true
	}
	for _, child := range v.Children {
		if varies(child.Value) {
			return true
		}
	}
	return false
}
