package check

import "github.com/vektah/gqlparser/v2/ast"

// place is where a change is: what the pairs below have in common.
type place struct {
	coordinate string
	// detail tells apart what shares a coordinate.
	detail       string
	oldAt, newAt *ast.Position
}

func (p place) where() place { return p }

// A pair is an element of the old schema and the one that stands for it in the
// new one. Either is missing when the element was added or removed.
type pair interface{ where() place }

// rootPair is the root type of an operation kind.
type rootPair struct {
	place
	kind     ast.Operation
	old, new *ast.Definition
}

type typePair struct {
	place
	old, new *ast.Definition
}

// fieldPair is a field of an object type or interface.
type fieldPair struct {
	place
	typ      typePair
	old, new *ast.FieldDefinition
}

// argumentPair is an argument of a field.
type argumentPair struct {
	place
	field    fieldPair
	old, new *ast.ArgumentDefinition
}

// inputPair is a field of an input object.
type inputPair struct {
	place
	typ      typePair
	old, new *ast.FieldDefinition
}

// valuePair is a value of an enum.
type valuePair struct {
	place
	typ      typePair
	old, new *ast.EnumValueDefinition
}

// nameSet is a set of names of which one was added or removed: the members of a
// union, the interfaces of a type, the locations of a directive. detail is the
// name.
type nameSet struct {
	place
	old, new bool
}

type memberPair struct{ nameSet }

type interfacePair struct{ nameSet }

type locationPair struct{ nameSet }

type directivePair struct {
	place
	old, new *ast.DirectiveDefinition
}

// directiveArgumentPair is an argument of a directive's definition.
type directiveArgumentPair struct {
	place
	directive directivePair
	old, new  *ast.ArgumentDefinition
}

// usagePair is a directive that is applied to an element. The n-th of a name is
// compared with the n-th of that name. detail is "@name".
type usagePair struct {
	place
	// on is the kind of element, as it is part of the names of kinds of changes:
	// "FIELD_DEFINITION".
	on       string
	old, new *ast.Directive
}

// usageArgumentPair is an argument of an applied directive. detail is
// "@name(argument:)".
type usageArgumentPair struct {
	place
	old, new *ast.Argument
}

// descriptionPair is the description of an element; "" is none.
type descriptionPair struct {
	place
	// of is the element's part in the names of kinds: "FIELD_ARGUMENT".
	of       string
	old, new string
}

// deprecationPair is the @deprecated of an element; nil is none.
type deprecationPair struct {
	place
	of       string
	old, new *string
}
