package check

import "fmt"

var enumValueRemoved = rule[valuePair]{
	kind: "ENUM_VALUE_REMOVED",
	doc: `A value of an enum is gone. Operations that send it fail; clients that were answered with it are answered with something else. ` +
		`Deprecate it first.`,
	find: func(d *differ, p valuePair) *finding {
		if p.new != nil {
			return nil
		}
		return &finding{
			deprecated: deprecation(p.old.Directives) != nil,
			class:      Breaking, message: fmt.Sprintf("value %s%s was removed", p.coordinate, wasDeprecated(p.old.Directives)),
			why: "operations that send the value fail", uses: append(d.old.fieldsOf(p.typ.coordinate), p.coordinate),
		}
	},
}
