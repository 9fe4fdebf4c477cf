package check

import "fmt"

var directiveLocationAdded = rule[locationPair]{
	kind: "DIRECTIVE_LOCATION_ADDED",
	doc:  `A directive may stand at one more place: safe.`,
	find: func(_ *differ, p locationPair) *finding {
		if p.old {
			return nil
		}
		return &finding{class: Safe, message: fmt.Sprintf("location %s was added to directive %s", p.detail, p.coordinate)}
	},
}
