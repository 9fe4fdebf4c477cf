package check

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

var fieldTypeChanged = rule[fieldPair]{
	kind: "FIELD_TYPE_CHANGED",
	doc: `A field answers another type. Safe is only a promise more: T becomes T!, at any depth of lists. A promise less (T! becomes T), ` +
		`a list where there was none or the other way, and another named type are breaking, even where the new type implements the old one: ` +
		`clients' fragments and generated types need not fit. Add a field of the new type and deprecate the old one.`,
	find: func(_ *differ, p fieldPair) *finding {
		if p.old == nil || p.new == nil || sameType(p.old.Type, p.new.Type) {
			return nil
		}
		f := &finding{
			class: Breaking, message: fmt.Sprintf("type of field %s changed from %s to %s", p.coordinate, p.old.Type, p.new.Type),
			why: "clients may receive values of a type or shape that they do not expect", detail: p.new.Type.String(),
		}
		switch {
		case safeOutput(p.old.Type, p.new.Type):
			f.class = Safe
		case sameType(withoutNonNull(p.old.Type), withoutNonNull(p.new.Type)):
			f.why = "clients that rely on a value may receive null"
		case p.old.Type.Name() != p.new.Type.Name():
			f.why = "selections and values that fit the old type may not fit the new one"
		}
		return f
	},
}

// safeOutput says whether every value of the new type is one of the old type,
// judged by wrappers alone.
func safeOutput(old, new *ast.Type) bool {
	if old.NonNull && !new.NonNull {
		return false
	}
	return sameNaming(old, new) && (old.Elem == nil || safeOutput(old.Elem, new.Elem))
}

// sameNaming says whether both are lists, or the same named type.
func sameNaming(old, new *ast.Type) bool {
	return (old.Elem == nil) == (new.Elem == nil) && (old.Elem != nil || old.NamedType == new.NamedType)
}

func sameType(old, new *ast.Type) bool {
	return old.NonNull == new.NonNull && sameNaming(old, new) && (old.Elem == nil || sameType(old.Elem, new.Elem))
}

// withoutNonNull is the type without any "!".
func withoutNonNull(t *ast.Type) *ast.Type {
	if t.Elem == nil {
		return ast.NamedType(t.NamedType, nil)
	}
	return ast.ListType(withoutNonNull(t.Elem), nil)
}
