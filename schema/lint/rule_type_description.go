package lint

import "github.com/vektah/gqlparser/v2/ast"

var typeDescription = Rule{
	Name: "type-description", Level: Warning,
	Asks: "Every type has a description, in the subgraph that owns it.",
	Why:  "Descriptions are the API's documentation: what introspection, editors and playgrounds show.",
	Bad:  map[string]string{"products": "\"All queries.\" type Query { size: Size }\nenum Size { SMALL }"},
	Good: map[string]string{"products": "\"All queries.\" type Query { size: Size }\n\"How large a product is.\" enum Size { SMALL }"},
	check: func(l *linter) {
		described := map[string]bool{}
		l.types(func(_ Subgraph, def *ast.Definition) {
			described[def.Name] = described[def.Name] || def.Description != ""
		})
		l.types(func(s Subgraph, def *ast.Definition) {
			if !described[def.Name] && !isRoot(s, def) {
				described[def.Name] = true // once, where it is found first
				l.found(s, def.Name, def.Position, "%s has no description in any subgraph", def.Name)
			}
		})
	},
}
