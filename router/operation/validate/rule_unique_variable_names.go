package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueVariableNames = &Rule{
	Name:    "UniqueVariableNames",
	Section: "5.8.1 Variable Uniqueness",
	operation: func(v *validator, d *definition) {
		defs := d.operation.VariableDefinitions
		v.unique(len(defs), func(i int) (string, *ast.Position) {
			return defs[i].Variable, defs[i].Position
		}, "There can be only one variable named \"$%s\".")
	},
}
