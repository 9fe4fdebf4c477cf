package check

import "fmt"

var directiveUsageArgumentRemoved = rule[usageArgumentPair]{
	kind: "DIRECTIVE_USAGE_ARGUMENT_REMOVED",
	doc: `A directive that is applied to an element lost an argument's value. The server may behave otherwise: dangerous. ` +
		`A value that changed is a removed one and an added one.`,
	find: func(_ *differ, p usageArgumentPair) *finding {
		if p.old == nil || p.new != nil && p.old.Value.String() == p.new.Value.String() {
			return nil
		}
		return &finding{
			class: Dangerous, message: fmt.Sprintf("value %s of %s on %s was removed", p.old.Value, p.detail, named(p.coordinate)),
			why: "the server may behave otherwise",
		}
	},
}
