package check

import "fmt"

var directiveUsageArgumentAdded = rule[usageArgumentPair]{
	kind: "DIRECTIVE_USAGE_ARGUMENT_ADDED",
	doc: `A directive that is applied to an element got an argument's value: safe by itself. ` +
		`A value that changed is a removed one and an added one.`,
	find: func(_ *differ, p usageArgumentPair) *finding {
		if p.new == nil || p.old != nil && p.old.Value.String() == p.new.Value.String() {
			return nil
		}
		return &finding{class: Safe, message: fmt.Sprintf("value %s of %s on %s was added", p.new.Value, p.detail, named(p.coordinate))}
	},
}
