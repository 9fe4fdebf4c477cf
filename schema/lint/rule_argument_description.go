package lint

import "github.com/vektah/gqlparser/v2/ast"

var argumentDescription = Rule{
	Name: "argument-description", Level: Off,
	Asks: "Every argument has a description.",
	Why:  "What may be given, what happens without it, and how many are allowed is nowhere else to be read.",
	Bad:  map[string]string{"products": "type Query { products(first: Int): Int }"},
	Good: map[string]string{"products": "type Query { products(\"How many to read, 100 at most.\" first: Int): Int }"},
	check: func(l *linter) {
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			for _, arg := range f.Arguments {
				if own(f) && arg.Description == "" {
					at := def.Name + "." + f.Name + "(" + arg.Name + ":)"
					l.found(s, at, arg.Position, "%s has no description", at)
				}
			}
		})
	},
}
