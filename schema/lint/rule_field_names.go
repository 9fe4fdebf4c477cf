package lint

import "github.com/vektah/gqlparser/v2/ast"

var fieldNames = Rule{
	Name: "field-names", Level: Warning,
	Asks: "Names of fields are in camelCase.",
	Why:  "They become properties of objects in clients' languages, most of which write them so, and one API should have one way.",
	Bad:  map[string]string{"products": "type Query { product_count: Int }"},
	Good: map[string]string{"products": "type Query { productCount: Int }"},
	check: func(l *linter) {
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			if own(f) && !camelCase.MatchString(f.Name) {
				l.found(s, def.Name+"."+f.Name, f.Position, "the name of field %s.%s is not in camelCase", def.Name, f.Name)
			}
		})
	},
}
