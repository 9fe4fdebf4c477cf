package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueInputFieldNames = &Rule{
	Name:    "UniqueInputFieldNames",
	Section: "5.6.3 Input Object Field Uniqueness",
	value: func(v *validator, val *value) {
		if val.Kind != ast.ObjectValue || len(val.Children) < 2 {
			return
		}
		first := make(map[string]*ast.Position, len(val.Children))
		for _, child := range val.Children {
			if before, ok := first[child.Name]; ok {
				v.report(at(before, child.Position), "There can be only one input field named %q.", child.Name)
				continue
			}
			first[child.Name] = child.Position
		}
	},
}
