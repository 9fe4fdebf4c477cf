package lint

import "github.com/vektah/gqlparser/v2/ast"

var fieldDescription = Rule{
	Name: "field-description", Level: Note,
	Asks: "Every field and input field has a description.",
	Why:  "A name tells what a field is called, not what it means: its unit, when it is null, who may read it.",
	Bad:  map[string]string{"products": "type Query { weight: Int }"},
	Good: map[string]string{"products": "type Query {\n  \"What a parcel weighs, in grams.\"\n  weight: Int\n}"},
	check: func(l *linter) {
		described := map[string]bool{}
		each := func(visit func(s Subgraph, at string, f *ast.FieldDefinition)) {
			l.types(func(s Subgraph, def *ast.Definition) {
				for _, f := range def.Fields {
					if own(f) && !reserved(f.Name) {
						visit(s, def.Name+"."+f.Name, f)
					}
				}
			})
		}
		each(func(_ Subgraph, at string, f *ast.FieldDefinition) {
			described[at] = described[at] || f.Description != ""
		})
		each(func(s Subgraph, at string, f *ast.FieldDefinition) {
			if !described[at] {
				described[at] = true
				l.found(s, at, f.Position, "%s has no description in any subgraph", at)
			}
		})
	},
}
