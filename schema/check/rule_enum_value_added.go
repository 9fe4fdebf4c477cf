package check

import "fmt"

var enumValueAdded = rule[valuePair]{
	kind: "ENUM_VALUE_ADDED",
	doc: `An enum has one value more. Where clients receive the enum that is dangerous: they may not be prepared for the value. ` +
		`Where they only send it, it is safe.`,
	find: func(d *differ, p valuePair) *finding {
		if p.old != nil {
			return nil
		}
		f := &finding{
			class: Dangerous, message: fmt.Sprintf("value %s was added", p.coordinate),
			why: "clients may receive a value that they do not expect", uses: append(d.old.fieldsOf(p.typ.coordinate), p.typ.coordinate),
		}
		if d.new.inputOnly(p.typ.coordinate) {
			f.class = Safe
		}
		return f
	},
}
