package check

import "fmt"

var unionMemberRemoved = rule[memberPair]{
	kind: "UNION_MEMBER_REMOVED",
	doc:  `A union has one member less. Fragments on that type, where the union is selected, fail.`,
	find: func(_ *differ, p memberPair) *finding {
		if p.new {
			return nil
		}
		return &finding{
			class: Breaking, message: fmt.Sprintf("%s was removed from union %s", p.detail, p.coordinate),
			why: "fragments on the member fail where the union is selected", uses: []string{p.detail + ".*"},
		}
	},
}
