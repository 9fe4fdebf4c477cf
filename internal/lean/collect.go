package lean

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// collected are the fields of selections that are the same in every request, by
// where the selection lies in memory and the type. Documents are kept parsed, so
// that a router's few operations meet theirs again: that of the root in its
// document, those below it in the fields that were collected.
var collected cache

// maxCollected is how many selections are remembered; then all are forgotten. Each
// keeps its document in memory.
const maxCollected = 10_000

type cache struct {
	fields sync.Map // selection → []graphql.CollectedField
	size   atomic.Int64
}

type selection struct {
	// first keeps the memory from being used for another selection.
	first  *ast.Selection
	length int
	// satisfies tells types apart: gqlgen has one such list for each.
	satisfies *string
}

// CollectFields is graphql.CollectFields, which does its work anew for each
// request. The fields are shared: nobody changes them.
func CollectFields(oc *graphql.OperationContext, selections ast.SelectionSet, satisfies []string) []graphql.CollectedField {
	if len(selections) == 0 || len(satisfies) == 0 {
		return graphql.CollectFields(oc, selections, satisfies)
	}
	key := selection{&selections[0], len(selections), &satisfies[0]}
	if fields, ok := collected.fields.Load(key); ok {
		return fields.([]graphql.CollectedField)
	}
	fields := graphql.CollectFields(oc, selections, satisfies)
	if unconditional(selections) {
		collected.add(key, fields)
	}
	return fields
}

// Selects says whether the field that is being resolved selects a field of this name,
// of an object of these types, which are always the same list in memory.
func Selects(ctx context.Context, name string, types []string) bool {
	selected := CollectFields(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Selections, types)
	return slices.ContainsFunc(selected, func(f graphql.CollectedField) bool { return f.Name == name })
}

func (c *cache) add(key selection, fields []graphql.CollectedField) {
	if c.size.Add(1) > maxCollected {
		c.fields.Clear()
		c.size.Store(1)
	}
	c.fields.Store(key, fields)
}

// unconditional says that no directive, such as @include, stands in what is
// collected.
func unconditional(selections ast.SelectionSet) bool {
	for _, s := range selections {
		switch s := s.(type) {
		case *ast.Field:
			if len(s.Directives) > 0 {
				return false
			}
		case *ast.InlineFragment:
			if len(s.Directives) > 0 || !unconditional(s.SelectionSet) {
				return false
			}
		case *ast.FragmentSpread:
			if len(s.Directives) > 0 || !unconditional(s.Definition.SelectionSet) {
				return false
			}
		}
	}
	return true
}
