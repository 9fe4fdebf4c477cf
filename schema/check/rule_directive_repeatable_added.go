package check

import "fmt"

var directiveRepeatableAdded = rule[directivePair]{
	kind: "DIRECTIVE_REPEATABLE_ADDED",
	doc:  `A directive may now be repeated at one place: safe.`,
	find: func(_ *differ, p directivePair) *finding {
		if p.old == nil || p.new == nil || p.old.IsRepeatable || !p.new.IsRepeatable {
			return nil
		}
		return &finding{class: Safe, message: fmt.Sprintf("directive %s is repeatable now", p.coordinate)}
	},
}
