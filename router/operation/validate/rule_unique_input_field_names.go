package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueInputFieldNames = &Rule{
	Name:    "UniqueInputFieldNames",
	Section: "5.6.3 Input Object Field Uniqueness",
	value: func(v *validator, val *value) {
		if val.Kind != ast.ObjectValue {
			return
		}
		v.unique(len(val.Children), func(i int) (string, *ast.Position) {
			return val.Children[i].Name, val.Children[i].Position
		}, "There can be only one input field named %q.")
	},
}
