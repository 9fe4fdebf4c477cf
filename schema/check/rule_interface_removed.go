package check

import "fmt"

var interfaceRemoved = rule[interfacePair]{
	kind: "OBJECT_TYPE_INTERFACE_REMOVED",
	doc: `A type no longer implements an interface. Fragments on the interface do not match its objects any more, ` +
		`and fields of the interface's type no longer answer them.`,
	find: func(_ *differ, p interfacePair) *finding {
		if p.new {
			return nil
		}
		return &finding{
			class: Breaking, message: fmt.Sprintf("%s no longer implements interface %s", p.coordinate, p.detail),
			why: "fragments that lead from one to the other fail or match nothing", uses: []string{p.coordinate + ".*", p.detail + ".*"},
		}
	},
}
