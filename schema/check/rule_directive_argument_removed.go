package check

import "fmt"

var directiveArgumentRemoved = rule[directiveArgumentPair]{
	kind: "DIRECTIVE_ARGUMENT_REMOVED",
	doc: `An argument of a directive is gone, and operations that give it fail. On a directive that only schemas can use it is dangerous, ` +
		`for tools that read the schema.`,
	find: func(_ *differ, p directiveArgumentPair) *finding {
		if p.new != nil {
			return nil
		}
		f := &finding{
			class: Breaking, message: fmt.Sprintf("argument %s was removed", p.coordinate), why: "operations that give the argument fail",
		}
		f.onlyInSchemas(p.directive.old.Locations)
		return f
	},
}
