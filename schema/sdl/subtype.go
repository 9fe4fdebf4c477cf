package sdl

import "github.com/vektah/gqlparser/v2/ast"

// EqualTypes says whether two type references are the same.
func EqualTypes(a, b *ast.Type) bool {
	for {
		if a.NonNull != b.NonNull || a.NamedType != b.NamedType || (a.Elem == nil) != (b.Elem == nil) {
			return false
		}
		if a.Elem == nil {
			return true
		}
		a, b = a.Elem, b.Elem
	}
}

// IsSubtype says whether every value of type sub is one of type super: equal
// types, non-null for nullable, a concrete type for an abstract one, through
// lists. IsNamedSubtype decides between named types.
func (s *Schema) IsSubtype(sub, super *ast.Type) bool {
	return Subtype(sub, super, s.IsNamedSubtype)
}

// Subtype is IsSubtype with another relation between named types.
func Subtype(sub, super *ast.Type, named func(sub, super string) bool) bool {
	for {
		if super.NonNull && !sub.NonNull || (sub.Elem == nil) != (super.Elem == nil) {
			return false
		}
		if sub.Elem == nil {
			return sub.NamedType == super.NamedType || named(sub.NamedType, super.NamedType)
		}
		sub, super = sub.Elem, super.Elem
	}
}

// IsNamedSubtype says whether one named type implements the other or is a
// member of it.
func (s *Schema) IsNamedSubtype(sub, super string) bool {
	if t := s.types[sub]; t != nil && t.Implements(super) {
		return true
	}
	t := s.types[super]
	return t != nil && t.HasMember(sub)
}
