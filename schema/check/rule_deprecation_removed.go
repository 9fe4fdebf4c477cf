package check

import "fmt"

var deprecationRemoved = rule[deprecationPair]{
	kind: "*_DEPRECATION_REMOVED",
	also: []Kind{"ENUM_VALUE_DEPRECATION_REASON_REMOVED"},
	doc:  `An element is no longer deprecated: safe. For enum values the kind is ENUM_VALUE_DEPRECATION_REASON_REMOVED.`,
	find: func(_ *differ, p deprecationPair) *finding {
		if p.new != nil {
			return nil
		}
		return &finding{
			class: Safe, kind: deprecationKind(p.of, "REMOVED"),
			message: fmt.Sprintf("%s is no longer deprecated", p.coordinate),
		}
	},
}
