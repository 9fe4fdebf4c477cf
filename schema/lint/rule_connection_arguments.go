package lint

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var connectionArguments = Rule{
	Name: "connection-arguments", Level: Warning,
	Asks: "A field that answers a connection takes first and after, or last and before.",
	Why:  "Without them a client cannot ask for the next page, and a page has no end.",
	Bad:  map[string]string{"products": "type Query { products: ProductConnection }\ntype ProductConnection { pageInfo: Int }"},
	Good: map[string]string{"products": "type Query { products(first: Int, after: String): ProductConnection }\ntype ProductConnection { pageInfo: Int }"},
	check: func(l *linter) {
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			if !own(f) || f.Type.Elem != nil || !strings.HasSuffix(f.Type.Name(), "Connection") {
				return
			}
			has := func(name string) bool { return f.Arguments.ForName(name) != nil }
			if !(has("first") && has("after")) && !(has("last") && has("before")) {
				l.found(s, def.Name+"."+f.Name, f.Position, "%s.%s answers a connection and takes neither first and after nor last and before", def.Name, f.Name)
			}
		})
	},
}
