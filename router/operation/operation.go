package operation

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Operation is one operation, normalised for given values of its conditions. It
// is immutable: plans, projections and requests share it.
type Operation struct {
	Kind ast.Operation
	// Name is empty for an anonymous operation.
	Name string
	// RootType is the object type that Kind starts from.
	RootType *ast.Definition
	// Variables are those that Root still uses, in the client's order. Variables
	// that only conditions used, or that nothing uses any more, are left out.
	Variables []*Variable
	// Root is the whole selection in the client's order. The root type is an
	// object type, so every element is a *Field. It may be empty: the answer is
	// then {}.
	Root SelectionSet
}

// Planned returns the root fields that need subgraphs: Root without __typename,
// __schema and __type, which the router answers itself. The result may be Root
// itself and must not be changed.
func (o *Operation) Planned() SelectionSet {
	if !slices.ContainsFunc(o.Root, isOwnRootField) {
		return o.Root
	}
	return slices.DeleteFunc(slices.Clone(o.Root), isOwnRootField)
}

// Introspects says whether the root selects __schema or __type.
func (o *Operation) Introspects() bool {
	return slices.ContainsFunc(o.Root, func(s Selection) bool {
		f, ok := s.(*Field)
		return ok && f.IsIntrospection()
	})
}

func isOwnRootField(s Selection) bool {
	f, ok := s.(*Field)
	return ok && (f.IsTypename() || f.IsIntrospection())
}

// Variable is a variable of an operation.
type Variable struct {
	Name string
	Type *ast.Type
	// Default is nil when the definition has none. Coerce has already filled it
	// in where the client sent nothing, but a subgraph operation that declares
	// the variable must repeat it: with it, a nullable variable may stand where a
	// non-null value is expected.
	Default *ast.Value
	// Index is the variable's position in Variables.
	Index    int
	Position Position
}

// Position is a place in the client's document, counted from 1. The zero value
// means unknown.
type Position struct {
	Line, Column int
}

// SelectionSet is an ordered selection. An empty selection set of a composite
// field is meaningful: everything in it was switched off or cannot match, so the
// object must still be fetched (by __typename) and its answer is {}.
type SelectionSet []Selection

// Selection is a *Field or an *InlineFragment, nothing else.
type Selection interface {
	isSelection()
}

func (*Field) isSelection()          {}
func (*InlineFragment) isSelection() {}

// Field is one field, with everything merged that the client selected under the
// same response name and condition.
type Field struct {
	// ResponseName is the client's alias, else Name.
	ResponseName string
	Name         string
	// Arguments are those the client gave, in the order of the definition. Their
	// values are literals and variable references as written; defaults of the
	// schema are not filled in.
	Arguments ast.ArgumentList
	// Directives are the client's, without @skip and @include.
	Directives ast.DirectiveList
	// ParentType is the type whose field this is: the innermost condition around
	// it, else the type of the field above.
	ParentType *ast.Definition
	// Definition is ParentType's definition of the field; for __typename it is
	// TypenameDefinition.
	Definition *ast.FieldDefinition
	// Type is the named type of Definition, lists and non-null taken off.
	Type *ast.Definition
	// Selections is nil for leaf types.
	Selections SelectionSet
	// Withheld says that the client may not see the field: it is not planned, and
	// in the answer it is null with an error. Normalising withholds nothing.
	Withheld bool
	// Position is that of the first occurrence in the client's document.
	Position Position
}

// TypenameDefinition is the definition of the field __typename on every type.
var TypenameDefinition = &ast.FieldDefinition{
	Name: "__typename",
	Type: ast.NonNullNamedType("String", nil),
}

// IsTypename says whether the field is the meta field __typename.
func (f *Field) IsTypename() bool { return f.Name == "__typename" }

// IsIntrospection says whether the field is the meta field __schema or __type,
// which exist at the query root only.
func (f *Field) IsIntrospection() bool { return f.Name == "__schema" || f.Name == "__type" }

// IsLeaf says whether the field's type is a scalar or an enum.
func (f *Field) IsLeaf() bool { return f.Type.IsLeafType() }

// InlineFragment is a selection under a type condition that narrows the type
// around it.
type InlineFragment struct {
	// TypeCondition is an object type, interface or union, and neither the type
	// around it nor a supertype of that.
	TypeCondition *ast.Definition
	// PossibleTypes are the object types that can reach Selections here: those of
	// the condition that the conditions and the field around it also allow.
	// Sorted by name, never empty, shared: not to be changed.
	PossibleTypes []string
	// Selections is never empty.
	Selections SelectionSet
	Position   Position
}
