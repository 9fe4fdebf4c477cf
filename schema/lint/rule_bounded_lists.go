package lint

import (
	"regexp"

	"github.com/vektah/gqlparser/v2/ast"
)

var boundedLists = Rule{
	Name: "bounded-lists", Level: Warning,
	Asks: "A field of the query type that answers a list of objects takes an argument that bounds it: first, last, limit, or a list of what to find.",
	Why:  "A list without an end grows with the data, until one day a query takes the server down.",
	Bad:  map[string]string{"products": "type Query { products: [Product!]! }\ntype Product { id: ID }"},
	Good: map[string]string{"products": "type Query { products(first: Int! = 20): [Product!]! productsById(ids: [ID!]!): [Product]! }\ntype Product { id: ID }"},
	check: func(l *linter) {
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			to := s.Schema.Types[f.Type.Name()]
			if def != s.Schema.Query || f.Type.Elem == nil || to == nil || !to.IsCompositeType() {
				return
			}
			for _, arg := range f.Arguments {
				if arg.Type.Elem != nil || bound.MatchString(arg.Name) {
					return
				}
			}
			l.found(s, def.Name+"."+f.Name, f.Position, "%s.%s answers a list of %s without an argument that bounds it", def.Name, f.Name, to.Name)
		})
	},
}

var bound = regexp.MustCompile(`(?i)^(first|last|limit|take|top|count|max|page|pageSize|perPage|size|input)$`)
