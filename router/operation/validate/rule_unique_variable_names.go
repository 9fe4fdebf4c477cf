package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueVariableNames = &Rule{
	Name:    "UniqueVariableNames",
	Section: "5.8.1 Variable Uniqueness",
	operation: func(v *validator, d *definition) {
		first := map[string]*ast.Position{}
		for _, def := range d.operation.VariableDefinitions {
			if before, ok := first[def.Variable]; ok {
				v.report(at(before, def.Position), "There can be only one variable named \"$%s\".", def.Variable)
				continue
			}
			first[def.Variable] = def.Position
		}
	},
}
