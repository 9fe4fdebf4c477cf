package main

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// assumedList is how long an estimate takes a list to be of which nothing is
// known.
const assumedList = 10

// estimate adds up the objects that subgraphs resolve for a plan, as if every
// list had ten elements: an object counts 1 and a scalar nothing, and an entity
// fetch is repeated for each element of the lists that lead to it. It compares
// plans; it is no prediction.
//
// Source: cost specification v0.1, its default weights.
func estimate(s *supergraph.Supergraph, p *plan.Plan) float64 {
	total := 0.0
	for _, f := range p.Fetches {
		doc, err := parser.ParseQuery(&ast.Source{Input: f.Text})
		if err != nil || len(doc.Operations) != 1 {
			continue
		}
		e := estimator{s, doc.Fragments}
		if f.Root != nil {
			total += times(f.Path) * e.selections(supergraph.RootName(f.Kind), doc.Operations[0].SelectionSet)
			continue
		}
		for i, entities := range f.Entities {
			field, ok := doc.Operations[0].SelectionSet[i].(*ast.Field)
			if !ok {
				continue
			}
			for _, t := range entities.Targets {
				total += times(t.Path) * (1 + e.selections("", field.SelectionSet)/float64(len(entities.Targets)))
			}
		}
	}
	return total
}

// times is how many objects a path leads to.
func times(path plan.Path) float64 {
	n := 1.0
	for _, step := range path {
		for range step.Lists {
			n *= assumedList
		}
	}
	return n
}

type estimator struct {
	supergraph *supergraph.Supergraph
	fragments  ast.FragmentDefinitionList
}

func (e estimator) selections(typeName string, set ast.SelectionSet) float64 {
	total := 0.0
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			total += e.field(typeName, s)
		case *ast.InlineFragment:
			on := s.TypeCondition
			if on == "" {
				on = typeName
			}
			total += e.selections(on, s.SelectionSet)
		case *ast.FragmentSpread:
			if f := e.fragments.ForName(s.Name); f != nil {
				total += e.selections(f.TypeCondition, f.SelectionSet)
			}
		}
	}
	return total
}

func (e estimator) field(typeName string, f *ast.Field) float64 {
	def := e.supergraph.Definitions[typeName]
	if def == nil || len(f.SelectionSet) == 0 {
		return 0
	}
	field := def.Fields.ForName(f.Name)
	if field == nil {
		return 0
	}
	n := 1.0
	for t := field.Type; t.Elem != nil; t = t.Elem {
		n *= assumedList
	}
	return n * (1 + e.selections(field.Type.Name(), f.SelectionSet))
}
