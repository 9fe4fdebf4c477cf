package check

import "fmt"

var inputFieldTypeChanged = rule[inputPair]{
	kind: "INPUT_FIELD_TYPE_CHANGED",
	doc: `A field of an input object is of another type. Safe is only to demand less: T! becomes T, at any depth of lists. ` +
		`Everything else is breaking.`,
	find: func(_ *differ, p inputPair) *finding {
		if p.old == nil || p.new == nil || sameType(p.old.Type, p.new.Type) {
			return nil
		}
		f := inputChange(fmt.Sprintf("type of input field %s changed", p.coordinate), p.old.Type, p.new.Type, p.new.DefaultValue)
		if p.new.Type.NonNull && !p.old.Type.NonNull && p.new.DefaultValue == nil {
			f.uses = []string{p.typ.coordinate + ".*"}
		}
		return f
	},
}
