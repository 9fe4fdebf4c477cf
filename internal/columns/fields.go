package columns

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

func (s *Statement[R]) queryOf(ctx context.Context) *query[R] {
	var operation *ast.OperationDefinition
	if graphql.HasOperationContext(ctx) {
		operation = graphql.GetOperationContext(ctx).Operation
	}
	if known, ok := s.queries.Load(operation); ok {
		return known.(*query[R])
	}
	q := s.queryFor(operation)
	if s.size.Add(1) > maxQueries {
		s.queries.Clear()
		s.size.Store(1)
	}
	s.queries.Store(operation, q)
	return q
}

// queryFor makes the query that an operation needs; nil needs everything.
func (s *Statement[R]) queryFor(operation *ast.OperationDefinition) *query[R] {
	shown, everything := map[string]bool{}, true
	if operation != nil {
		everything = !s.collect(operation.SelectionSet, shown)
	}
	q := &query[R]{}
	var expressions []string
	for _, c := range s.columns {
		if everything || c.neededFor(shown) {
			expressions, q.take = append(expressions, c.sql), append(q.take, c.take)
		}
	}
	q.sql = "SELECT " + strings.Join(expressions, ", ") + " " + s.from
	return q
}

func (c Column[R]) neededFor(shown map[string]bool) bool {
	for _, field := range c.fields {
		if shown[field] {
			return true
		}
	}
	return len(c.fields) == 0
}

// collect adds the fields of the statement's types. ok is false where there is one
// whose columns are not known. What @skip and @include may take away counts.
func (s *Statement[R]) collect(selections ast.SelectionSet, shown map[string]bool) (ok bool) {
	for _, selection := range selections {
		var below ast.SelectionSet
		switch selection := selection.(type) {
		case *ast.Field:
			if !s.note(selection, shown) {
				return false
			}
			below = selection.SelectionSet
		case *ast.InlineFragment:
			below = selection.SelectionSet
		case *ast.FragmentSpread:
			below = selection.Definition.SelectionSet
		}
		if !s.collect(below, shown) {
			return false
		}
	}
	return true
}

// note adds a field. One of an interface is one of each of the statement's types.
func (s *Statement[R]) note(field *ast.Field, shown map[string]bool) (ok bool) {
	parent := field.ObjectDefinition
	switch {
	case field.Name == "__typename":
		return true
	case parent.IsAbstractType():
		for typeName := range s.types {
			if !s.served[typeName+"."+field.Name] {
				return false
			}
			shown[typeName+"."+field.Name] = true
		}
	case s.types[parent.Name]:
		shown[parent.Name+"."+field.Name] = true
		return s.served[parent.Name+"."+field.Name]
	}
	return true
}
