package check

import "fmt"

var directiveAdded = rule[directivePair]{
	kind: "DIRECTIVE_ADDED",
	doc:  `A directive is newly defined. Nobody uses it yet: safe.`,
	find: func(_ *differ, p directivePair) *finding {
		if p.old != nil {
			return nil
		}
		return &finding{class: Safe, message: fmt.Sprintf("directive %s was added", p.coordinate)}
	},
}
