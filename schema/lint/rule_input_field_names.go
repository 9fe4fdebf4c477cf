package lint

import "github.com/vektah/gqlparser/v2/ast"

var inputFieldNames = Rule{
	Name: "input-field-names", Level: Warning,
	Asks: "Names of input fields are in camelCase.",
	Why:  "What is sent is written as what is received, so that clients can send back what they got.",
	Bad:  map[string]string{"products": "type Query { products(filter: FilterInput): Int }\ninput FilterInput { min_price: Int }"},
	Good: map[string]string{"products": "type Query { products(filter: FilterInput): Int }\ninput FilterInput { minPrice: Int }"},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			if def.Kind != ast.InputObject {
				return
			}
			for _, f := range def.Fields {
				if !camelCase.MatchString(f.Name) {
					l.found(s, def.Name+"."+f.Name, f.Position, "the name of input field %s.%s is not in camelCase", def.Name, f.Name)
				}
			}
		})
	},
}
