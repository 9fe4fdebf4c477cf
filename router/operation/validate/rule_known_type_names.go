package validate

import "github.com/vektah/gqlparser/v2/ast"

var knownTypeNames = &Rule{
	Name:    "KnownTypeNames",
	Section: "5.5.1.2 Fragment Spread Type Existence; 5.8.2 for variables",
	fragment: func(v *validator, d *definition) {
		knownType(v, d.fragment.TypeCondition, d.fragment.Position)
	},
	spread: func(v *validator, s *spread) {
		if s.name == "" {
			knownType(v, s.on, s.position)
		}
	},
	variable: func(v *validator, def *ast.VariableDefinition) {
		knownType(v, def.Type.Name(), def.Position)
	},
}

func knownType(v *validator, name string, position *ast.Position) {
	if v.schema.Type(name) == nil {
		v.report(at(position), "Unknown type %q.%s", clip(name, maxSimilar), v.similar(name, v.schema.TypeNames))
	}
}
