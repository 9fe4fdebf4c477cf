package check

import "fmt"

var directiveRepeatableRemoved = rule[directivePair]{
	kind: "DIRECTIVE_REPEATABLE_REMOVED",
	doc:  `A directive may no longer be repeated at one place. That is rare in operations, hence dangerous and not breaking.`,
	find: func(_ *differ, p directivePair) *finding {
		if p.old == nil || p.new == nil || !p.old.IsRepeatable || p.new.IsRepeatable {
			return nil
		}
		return &finding{
			class: Dangerous, message: fmt.Sprintf("directive %s is no longer repeatable", p.coordinate),
			why: "operations that repeat the directive at one place fail",
		}
	},
}
