package check

import "fmt"

var directiveRepeatableRemoved = rule[directivePair]{
	kind: "DIRECTIVE_REPEATABLE_REMOVED",
	doc: `A directive may no longer be repeated at one place, and operations that do so fail. On a directive that only schemas can use ` +
		`it is dangerous, for tools that read the schema.`,
	find: func(_ *differ, p directivePair) *finding {
		if p.old == nil || p.new == nil || !p.old.IsRepeatable || p.new.IsRepeatable {
			return nil
		}
		f := &finding{
			class: Breaking, message: fmt.Sprintf("directive %s is no longer repeatable", p.coordinate),
			why: "operations that repeat the directive at one place fail",
		}
		f.onlyInSchemas(p.old.Locations)
		return f
	},
}
