// Package sdl is a GraphQL type system as a whole: the definitions of a document
// with their extensions folded in, where each part still knows where it was
// written. It reads, validates and prints; it knows nothing of federation but
// the form of its errors.
//
// Source: GraphQL specification, sections 3 (type system) and 5.7 (directives).
package sdl

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// Schema is one type system.
type Schema struct {
	Description string
	// Position is that of the schema definition or its first extension, nil
	// when the document has neither.
	Position *ast.Position
	// Directives are applied to the schema definition and its extensions.
	Directives ast.DirectiveList
	// Roots are the root types, by operation; types that have a root's default
	// name are in it even if no schema definition names them.
	Roots map[ast.Operation]*Root
	// Types are in order of first appearance, the built-in scalars left out.
	Types []*Type
	// Definitions of directives in order of appearance, built-in ones left out
	// unless the document redefines them.
	Definitions []*ast.DirectiveDefinition

	// structure is what is wrong with the document's structure.
	structure   federation.Errors
	types       map[string]*Type
	definitions map[string]*ast.DirectiveDefinition
}

// Root is a root operation type. Position is nil for a type that is a root only
// by its name.
type Root struct {
	Type     string
	Position *ast.Position
}

// Type is a named type with its extensions.
type Type struct {
	Kind        ast.DefinitionKind
	Name        string
	Description string
	// Parts are the definition and the extensions, in source order.
	Parts      []Part
	Directives []Applied
	// Interfaces that the type implements, each once.
	Interfaces []Reference
	// Fields of an object type, interface or input object.
	Fields []*Field
	// Members of a union, each once.
	Members []Reference
	Values  []*ast.EnumValueDefinition
	// Spec says that the type is part of a linked specification, so that it is
	// neither merged nor shown to clients.
	Spec bool

	fields, values, members, interfaces index
}

// Part is one definition or extension of a type.
type Part struct {
	Position  *ast.Position
	Extension bool
}

// Applied is a directive on a type, with the index of the part it stands on.
type Applied struct {
	*ast.Directive
	Part int
}

// Reference is a type name inside a type, with the part it stands in.
type Reference struct {
	Name     string
	Part     int
	Position *ast.Position
}

// Field is a field with its place in the schema.
type Field struct {
	*ast.FieldDefinition
	Parent *Type
	// Part is the index of the type's part that declares the field.
	Part int
	// Index numbers the fields of the object types and interfaces of one schema
	// from 0, for tables of facts about fields.
	Index int
}

// Coordinate returns "Type.field".
func (f *Field) Coordinate() string { return f.Parent.Name + "." + f.Name }

// ArgumentCoordinate returns "Type.field(argument:)".
func (f *Field) ArgumentCoordinate(argument string) string {
	return f.Coordinate() + "(" + argument + ":)"
}

// New returns a schema without types.
func New() *Schema {
	return &Schema{
		Roots:       map[ast.Operation]*Root{},
		types:       map[string]*Type{},
		definitions: map[string]*ast.DirectiveDefinition{},
	}
}

// Type returns the named type, built-in scalars included, or nil.
func (s *Schema) Type(name string) *Type {
	if t := s.types[name]; t != nil {
		return t
	}
	return builtInTypes[name]
}

// Definition returns the definition of a directive, built-in ones included, or
// nil.
func (s *Schema) Definition(directive string) *ast.DirectiveDefinition {
	if d := s.definitions[directive]; d != nil {
		return d
	}
	return builtInDirectives[directive]
}

// AddType adds a type; its name must be new.
func (s *Schema) AddType(t *Type) {
	s.Types = append(s.Types, t)
	s.types[t.Name] = t
}

// RemoveTypes drops the types for which drop says so.
func (s *Schema) RemoveTypes(drop func(*Type) bool) {
	s.Types = slices.DeleteFunc(s.Types, func(t *Type) bool {
		if drop(t) {
			delete(s.types, t.Name)
			return true
		}
		return false
	})
}

// RenameType gives a type another name; references to it are the caller's.
func (s *Schema) RenameType(t *Type, name string) {
	delete(s.types, t.Name)
	t.Name = name
	s.types[name] = t
}

// AddDefinition adds a directive definition, or replaces the one of that name.
func (s *Schema) AddDefinition(d *ast.DirectiveDefinition) {
	if s.definitions[d.Name] != nil {
		s.Definitions = slices.DeleteFunc(s.Definitions, func(o *ast.DirectiveDefinition) bool { return o.Name == d.Name })
	}
	s.Definitions = append(s.Definitions, d)
	s.definitions[d.Name] = d
}

// RemoveDefinition drops a directive definition.
func (s *Schema) RemoveDefinition(name string) {
	if s.definitions[name] == nil {
		return
	}
	delete(s.definitions, name)
	s.Definitions = slices.DeleteFunc(s.Definitions, func(o *ast.DirectiveDefinition) bool { return o.Name == name })
}

// RootType returns the root type of an operation, or nil.
func (s *Schema) RootType(op ast.Operation) *Type {
	if r := s.Roots[op]; r != nil {
		return s.types[r.Type]
	}
	return nil
}

// RootOperation returns the operation that a type is the root of, or "".
func (s *Schema) RootOperation(typeName string) ast.Operation {
	for _, op := range Operations {
		if r := s.Roots[op]; r != nil && r.Type == typeName {
			return op
		}
	}
	return ""
}

// Operations are the kinds of operations in the order schemas list them.
var Operations = []ast.Operation{ast.Query, ast.Mutation, ast.Subscription}

// RootName is the default name of an operation's root type.
func RootName(op ast.Operation) string {
	switch op {
	case ast.Mutation:
		return "Mutation"
	case ast.Subscription:
		return "Subscription"
	default:
		return "Query"
	}
}

// NumberFields gives the fields of object types and interfaces their Index and
// returns how many there are.
func (s *Schema) NumberFields() int {
	n := 0
	for _, t := range s.Types {
		if t.Kind != ast.Object && t.Kind != ast.Interface {
			continue
		}
		for _, f := range t.Fields {
			f.Index = n
			n++
		}
	}
	return n
}

// Position returns where the type is defined or first extended, nil for types
// that no source holds.
func (t *Type) Position() *ast.Position {
	for _, p := range t.Parts {
		if !p.Extension {
			return p.Position
		}
	}
	if len(t.Parts) > 0 {
		return t.Parts[0].Position
	}
	return nil
}

// OnlyExtended says that the type has extensions and no definition.
func (t *Type) OnlyExtended() bool {
	return len(t.Parts) > 0 && !slices.ContainsFunc(t.Parts, func(p Part) bool { return !p.Extension })
}

// Field returns the field of that name, or nil.
func (t *Type) Field(name string) *Field {
	if i := find(t.Fields, t.fields, name, fieldName); i >= 0 {
		return t.Fields[i]
	}
	return nil
}

// AddField appends a field; its name must be new.
func (t *Type) AddField(f *Field) {
	f.Parent = t
	t.Fields = append(t.Fields, f)
	t.fields = extended(t.fields, t.Fields, fieldName)
}

// RemoveFields drops the fields for which drop says so.
func (t *Type) RemoveFields(drop func(*Field) bool) {
	t.Fields = slices.DeleteFunc(t.Fields, drop)
	t.fields = extended(nil, t.Fields, fieldName)
}

// AddValue appends an enum value; its name must be new.
func (t *Type) AddValue(v *ast.EnumValueDefinition) {
	t.Values = append(t.Values, v)
	t.values = extended(t.values, t.Values, valueName)
}

// AddMember appends a union member; its name must be new.
func (t *Type) AddMember(r Reference) {
	t.Members = append(t.Members, r)
	t.members = extended(t.members, t.Members, referenceName)
}

// AddInterface appends an implemented interface; its name must be new.
func (t *Type) AddInterface(r Reference) {
	t.Interfaces = append(t.Interfaces, r)
	t.interfaces = extended(t.interfaces, t.Interfaces, referenceName)
}

// Directive returns the type's first application of a directive, or nil.
func (t *Type) Directive(name string) *ast.Directive {
	for _, d := range t.Directives {
		if d.Name == name {
			return d.Directive
		}
	}
	return nil
}

// Implements says whether the type declares that it implements the interface.
func (t *Type) Implements(name string) bool {
	return find(t.Interfaces, t.interfaces, name, referenceName) >= 0
}

// HasMember says whether the union declares the member.
func (t *Type) HasMember(name string) bool {
	return find(t.Members, t.members, name, referenceName) >= 0
}

// Value returns the enum value of that name, or nil.
func (t *Type) Value(name string) *ast.EnumValueDefinition {
	if i := find(t.Values, t.values, name, valueName); i >= 0 {
		return t.Values[i]
	}
	return nil
}

// IsComposite says whether values of the type have fields to select.
func (t *Type) IsComposite() bool {
	return t.Kind == ast.Object || t.Kind == ast.Interface || t.Kind == ast.Union
}

// IsAbstract says whether values of the type are of another, concrete type.
func (t *Type) IsAbstract() bool { return t.Kind == ast.Interface || t.Kind == ast.Union }

// IsLeaf says whether the type is a scalar or an enum.
func (t *Type) IsLeaf() bool { return t.Kind == ast.Scalar || t.Kind == ast.Enum }

// IsInput says whether arguments and input fields may have the type.
func (t *Type) IsInput() bool { return t.IsLeaf() || t.Kind == ast.InputObject }

// KindName is the kind in words, as in "object type".
func KindName(k ast.DefinitionKind) string {
	switch k {
	case ast.Object:
		return "object type"
	case ast.Interface:
		return "interface"
	case ast.Union:
		return "union"
	case ast.Enum:
		return "enum"
	case ast.InputObject:
		return "input object"
	default:
		return "scalar"
	}
}

// PossibleTypes returns the object types that a value of the type may have, in
// schema order; for an object type, itself.
func (s *Schema) PossibleTypes(t *Type) []*Type {
	switch t.Kind {
	case ast.Object:
		return []*Type{t}
	case ast.Union:
		out := make([]*Type, 0, len(t.Members))
		for _, m := range t.Members {
			if mt := s.types[m.Name]; mt != nil {
				out = append(out, mt)
			}
		}
		return out
	case ast.Interface:
		return s.implementations(t.Name)
	default:
		return nil
	}
}

func (s *Schema) implementations(iface string) []*Type {
	var out []*Type
	for _, t := range s.Types {
		if t.Kind == ast.Object && t.Implements(iface) {
			out = append(out, t)
		}
	}
	return out
}

// RenameReferences follows a renaming of types wherever they are referred to.
func (s *Schema) RenameReferences(renamed map[string]string) {
	follow := func(ref *ast.Type) {
		for ref.Elem != nil {
			ref = ref.Elem
		}
		if to, ok := renamed[ref.NamedType]; ok {
			ref.NamedType = to
		}
	}
	for _, t := range s.Types {
		for i, m := range t.Members {
			if to, ok := renamed[m.Name]; ok {
				t.Members[i].Name = to
			}
		}
		t.members = extended(nil, t.Members, referenceName)
		for _, f := range t.Fields {
			follow(f.Type)
		}
	}
}
