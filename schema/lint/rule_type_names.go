package lint

import "github.com/vektah/gqlparser/v2/ast"

var typeNames = Rule{
	Name: "type-names", Level: Warning,
	Asks: "Names of types are in PascalCase.",
	Why:  "All of GraphQL's own types, and nearly all published APIs, are written so; code generators turn the names into class names.",
	Bad:  map[string]string{"products": "type Query { product: product_info }\ntype product_info { id: ID }"},
	Good: map[string]string{"products": "type Query { product: ProductInfo }\ntype ProductInfo { id: ID }"},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			if !pascalCase.MatchString(def.Name) {
				l.found(s, def.Name, def.Position, "the name of type %s is not in PascalCase", def.Name)
			}
		})
	},
}
