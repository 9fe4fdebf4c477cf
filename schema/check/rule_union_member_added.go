package check

import "fmt"

var unionMemberAdded = rule[memberPair]{
	kind: "UNION_MEMBER_ADDED",
	doc: `A union has one member more. Operations stay valid, but clients may receive objects of a type that they do not expect: dangerous. ` +
		`A client should always have a branch for types that it does not know.`,
	find: func(d *differ, p memberPair) *finding {
		if p.old {
			return nil
		}
		return &finding{
			class: Dangerous, message: fmt.Sprintf("%s was added to union %s", p.detail, p.coordinate),
			why: "clients may receive objects of a type that they do not expect", uses: append(d.old.fieldsOf(p.coordinate), p.coordinate),
		}
	},
}
