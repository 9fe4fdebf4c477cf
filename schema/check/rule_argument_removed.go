package check

import "fmt"

var argumentRemoved = rule[argumentPair]{
	kind: "FIELD_ARGUMENT_REMOVED",
	doc:  `An argument of a field is gone, and operations that give it fail. Deprecate it first; an argument may be deprecated when it is optional.`,
	find: func(_ *differ, p argumentPair) *finding {
		if p.new != nil {
			return nil
		}
		return &finding{
			deprecated: deprecation(p.old.Directives) != nil,
			class:      Breaking, message: fmt.Sprintf("argument %s%s was removed", p.coordinate, wasDeprecated(p.old.Directives)), why: "operations that give the argument fail",
		}
	},
}
