package lint

import "github.com/vektah/gqlparser/v2/ast"

var argumentNames = Rule{
	Name: "argument-names", Level: Warning,
	Asks: "Names of arguments are in camelCase.",
	Why:  "They are written beside fields, in the same way.",
	Bad:  map[string]string{"products": "type Query { product(product_id: ID): Int }"},
	Good: map[string]string{"products": "type Query { product(productId: ID): Int }"},
	check: func(l *linter) {
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			for _, arg := range f.Arguments {
				if !camelCase.MatchString(arg.Name) {
					at := def.Name + "." + f.Name + "(" + arg.Name + ":)"
					l.found(s, at, arg.Position, "the name of argument %s is not in camelCase", at)
				}
			}
		})
	},
}
