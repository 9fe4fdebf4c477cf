package check

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

var argumentTypeChanged = rule[argumentPair]{
	kind: "FIELD_ARGUMENT_TYPE_CHANGED",
	doc: `An argument of a field is of another type. Safe is only to demand less: T! becomes T, at any depth of lists. ` +
		`Everything else is breaking: literals may not fit, and variables of the old type are refused even where values would fit (T becomes [T]).`,
	find: func(_ *differ, p argumentPair) *finding {
		if p.old == nil || p.new == nil || sameType(p.old.Type, p.new.Type) {
			return nil
		}
		f := inputChange(fmt.Sprintf("type of argument %s changed", p.coordinate), p.old.Type, p.new.Type, p.new.DefaultValue)
		if p.new.Type.NonNull && !p.old.Type.NonNull && p.new.DefaultValue == nil {
			f.uses = []string{p.field.coordinate} // whoever leaves the argument out
		}
		return f
	},
}

// inputChange judges the change of the type of what clients send; def is the
// default that it has now, or nil.
func inputChange(what string, old, new *ast.Type, def *ast.Value) *finding {
	f := &finding{
		class: Breaking, message: fmt.Sprintf("%s from %s to %s", what, old, new),
		why: "values and variables of the old type are refused", detail: new.String(),
	}
	switch {
	case safeInput(old, new):
		f.class = Safe
	case sameType(withoutNonNull(old), withoutNonNull(new)):
		f.why = refusesNull(old, new, def)
	}
	return f
}

// refusesNull says who fails where only null is refused from now on.
func refusesNull(old, new *ast.Type, def *ast.Value) string {
	switch {
	case old.NonNull || !new.NonNull:
		return "operations that give null within the list, or a variable that may hold it, fail"
	case def != nil:
		return "operations that give null fail; who leaves it out gets the default"
	default:
		return "operations that leave it out, give null or give a nullable variable fail"
	}
}

// safeInput says whether every value and variable that fits the old type fits
// the new one.
func safeInput(old, new *ast.Type) bool { return safeOutput(new, old) }
