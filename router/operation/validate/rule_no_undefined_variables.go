package validate

import "github.com/vektah/gqlparser/v2/ast"

var noUndefinedVariables = &Rule{
	Name:    "NoUndefinedVariables",
	Section: "5.8.3 All Variable Uses Defined",
	document: func(v *validator) {
		for _, d := range v.operations {
			by := ""
			if d.operation.Name != "" {
				by = ` by operation "` + d.operation.Name + `"`
			}
			v.usages(d, func(u usage, def *ast.VariableDefinition) {
				if def == nil {
					v.report(at(u.Position, d.operation.Position), "Variable \"$%s\" is not defined%s.", u.Raw, by)
				}
			})
		}
	},
}

// usages calls f for every use of a variable in the operation and in the
// fragments it reaches, with the operation's definition of the variable, nil when
// there is none.
func (v *validator) usages(operation *definition, f func(usage, *ast.VariableDefinition)) {
	defs := make(map[string]*ast.VariableDefinition, len(operation.operation.VariableDefinitions))
	for _, def := range operation.operation.VariableDefinitions {
		defs[def.Variable] = def
	}
	for _, d := range v.reach(operation) {
		for _, u := range d.usages {
			f(u, defs[u.Raw])
		}
		if v.full() {
			return
		}
	}
}
