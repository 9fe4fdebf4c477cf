package lint

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var inputSuffix = Rule{
	Name: "input-suffix", Level: Note,
	Asks: "Names of input objects end in Input, or in Filter where they say what to find.",
	Why:  "Input objects and object types cannot share a name, and there is often an object type of the plain one; the ending also tells clients' code which class is which.",
	Bad:  map[string]string{"products": "type Query { products(by: ProductChoice): Int }\ninput ProductChoice { name: String }"},
	Good: map[string]string{"products": "type Query { products(filter: ProductFilter, page: PageInput): Int }\ninput ProductFilter { name: String }\ninput PageInput { size: Int }"},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			if def.Kind == ast.InputObject && !strings.HasSuffix(def.Name, "Input") && !strings.HasSuffix(def.Name, "Filter") {
				l.found(s, def.Name, def.Position, "the name of input %s ends neither in Input nor in Filter", def.Name)
			}
		})
	},
}
