package lint

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var nullabilityAcrossSubgraphs = Rule{
	Name: "nullability-across-subgraphs", Level: Warning,
	Asks: "Subgraphs that declare the same field, argument or input field agree about null.",
	Why: "Composition makes a field nullable as soon as one subgraph does, and an argument required as soon as one demands it. " +
		"What the others promise or allow is not what clients get.",
	Bad: map[string]string{
		"products": "type Query { product: Product }\ntype Product @key(fields: \"id\") { id: ID! name: String! @shareable }",
		"reviews":  "type Product @key(fields: \"id\") { id: ID! name: String @shareable }",
	},
	Good: map[string]string{
		"products": "type Query { product: Product }\ntype Product @key(fields: \"id\") { id: ID! name: String! @shareable }",
		"reviews":  "type Product @key(fields: \"id\") { id: ID! name: String! @shareable }",
	},
	check: func(l *linter) {
		declared := map[string][]declaration{}
		var order []string
		add := func(s Subgraph, at string, t *ast.Type, position *ast.Position) {
			if declared[at] == nil {
				order = append(order, at)
			}
			declared[at] = append(declared[at], declaration{s, t, position})
		}
		l.types(func(s Subgraph, def *ast.Definition) {
			for _, f := range def.Fields {
				if reserved(f.Name) {
					continue
				}
				add(s, def.Name+"."+f.Name, f.Type, f.Position)
				for _, arg := range f.Arguments {
					add(s, def.Name+"."+f.Name+"("+arg.Name+":)", arg.Type, arg.Position)
				}
			}
		})
		for _, at := range order {
			l.disagreement(at, declared[at])
		}
	},
}

// declaration is one subgraph's type of an element.
type declaration struct {
	subgraph Subgraph
	typ      *ast.Type
	at       *ast.Position
}

// disagreement reports declarations that differ in "!" only, where null is
// allowed.
func (l *linter) disagreement(at string, all []declaration) {
	plain := func(t *ast.Type) string { return strings.ReplaceAll(t.String(), "!", "") }
	for _, d := range all {
		i := slices.IndexFunc(all, func(o declaration) bool {
			return plain(o.typ) == plain(d.typ) && strings.Count(o.typ.String(), "!") > strings.Count(d.typ.String(), "!")
		})
		if i >= 0 {
			l.found(d.subgraph, at, d.at, "%s is %s here and %s in subgraph %s", at, d.typ, all[i].typ, all[i].subgraph.Name)
		}
	}
}
