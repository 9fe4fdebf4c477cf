package lint

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

var keyNullability = Rule{
	Name: "key-nullability", Level: Warning,
	Asks: "Fields of a @key are non-null.",
	Why:  "An entity whose key is null cannot be found in another subgraph: what that subgraph adds is then silently null.",
	Bad:  map[string]string{"products": "type Query { product: Product }\ntype Product @key(fields: \"id\") { id: ID name: String }"},
	Good: map[string]string{"products": "type Query { product: Product }\ntype Product @key(fields: \"id\") { id: ID! name: String }"},
	check: func(l *linter) {
		if l.Supergraph == nil {
			return
		}
		for _, s := range l.Subgraphs {
			sub := l.Supergraph.Subgraph(s.Name)
			if sub == nil {
				continue
			}
			l.types(func(other Subgraph, def *ast.Definition) {
				t := sub.Types[def.Name]
				if other.Name != s.Name || t == nil {
					return
				}
				for _, key := range t.Keys {
					l.nullableKey(s, t, key.Fields)
				}
			})
		}
	},
}

func (l *linter) nullableKey(s Subgraph, t *supergraph.Type, set ast.SelectionSet) {
	for _, selection := range set {
		f, ok := selection.(*ast.Field)
		if !ok || t.Fields[f.Name] == nil {
			continue
		}
		field := t.Fields[f.Name]
		if !field.Type.NonNull {
			at := t.Name + "." + f.Name
			l.found(s, at, position(s, t.Name, f.Name), "%s is part of a @key and may be null", at)
		}
		if below := t.Subgraph.Types[field.Type.Name()]; below != nil {
			l.nullableKey(s, below, f.SelectionSet)
		}
	}
}

// position is where a subgraph declares a field.
func position(s Subgraph, typeName, field string) *ast.Position {
	def := s.Schema.Types[typeName]
	if def == nil {
		return nil
	}
	if f := def.Fields.ForName(field); f != nil {
		return f.Position
	}
	return def.Position
}
