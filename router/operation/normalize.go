package operation

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// Key identifies one normalised form of one operation. Keys are comparable: use
// them to cache plans. Keys of different Documents differ, even where the texts
// are the same.
type Key struct {
	Definition *Definition
	// Conditions are the values of the variables that @skip and @include read, one
	// bit each in the order of their definition, eight to a byte.
	Conditions string
}

// passes turn a definition into an Operation, in this order:
var passes = []func(*normalizer) Errors{
	// First, because everything after it sees selections as they are executed. It
	// resolves conditions, opens fragments and merges fields in one go: level by
	// level from the root, so that a field selected through a thousand fragments
	// is entered once, and work is bounded by the size of the result.
	(*normalizer).inline,
	// After it, because what is said twice shows only when fragments are open.
	(*normalizer).compact,
	// Last, because what earlier passes dropped uses no variables.
	(*normalizer).usedVariables,
}

// normalizer is the state of one normalisation.
type normalizer struct {
	*Definition
	conditions string
	operation  *Operation
}

// Normalize makes the operation for the values of the conditions in the key. Call
// it once per key and keep the result. It fails, with code MAX_FIELDS_LIMIT, when
// the operation has more fields than Options.MaxFields.
func (k Key) Normalize() (*Operation, Errors) {
	n := newNormalizer(k)
	for _, pass := range passes {
		if errs := pass(n); errs != nil {
			return nil, errs
		}
	}
	return n.operation, nil
}

func newNormalizer(k Key) *normalizer {
	d := k.Definition.compiled()
	return &normalizer{Definition: d, conditions: k.Conditions, operation: &Operation{
		Kind:     d.parsed.Operation,
		Name:     d.parsed.Name,
		RootType: d.document.parser.schema.RootType(d.parsed.Operation).Definition,
	}}
}

func (n *normalizer) tooLarge() Errors {
	return failure(CodeTooManyFields, fmt.Sprintf("The operation selects more than %d fields once its fragments are opened.", n.document.parser.options.MaxFields), n.parsed.Position)
}

// excluded says whether @skip or @include leaves the selection out.
func (n *normalizer) excluded(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if isConditional(d) && n.condition(d.Arguments.ForName("if").Value) != (d.Name == "include") {
			return true
		}
	}
	return false
}

func (n *normalizer) condition(v *ast.Value) bool {
	if v.Kind != ast.Variable {
		return v.Raw == "true"
	}
	variable := n.index[v.Raw]
	for bit, c := range n.Definition.conditions {
		if c.variable == variable {
			return n.conditions[bit/8]&(1<<(bit%8)) != 0
		}
	}
	return false
}
