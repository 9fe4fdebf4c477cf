package supergraph

import (
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// completeExternal adds what some composers leave out of the supergraph: fields
// that a subgraph has only to provide them, and that fields of an interface object
// are external if another one of its fields requires them.
func (s *Supergraph) completeExternal() {
	for _, g := range s.Subgraphs {
		for _, typ := range slices.Sorted(maps.Keys(g.Types)) {
			t := g.Types[typ]
			for _, name := range slices.Clone(t.FieldNames) {
				f := t.Fields[name]
				if below := g.Types[f.Type.Name()]; below != nil {
					s.addProvided(below, f.Provides)
				}
				if t.InterfaceObject {
					t.requireExternal(f.Requires)
				}
			}
		}
	}
}

func (s *Supergraph) addProvided(t *Type, set ast.SelectionSet) {
	for _, item := range set {
		switch item := item.(type) {
		case *ast.Field:
			f := t.Fields[item.Name]
			if f == nil {
				def := s.Definitions[t.Name].Fields.ForName(item.Name)
				if def == nil {
					continue
				}
				f = &Field{Name: def.Name, Type: def.Type, Definition: def, External: true}
				t.add(f)
			}
			if below := t.Subgraph.Types[f.Type.Name()]; below != nil {
				s.addProvided(below, item.SelectionSet)
			}
		case *ast.InlineFragment:
			if item.TypeCondition == "" {
				s.addProvided(t, item.SelectionSet)
			} else if of := t.Subgraph.Types[item.TypeCondition]; of != nil {
				s.addProvided(of, item.SelectionSet)
			}
		}
	}
}

// requireExternal makes required leaves external that are no part of a key.
func (t *Type) requireExternal(set ast.SelectionSet) {
	for _, item := range set {
		required, ok := item.(*ast.Field)
		if !ok || len(required.SelectionSet) > 0 || slices.ContainsFunc(t.Keys, func(k *Key) bool { return selects(k.Fields, required.Name) }) {
			continue
		}
		if f := t.Fields[required.Name]; f != nil {
			f.External = true
		}
	}
}
