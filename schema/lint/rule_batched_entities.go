package lint

import (
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

var batchedEntities = Rule{
	Name: "batched-entities", Level: Warning,
	Asks: "In a gqlgen subgraph the resolver of an entity that another subgraph reaches in lists takes all representations at once.",
	Why: "A router asks for the entities of a list in one request. gqlgen calls a resolver like FindProductByID once for each of them, " +
		"which is a hundred statements for a hundred products; one like FindManyProductByIDs is called once. " +
		"`entity_resolver_multi: true` in gqlgen.yml (federation.options), or `@entityResolver(multi: true)` on the type, makes it so.",
	Bad:  batchedExample("FindProductByID"),
	Good: batchedExample("FindManyProductByIDs"),
	check: func(l *linter) {
		if l.Supergraph == nil {
			return
		}
		for _, s := range l.Subgraphs {
			sub := l.Supergraph.Subgraph(s.Name)
			for _, r := range s.Resolvers {
				if sub == nil || r.Batched || sub.Types[r.Type] == nil {
					continue
				}
				if list := listThatReaches(l.Supergraph, sub, r.Type); list != "" {
					at := s.Schema.Types[r.Type]
					var position *ast.Position
					if at != nil {
						position = at.Position
					}
					l.found(s, r.Type, position, "%s is reached in lists (%s), and %s (%s:%d) is called once for each entity", r.Type, list, r.Method, r.File, r.Line)
				}
			}
		}
	},
}

// batchedExample is a pair of subgraphs of which one has a gqlgen resolver: the
// file resolver.go that goes with it.
func batchedExample(method string) map[string]string {
	argument := "id string"
	if method != "FindProductByID" {
		argument = "reps []*model.ProductByIDsInput"
	}
	return map[string]string{
		"orders":               "type Query { orders(first: Int): [Order] }\ntype Order { products: [Product] }\ntype Product @key(fields: \"id\", resolvable: false) { id: ID! }",
		"products":             "type Product @key(fields: \"id\") { id: ID! name: String }",
		"products/resolver.go": "package products\n\nfunc (r *entityResolver) " + method + "(ctx context.Context, " + argument + ") {}\n",
	}
}

// listThatReaches is a field, "Order.products in orders", by which another
// subgraph may lead to many objects of the type at once, or "".
func listThatReaches(s *supergraph.Supergraph, owner *supergraph.Subgraph, typeName string) string {
	for _, sub := range s.Subgraphs {
		if sub == owner || sub.Types[typeName] == nil {
			continue
		}
		below := map[string]string{} // type → the list field that leads to it
		var open []string
		visit := func(name, by string) {
			t := sub.Types[name]
			if t == nil || below[name] != "" {
				return
			}
			below[name] = by
			open = append(open, name)
		}
		for _, name := range slices.Sorted(maps.Keys(sub.Types)) {
			for _, f := range sub.Types[name].FieldNames {
				field := sub.Types[name].Fields[f]
				if field.Type.Elem != nil && !field.External {
					visit(field.Type.Name(), name+"."+f+" in "+sub.Name)
				}
			}
		}
		for len(open) > 0 {
			t := sub.Types[open[0]]
			open = open[1:]
			for _, possible := range t.Possible {
				visit(possible, below[t.Name])
			}
			for _, f := range t.FieldNames {
				if field := t.Fields[f]; !field.External {
					visit(field.Type.Name(), below[t.Name])
				}
			}
		}
		if below[typeName] != "" {
			return below[typeName]
		}
	}
	return ""
}
