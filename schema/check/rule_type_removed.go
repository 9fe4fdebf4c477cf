package check

import "fmt"

var typeRemoved = rule[typePair]{
	kind: "TYPE_REMOVED",
	doc: `A type is gone, with all that was in it. Operations that name it, in a fragment or as the type of a variable, fail. ` +
		`Deprecate the fields that lead to it, wait until nobody uses them, then remove both.`,
	find: func(_ *differ, p typePair) *finding {
		if p.new != nil {
			return nil
		}
		return &finding{
			class: Breaking, message: fmt.Sprintf("%s %s was removed", noun(p.old.Kind), p.old.Name),
			why: "operations that name the type fail", uses: []string{p.old.Name + ".*"},
		}
	},
}
