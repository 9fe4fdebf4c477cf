package lint

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

var unreachableTypes = Rule{
	Name: "unreachable-types", Level: Warning,
	Asks: "Operations can reach every type of the API.",
	Why:  "A type that nothing leads to was forgotten, or something that should lead to it was.",
	Bad:  map[string]string{"products": "type Query { a: Int }\ntype Forgotten { id: ID }"},
	Good: map[string]string{"products": "type Query { a: Used }\ntype Used { id: ID }"},
	check: func(l *linter) {
		if l.Supergraph == nil {
			return
		}
		reached := reach(l.Supergraph.API)
		reported := map[string]bool{}
		l.types(func(s Subgraph, def *ast.Definition) {
			if l.Supergraph.API.Types[def.Name] != nil && !reached[def.Name] && !reported[def.Name] {
				reported[def.Name] = true
				l.found(s, def.Name, def.Position, "no operation can reach %s", def.Name)
			}
		})
	},
}

// reach are the types that operations can name.
func reach(s *ast.Schema) map[string]bool {
	seen := map[string]bool{}
	var open []*ast.Definition
	visit := func(def *ast.Definition) {
		if def != nil && !seen[def.Name] {
			seen[def.Name] = true
			open = append(open, def)
		}
	}
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		visit(root)
	}
	for len(open) > 0 {
		def := open[0]
		open = open[1:]
		for _, related := range slices.Concat(s.PossibleTypes[def.Name], s.Implements[def.Name]) {
			visit(related)
		}
		for _, f := range def.Fields {
			visit(s.Types[f.Type.Name()])
			for _, arg := range f.Arguments {
				visit(s.Types[arg.Type.Name()])
			}
		}
	}
	return seen
}
