package validate

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// Rule is one validation rule. It is called for the nodes it has a function for,
// each exactly once, with what the schema knows about the node; document is
// called last and once.
type Rule struct {
	// Name is graphql-js's name of the rule; rule_<name>.go holds it.
	Name string
	// Section is the specification's section, or what asks for the rule instead.
	Section string

	operation  func(*validator, *definition)
	fragment   func(*validator, *definition)
	variable   func(*validator, *ast.VariableDefinition)
	field      func(*validator, *field)
	spread     func(*validator, *spread)
	arguments  func(*validator, *arguments)
	directives func(*validator, ast.DirectiveList, ast.DirectiveLocation)
	value      func(*validator, *value)
	document   func(*validator)

	index int
}

// Rules lists every rule in the order their errors are reported: the
// specification's order of sections. Two more rules of the specification are the
// parser's: 5.1.1 Executable Definitions (it knows no other definitions) and the
// grammar itself.
var Rules = []*Rule{
	knownOperationTypes,
	uniqueOperationNames,
	loneAnonymousOperation,
	singleFieldSubscriptions,
	fieldsOnCorrectType,
	overlappingFieldsCanBeMerged,
	scalarLeafs,
	knownArgumentNames,
	uniqueArgumentNames,
	providedRequiredArguments,
	uniqueFragmentNames,
	knownTypeNames,
	fragmentsOnCompositeTypes,
	noUnusedFragments,
	knownFragmentNames,
	noFragmentCycles,
	possibleFragmentSpreads,
	valuesOfCorrectType,
	uniqueInputFieldNames,
	knownDirectives,
	uniqueDirectivesPerLocation,
	uniqueVariableNames,
	variablesAreInputTypes,
	noUndefinedVariables,
	noUnusedVariables,
	variablesInAllowedPosition,
	maxIntrospectionDepth,
}

func init() {
	for i, rule := range Rules {
		rule.index = i
	}
}

// definition is an operation or a fragment with the walk's notes.
type definition struct {
	// operation or fragment is set, the other nil.
	operation *ast.OperationDefinition
	fragment  *ast.FragmentDefinition
	// on is the root type or the type condition; nil when it is unknown.
	on  *apischema.Type
	set *selectionSet
	// spreads and usages are those at any depth of the definition itself; targets
	// are the fragments that it spreads.
	spreads []*ast.FragmentSpread
	targets []*definition
	usages  []usage
	mark    int // see reach
}

// selectionSet is the selection set of an operation, fragment or field, its
// inline fragments opened.
type selectionSet struct {
	id     int
	fields []*field
	// targets are the fragments that it spreads.
	targets []*definition
	// conditional are the @skip and @include in it, for subscriptions.
	conditional []*ast.Directive
	mark        int // see flatten
}

// field is a field as selected.
type field struct {
	*ast.Field
	// parent is nil when it is unknown or not a composite type.
	parent *apischema.Type
	// def is nil when the parent has no such field.
	def *ast.FieldDefinition
	// named is def's named type, nil when unknown.
	named *apischema.Type
	// set is nil when the field has no selection set.
	set *selectionSet
}

// spread is a fragment spread or an inline fragment.
type spread struct {
	// name is empty for an inline fragment.
	name     string
	on       string
	parent   *apischema.Type
	position *ast.Position
}

// arguments are the arguments given to a field or directive that exists.
type arguments struct {
	given ast.ArgumentList
	defs  ast.ArgumentDefinitionList
	// field is nil for a directive's arguments.
	field     *field
	directive *ast.Directive
}

// value is a literal and what is expected in its place.
type value struct {
	*ast.Value
	// expected and named are nil inside custom scalars and where the argument or
	// input field is unknown.
	expected *ast.Type
	named    *apischema.Type
}

// usage is a variable used as a value.
type usage struct {
	value
	// hasDefault says that the argument or input field has a default value.
	hasDefault bool
	// oneOf is set when the value is a field of this oneOf input object.
	oneOf *apischema.Type
}

// typename is what every composite type answers to __typename.
var typename = &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)}
