package subgraph

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// prior are the rules whose errors are reported alone: what they refuse would
// be misread by the others.
var prior = []rule{
	providesPosition, // EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE, PROVIDES_ON_NON_OBJECT_FIELD
}

// rules are what federation asks of one subgraph. They are independent of each
// other; the order is that of the reports.
var rules = []rule{
	keyFields,                 // KEY_INVALID_FIELDS and its kin, KEY_UNSUPPORTED_ON_INTERFACE
	requiresFields,            // REQUIRES_INVALID_FIELDS …, REQUIRES_FIELDS_MISSING_EXTERNAL
	providesFields,            // PROVIDES_INVALID_FIELDS …, PROVIDES_FIELDS_MISSING_EXTERNAL
	externalOnInterface,       // EXTERNAL_ON_INTERFACE
	externalUnused,            // EXTERNAL_UNUSED
	interfaceKey,              // INTERFACE_KEY_NOT_ON_IMPLEMENTATION
	interfaceObjectKey,        // INTERFACE_OBJECT_USAGE_ERROR
	shareableUsage,            // INVALID_SHAREABLE_USAGE
	contextNames,              // CONTEXT_NAME_INVALID
	contextArguments,          // CONTEXT_NOT_SET, NO_CONTEXT_IN_SELECTION, CONTEXT_INVALID_SELECTION
	contextKey,                // CONTEXT_NO_RESOLVABLE_KEY
	costOnInterface,           // COST_APPLIED_TO_INTERFACE_FIELD
	listSize,                  // LIST_SIZE_APPLIED_TO_NON_LIST and its kin
	accessControlOnInterfaces, // AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE
}

type rule func(*checker)

// check applies the rules.
func (s *Subgraph) check() federation.Errors {
	c := &checker{Subgraph: s}
	for _, r := range prior {
		r(c)
	}
	if len(c.errors) > 0 {
		return c.errors
	}
	for _, r := range rules {
		r(c)
	}
	return c.errors
}

// checker is what a rule sees.
type checker struct {
	*Subgraph
	errors federation.Errors
}

func (c *checker) fail(code federation.Code, pos *ast.Position, help, format string, args ...any) *federation.Error {
	e := &federation.Error{
		Code: code, Message: fmt.Sprintf(format, args...), Places: []federation.Place{{Position: pos}}, Help: help,
	}
	c.errors = append(c.errors, e)
	return e
}

// eachField calls do for the fields of object types and interfaces.
func (c *checker) eachField(do func(*sdl.Field)) {
	c.eachType(func(t *sdl.Type) {
		for _, f := range t.Fields {
			do(f)
		}
	})
}
