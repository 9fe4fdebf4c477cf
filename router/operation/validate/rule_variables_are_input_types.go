package validate

import "github.com/vektah/gqlparser/v2/ast"

var variablesAreInputTypes = &Rule{
	Name:    "VariablesAreInputTypes",
	Section: "5.8.2 Variables Are Input Types",
	variable: func(v *validator, def *ast.VariableDefinition) {
		if t := v.schema.Type(def.Type.Name()); t != nil && !t.IsInputType() {
			v.report(at(def.Position), "Variable \"$%s\" cannot be non-input type %q.", def.Variable, def.Type.String())
		}
	},
}
