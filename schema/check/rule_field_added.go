package check

import "fmt"

var fieldAdded = rule[fieldPair]{
	kind: "FIELD_ADDED",
	doc:  `A field of an object type or interface is new. Nobody selects it yet: safe.`,
	find: func(_ *differ, p fieldPair) *finding {
		if p.old != nil {
			return nil
		}
		return &finding{class: Safe, message: fmt.Sprintf("field %s: %s was added", p.coordinate, p.new.Type)}
	},
}
