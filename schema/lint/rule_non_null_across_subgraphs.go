package lint

import "github.com/vektah/gqlparser/v2/ast"

var nonNullAcrossSubgraphs = Rule{
	Name: "non-null-across-subgraphs", Level: Off,
	Asks: "A field that one subgraph adds to another's entity is nullable.",
	Why: "When the subgraph that adds it is down, a nullable field is null and the rest of the entity is answered; a non-null one takes " +
		"the whole entity with it, and whatever non-null is above.",
	Bad: map[string]string{
		"products": "type Query { product: Product }\ntype Product @key(fields: \"id\") { id: ID! name: String }",
		"reviews":  "type Product @key(fields: \"id\") { id: ID! rating: Float! }",
	},
	Good: map[string]string{
		"products": "type Query { product: Product }\ntype Product @key(fields: \"id\") { id: ID! name: String }",
		"reviews":  "type Product @key(fields: \"id\") { id: ID! rating: Float }",
	},
	check: func(l *linter) {
		entities := map[string]map[string]int{} // type → field → subgraphs that have it
		reached := map[string]string{}          // type → the first subgraph with a field of this type
		count := map[string]int{}
		l.types(func(s Subgraph, def *ast.Definition) {
			if def.Directives.ForName("key") == nil {
				return
			}
			count[def.Name]++
			for _, f := range def.Fields {
				if entities[def.Name] == nil {
					entities[def.Name] = map[string]int{}
				}
				entities[def.Name][f.Name]++
			}
		})
		l.fields(func(s Subgraph, _ *ast.Definition, f *ast.FieldDefinition) {
			if reached[f.Type.Name()] == "" {
				reached[f.Type.Name()] = s.Name
			}
		})
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			foreign := reached[def.Name] != "" && reached[def.Name] != s.Name
			if count[def.Name] > 1 && foreign && own(f) && f.Type.NonNull && entities[def.Name][f.Name] == 1 {
				l.found(s, def.Name+"."+f.Name, f.Position, "%s.%s is non-null: when subgraph %s fails, no %s can be answered", def.Name, f.Name, s.Name, def.Name)
			}
		})
	},
}
