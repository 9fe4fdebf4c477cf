// Package apischema indexes the schema that clients see, so that validating and
// normalising an operation looks everything up in constant time, however large
// the schema.
package apischema

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Schema is an indexed API schema. It is immutable and safe for concurrent use.
type Schema struct {
	*ast.Schema
	types map[string]*Type
	// objects are the names of all object types, sorted; an object's position is
	// its bit in a Set.
	objects []string
}

// Type is one named type with its fields, values and relations by name.
type Type struct {
	*ast.Definition
	// OneOf says that an input object takes exactly one of its fields.
	OneOf bool

	// PossibleTypes are the object types a value may have, sorted by name; for an
	// object type, itself; empty for types that are not composite.
	PossibleTypes []string

	fields     map[string]*ast.FieldDefinition
	values     map[string]*ast.EnumValueDefinition
	supertypes map[string]bool
	possible   Set
}

// New indexes api, which must be valid and must not change any more.
func New(api *ast.Schema) *Schema {
	s := &Schema{Schema: api, types: make(map[string]*Type, len(api.Types))}
	for name, def := range api.Types {
		if def.Kind == ast.Object {
			s.objects = append(s.objects, name)
		}
	}
	slices.Sort(s.objects)
	for name, def := range api.Types {
		s.types[name] = s.index(def)
	}
	return s
}

func (s *Schema) index(def *ast.Definition) *Type {
	t := &Type{
		Definition: def,
		OneOf:      def.Kind == ast.InputObject && def.Directives.ForName("oneOf") != nil,
		fields:     make(map[string]*ast.FieldDefinition, len(def.Fields)),
		values:     make(map[string]*ast.EnumValueDefinition, len(def.EnumValues)),
		supertypes: map[string]bool{def.Name: true},
	}
	for _, field := range def.Fields {
		t.fields[field.Name] = field
	}
	for _, value := range def.EnumValues {
		t.values[value.Name] = value
	}
	if !def.IsCompositeType() {
		return t
	}
	for _, super := range s.Implements[def.Name] {
		t.supertypes[super.Name] = true
	}
	t.possible = make(Set, (len(s.objects)+63)/64)
	for _, possible := range s.Schema.PossibleTypes[def.Name] {
		// gqlparser counts an interface that implements another one as possible.
		if possible.Kind == ast.Object {
			i, _ := slices.BinarySearch(s.objects, possible.Name)
			t.possible.add(i)
		}
	}
	t.PossibleTypes = s.Names(t.possible)
	return t
}

// Type returns the type of this name, or nil.
func (s *Schema) Type(name string) *Type { return s.types[name] }

// TypeNames returns the names of all types, sorted.
func (s *Schema) TypeNames() []string { return slices.Sorted(maps.Keys(s.types)) }

// RootType returns the object type that operations of this kind start from, or
// nil when the schema has none.
func (s *Schema) RootType(kind ast.Operation) *Type {
	def := s.Query
	switch kind {
	case ast.Mutation:
		def = s.Mutation
	case ast.Subscription:
		def = s.Subscription
	}
	if def == nil {
		return nil
	}
	return s.types[def.Name]
}

// Field returns the definition of the type's field or input field, or nil.
// __typename is nobody's field here.
func (t *Type) Field(name string) *ast.FieldDefinition { return t.fields[name] }

// EnumValue returns the definition of the enum's value, or nil.
func (t *Type) EnumValue(name string) *ast.EnumValueDefinition { return t.values[name] }

// IsSubtypeOf says whether every value of t is, by declaration, one of super:
// they are the same, t implements super, or t is a member of the union super. All
// fields of super are then fields of t.
func (t *Type) IsSubtypeOf(super *Type) bool { return t.supertypes[super.Name] }

// Possible are the object types that a value of t may have. The set is shared and
// must not be changed.
func (t *Type) Possible() Set { return t.possible }

// Overlaps says whether a value can be of both types.
func (t *Type) Overlaps(other *Type) bool { return t.possible.Overlaps(other.possible) }

// Set is a set of object types of one Schema.
type Set []uint64

func (s Set) add(i int) { s[i/64] |= 1 << (i % 64) }

// Overlaps says whether the sets have a type in common.
func (s Set) Overlaps(other Set) bool {
	for i, word := range s {
		if word&other[i] != 0 {
			return true
		}
	}
	return false
}

// Equal says whether the sets have the same types.
func (s Set) Equal(other Set) bool { return slices.Equal(s, other) }

// Intersect returns a new set of what both have.
func (s Set) Intersect(other Set) Set {
	out := slices.Clone(s)
	for i := range out {
		out[i] &= other[i]
	}
	return out
}

// Names lists the set's types, sorted.
func (s *Schema) Names(set Set) []string {
	var names []string
	for i, word := range set {
		for ; word != 0; word &= word - 1 {
			names = append(names, s.objects[i*64+bits.TrailingZeros64(word)])
		}
	}
	return names
}

// Empty says whether no type is in the set.
func (s Set) Empty() bool {
	for _, word := range s {
		if word != 0 {
			return false
		}
	}
	return true
}

// HasEnumValue says whether the enum has a value of this name.
func (t *Type) HasEnumValue(name []byte) bool { return t.values[string(name)] != nil }
