package validate

import "github.com/vektah/gqlparser/v2/ast"

var variablesInAllowedPosition = &Rule{
	Name:    "VariablesInAllowedPosition",
	Section: "5.8.5 All Variable Usages Are Allowed",
	document: func(v *validator) {
		for _, d := range v.operations {
			v.usages(d, func(u usage, def *ast.VariableDefinition) {
				if def == nil || u.expected == nil || v.schema.Type(def.Type.Name()) == nil {
					return
				}
				if !usageAllowed(u, def) {
					v.report(at(def.Position, u.Position), "Variable \"$%s\" of type %q used in position expecting type %q.", u.Raw, def.Type.String(), u.expected.String())
				}
				if u.oneOf != nil && !def.Type.NonNull {
					v.report(at(def.Position, u.Position), "Variable \"$%s\" is of type %q but must be non-nullable to be used for OneOf Input Object %q.", u.Raw, def.Type.String(), u.oneOf.Name)
				}
			})
		}
	},
}

// usageAllowed is IsVariableUsageAllowed: a default value, of the variable or of
// the place, makes up for a variable that may be null.
func usageAllowed(u usage, def *ast.VariableDefinition) bool {
	expected := *u.expected
	hasDefault := u.hasDefault || def.DefaultValue != nil && def.DefaultValue.Kind != ast.NullValue
	if expected.NonNull && !def.Type.NonNull && hasDefault {
		expected.NonNull = false
	}
	return compatible(def.Type, &expected)
}

func compatible(variable, location *ast.Type) bool {
	if location.NonNull && !variable.NonNull {
		return false
	}
	if location.Elem == nil || variable.Elem == nil {
		return location.Elem == variable.Elem && location.NamedType == variable.NamedType
	}
	return compatible(variable.Elem, location.Elem)
}
