package check

import "fmt"

var typeAdded = rule[typePair]{
	kind: "TYPE_ADDED",
	doc:  `A type is new. No operation can know it yet, so this is safe. What leads to it may be dangerous: a new member of a union, say.`,
	find: func(_ *differ, p typePair) *finding {
		if p.old != nil {
			return nil
		}
		return &finding{class: Safe, message: fmt.Sprintf("%s %s was added", noun(p.new.Kind), p.new.Name)}
	},
}
