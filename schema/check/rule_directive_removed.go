package check

import "fmt"

var directiveRemoved = rule[directivePair]{
	kind: "DIRECTIVE_REMOVED",
	doc: `A directive's definition is gone. Operations that use the directive fail. One that only schemas can use breaks no operation: ` +
		`it is dangerous, for tools that read the schema.`,
	find: func(_ *differ, p directivePair) *finding {
		if p.new != nil {
			return nil
		}
		f := &finding{class: Breaking, message: fmt.Sprintf("directive %s was removed", p.coordinate), why: "operations that use the directive fail"}
		f.onlyInSchemas(p.old.Locations)
		return f
	},
}
