package check

import "fmt"

var inputFieldRemoved = rule[inputPair]{
	kind: "INPUT_FIELD_REMOVED",
	doc:  `A field of an input object is gone, and operations that send it fail. Deprecate it first; an input field may be deprecated when it is optional.`,
	find: func(_ *differ, p inputPair) *finding {
		if p.new != nil {
			return nil
		}
		return &finding{
			deprecated: deprecation(p.old.Directives) != nil,
			class:      Breaking, message: fmt.Sprintf("input field %s%s was removed", p.coordinate, wasDeprecated(p.old.Directives)),
			why: "operations that send the field fail",
		}
	},
}
