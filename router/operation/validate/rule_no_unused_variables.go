package validate

import "github.com/vektah/gqlparser/v2/ast"

var noUnusedVariables = &Rule{
	Name:    "NoUnusedVariables",
	Section: "5.8.4 All Variables Used",
	document: func(v *validator) {
		for _, d := range v.operations {
			used := map[string]bool{}
			v.usages(d, func(u usage, _ *ast.VariableDefinition) { used[u.Raw] = true })
			in := ""
			if d.operation.Name != "" {
				in = ` in operation "` + d.operation.Name + `"`
			}
			for _, def := range d.operation.VariableDefinitions {
				if !used[def.Variable] {
					v.report(at(def.Position), "Variable \"$%s\" is never used%s.", def.Variable, in)
				}
			}
		}
	},
}
