package check

import "fmt"

var directiveArgumentTypeChanged = rule[directiveArgumentPair]{
	kind: "DIRECTIVE_ARGUMENT_TYPE_CHANGED",
	doc: `An argument of a directive is of another type. Safe is only to demand less; everything else is breaking where operations can use ` +
		`the directive and dangerous where only schemas can.`,
	find: func(_ *differ, p directiveArgumentPair) *finding {
		if p.old == nil || p.new == nil || sameType(p.old.Type, p.new.Type) {
			return nil
		}
		f := inputChange(fmt.Sprintf("type of argument %s changed", p.coordinate), p.old.Type, p.new.Type, p.new.DefaultValue)
		f.uses = []string{p.directive.coordinate}
		f.onlyInSchemas(p.directive.old.Locations)
		return f
	},
}
