package check

import "fmt"

var interfaceAdded = rule[interfacePair]{
	kind: "OBJECT_TYPE_INTERFACE_ADDED",
	doc: `A type implements one more interface. Fields of the interface's type may now answer objects of a type that clients do not know, ` +
		`and fragments that two selections shared may now select conflicting fields: dangerous.`,
	find: func(_ *differ, p interfacePair) *finding {
		if p.old {
			return nil
		}
		return &finding{
			class: Dangerous, message: fmt.Sprintf("%s now implements interface %s", p.coordinate, p.detail),
			why: "clients may receive objects of a type that they do not expect", uses: []string{p.coordinate + ".*", p.detail + ".*"},
		}
	},
}
