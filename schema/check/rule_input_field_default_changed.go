package check

import "fmt"

var inputFieldDefaultChanged = rule[inputPair]{
	kind: "INPUT_FIELD_DEFAULT_VALUE_CHANGED",
	doc: `A field of an input object has another default value, which is dangerous: objects without the field have a new meaning. ` +
		`A non-null field that loses its default becomes required, which is breaking.`,
	find: func(d *differ, p inputPair) *finding {
		if p.old == nil || p.new == nil {
			return nil
		}
		f := defaultChange(d, inputValue{p.old.Type, p.old.DefaultValue}, inputValue{p.new.Type, p.new.DefaultValue})
		if f != nil {
			f.message = fmt.Sprintf("default of input field %s changed from %s", p.coordinate, f.message)
			f.uses = []string{p.typ.coordinate + ".*"}
		}
		return f
	},
}
