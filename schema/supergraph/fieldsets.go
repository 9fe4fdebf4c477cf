package supergraph

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkFieldSets makes sure that keys, requirements and provided selections name
// fields that there are, so that nobody who follows them has to ask.
func (s *Supergraph) checkFieldSets() error {
	for _, g := range s.Subgraphs {
		for name, t := range g.Types {
			for _, k := range t.Keys {
				if err := s.checkFieldSet(name, k.Fields); err != nil {
					return fmt.Errorf("subgraph %q, @key of type %q: %w", g.Name, name, err)
				}
			}
			for _, f := range t.Fields {
				if err := s.checkFieldSet(name, f.Requires); err != nil {
					return fmt.Errorf("subgraph %q, @requires of field %q: %w", g.Name, name+"."+f.Name, err)
				}
				if err := s.checkFieldSet(f.Type.Name(), f.Provides); err != nil {
					return fmt.Errorf("subgraph %q, @provides of field %q: %w", g.Name, name+"."+f.Name, err)
				}
			}
		}
	}
	return nil
}

func (s *Supergraph) checkFieldSet(typeName string, set ast.SelectionSet) error {
	if len(set) == 0 {
		return nil
	}
	def := s.Definitions[typeName]
	if def == nil || !def.IsCompositeType() {
		return fmt.Errorf("there is no type %q with fields", typeName)
	}
	for _, selection := range set {
		var err error
		switch item := selection.(type) {
		case *ast.InlineFragment:
			condition := item.TypeCondition
			if condition == "" {
				condition = typeName
			}
			err = s.checkFieldSet(condition, item.SelectionSet)
		case *ast.Field:
			err = s.checkField(def, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Supergraph) checkField(def *ast.Definition, item *ast.Field) error {
	if item.Name == "__typename" {
		return nil
	}
	field := def.Fields.ForName(item.Name)
	if field == nil {
		return fmt.Errorf("type %q has no field %q", def.Name, item.Name)
	}
	below := s.Definitions[field.Type.Name()]
	if composite := below != nil && below.IsCompositeType(); composite != (len(item.SelectionSet) > 0) {
		return fmt.Errorf("field %q of type %s must have a selection of subfields exactly if that is a type with fields", def.Name+"."+item.Name, field.Type)
	}
	return s.checkFieldSet(field.Type.Name(), item.SelectionSet)
}
