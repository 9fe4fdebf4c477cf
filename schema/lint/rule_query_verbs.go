package lint

import (
	"regexp"

	"github.com/vektah/gqlparser/v2/ast"
)

var queryVerbs = Rule{
	Name: "query-verbs", Level: Warning,
	Asks: "Fields of the query type are nouns: product, not getProduct.",
	Why:  "A query always gets something. Verbs are for mutations, and so tell the two apart.",
	Bad:  map[string]string{"products": "type Query { getProduct: Int }"},
	Good: map[string]string{"products": "type Query { product: Int }"},
	check: func(l *linter) {
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			if def != s.Schema.Query || !own(f) {
				return
			}
			if m := queryVerb.FindStringSubmatch(f.Name); m != nil {
				l.found(s, def.Name+"."+f.Name, f.Position, "%s.%s begins with the verb %q, which every query implies", def.Name, f.Name, m[1])
			}
		})
	},
}

var queryVerb = regexp.MustCompile(`^(get|fetch|list|query|find|load|retrieve|all)[A-Z]`)
