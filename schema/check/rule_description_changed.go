package check

import "fmt"

var descriptionChanged = rule[descriptionPair]{
	kind: "*_DESCRIPTION_CHANGED",
	also: []Kind{"*_DESCRIPTION_ADDED", "*_DESCRIPTION_REMOVED"},
	doc:  `A description was added, removed or changed, which is safe. For types, fields and input fields the kinds end in _ADDED and _REMOVED.`,
	find: func(_ *differ, p descriptionPair) *finding {
		f := &finding{class: Safe, kind: Kind(p.of + "_DESCRIPTION_CHANGED"), message: fmt.Sprintf("description of %s changed", p.coordinate)}
		oneKind := p.of != "TYPE" && p.of != "FIELD" && p.of != "INPUT_FIELD"
		switch {
		case p.old == "":
			f.message = fmt.Sprintf("description of %s was added", p.coordinate)
			if !oneKind {
				f.kind = Kind(p.of + "_DESCRIPTION_ADDED")
			}
		case p.new == "":
			f.message = fmt.Sprintf("description of %s was removed", p.coordinate)
			if !oneKind {
				f.kind = Kind(p.of + "_DESCRIPTION_REMOVED")
			}
		}
		return f
	},
}
