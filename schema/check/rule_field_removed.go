package check

import "fmt"

var fieldRemoved = rule[fieldPair]{
	kind: "FIELD_REMOVED",
	doc: `A field of an object type or interface is gone, and operations that select it fail. ` +
		`Deprecate it first, and remove it when the usage says that nobody asks for it any more.`,
	find: func(_ *differ, p fieldPair) *finding {
		if p.new != nil {
			return nil
		}
		return &finding{
			deprecated: deprecation(p.old.Directives) != nil,
			class:      Breaking, message: fmt.Sprintf("field %s%s was removed", p.coordinate, wasDeprecated(p.old.Directives)),
			why: "operations that select the field fail",
		}
	},
}
