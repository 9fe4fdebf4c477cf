package check

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

var argumentDefaultChanged = rule[argumentPair]{
	kind: "FIELD_ARGUMENT_DEFAULT_CHANGED",
	doc: `An argument of a field has another default value, which is dangerous: the field answers otherwise where the argument is not given. ` +
		`A non-null argument that loses its default becomes required, which is breaking.`,
	find: func(d *differ, p argumentPair) *finding {
		if p.old == nil || p.new == nil {
			return nil
		}
		f := defaultChange(d, inputValue{p.old.Type, p.old.DefaultValue}, inputValue{p.new.Type, p.new.DefaultValue})
		if f != nil {
			f.message = fmt.Sprintf("default of argument %s changed from %s", p.coordinate, f.message)
			f.uses = []string{p.field.coordinate}
		}
		return f
	},
}

// inputValue is what the defaults of arguments and input fields are compared by.
type inputValue struct {
	typ *ast.Type
	def *ast.Value
}

// defaultChange judges a default; the message is "OLD to NEW".
func defaultChange(d *differ, old, new inputValue) *finding {
	was, is := d.old.constant(old), d.new.constant(new)
	if was == is {
		return nil
	}
	f := &finding{
		class: Dangerous, message: printed(old.def) + " to " + printed(new.def), detail: printed(new.def),
		why: "operations that do not give it are answered otherwise",
	}
	if new.def == nil && old.typ.NonNull && new.typ.NonNull {
		f.class, f.why = Breaking, "it is required now: operations that do not give it fail"
	}
	return f
}

func printed(v *ast.Value) string {
	if v == nil {
		return "none"
	}
	return v.String()
}

func withDefault(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return " = " + v.String()
}
