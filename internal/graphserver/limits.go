package graphserver

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/lean"
)

// What one operation may be. All of it is checked before a resolver runs.
const (
	// maxTokens bounds the document, and with it what parsing and validation cost.
	maxTokens = 15_000
	// maxDepth is how deep fields may nest.
	maxDepth = 20
	// maxRoots is how many root fields there may be, aliases counted.
	maxRoots = 50
	// maxFields is how many fields there may be once fragments are written out.
	maxFields = 5_000
	// maxCost bounds what resolvers may have to do: a field costs 1, a list costs
	// its length times what is below it.
	maxCost = 200_000
	// maxRepresentations is how many entities may be asked for at once.
	maxRepresentations = 5_000
)

// limits refuses operations that are too large.
type limits struct {
	schema lean.Schema
	prices prices
	// keys are the fields of each key by which representations of a type are read.
	keys map[string][][]string
}

func newLimits(schema lean.Schema) limits {
	l := limits{schema, prices{schema}, map[string][][]string{}}
	for name, typ := range schema.Schema().Types {
		if keys := keysOf(typ); len(keys) > 0 {
			l.keys[name] = keys
		}
	}
	return l
}

// check refuses an operation that is too large with these variables.
func (l *limits) check(ctx context.Context, o *operation, variables map[string]any) *apierror.Error {
	fault := o.tooLarge
	if fault == nil {
		if fault = l.checkRepresentations(o.roots, variables); fault == nil {
			fault = l.checkCost(ctx, o.roots, variables)
		}
	}
	return fault
}

func checkExtent(operation *ast.OperationDefinition) *apierror.Error {
	e := measure{}.of(operation.SelectionSet)
	for _, limit := range []struct {
		is, most int
		of       string
	}{
		{e.depth, maxDepth, "levels deep"}, {e.roots, maxRoots, "root fields wide"}, {e.fields, maxFields, "fields large"},
	} {
		if limit.is > limit.most {
			return apierror.New(apierror.OperationTooComplex, "the operation is more than %d %s", limit.most, limit.of)
		}
	}
	return nil
}

// extent is the size of a selection set with its fragments written out.
type extent struct{ depth, roots, fields int }

// measure remembers the extent of each fragment, so that fragments which spread
// others twice, and those again, are not walked exponentially often.
type measure map[*ast.FragmentDefinition]extent

func (m measure) of(selections ast.SelectionSet) extent {
	var sum extent
	for _, selection := range selections {
		var e extent
		switch s := selection.(type) {
		case *ast.Field:
			below := m.of(s.SelectionSet)
			e = extent{below.depth + 1, 1, below.fields + 1}
		case *ast.InlineFragment:
			e = m.of(s.SelectionSet)
		case *ast.FragmentSpread:
			e = m.ofFragment(s.Definition)
		}
		sum = extent{max(sum.depth, e.depth), saturate(sum.roots + e.roots), saturate(sum.fields + e.fields)}
	}
	return sum
}

func (m measure) ofFragment(f *ast.FragmentDefinition) extent {
	e, known := m[f]
	if !known {
		e = m.of(f.SelectionSet)
		m[f] = e
	}
	return e
}

// saturate keeps sums of sums from overflowing.
func saturate(n int) int { return min(n, 1<<30) }
