package graphserver

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// checkCost adds up the root fields. _entities costs its length times its
// selection, which gqlgen's ComplexityRoot cannot be told.
func (l limits) checkCost(ctx context.Context, roots []*ast.Field, variables map[string]any) *apierror.Error {
	c := coster{l.schema, l.schema.Schema(), variables}
	cost := 0
	for _, field := range roots {
		one := c.ofField(ctx, field)
		if representations, isEntities := representationsOf(field, variables); isEntities {
			one = Cost(one, len(representations))
		}
		cost = saturate(cost + one)
	}
	if cost > maxCost {
		return apierror.New(apierror.OperationTooComplex, "the operation costs %d and may cost %d; ask for smaller pages", cost, maxCost)
	}
	return nil
}

// coster reckons as gqlgen's package complexity does, but reads the arguments of
// fields that have some only: this is done for each request.
type coster struct {
	executable graphql.ExecutableSchema
	schema     *ast.Schema
	variables  map[string]any
}

func (c *coster) of(ctx context.Context, selections ast.SelectionSet) int {
	cost := 0
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			cost += c.ofField(ctx, s)
		case *ast.InlineFragment:
			cost += c.of(ctx, s.SelectionSet)
		case *ast.FragmentSpread:
			cost += c.of(ctx, s.Definition.SelectionSet)
		}
		cost = saturate(cost)
	}
	return cost
}

// ofField is what the subgraph's ComplexityRoot says, else 1 and what is below. A
// field of an interface costs what it costs where it costs most.
func (c *coster) ofField(ctx context.Context, field *ast.Field) int {
	if field.Definition.Type.Name() == "__Schema" {
		return 0
	}
	below := c.of(ctx, field.SelectionSet)
	var arguments map[string]any
	if len(field.Definition.Arguments) > 0 {
		arguments = field.ArgumentMap(c.variables)
	}
	if field.ObjectDefinition.Kind != ast.Interface {
		return c.inType(ctx, field.ObjectDefinition, field.Name, below, arguments)
	}
	most := 0
	for _, object := range c.schema.GetPossibleTypes(field.ObjectDefinition) {
		most = max(most, c.inType(ctx, object, field.Name, below, arguments))
	}
	return most
}

func (c *coster) inType(ctx context.Context, typ *ast.Definition, field string, below int, arguments map[string]any) int {
	if cost, known := c.executable.Complexity(ctx, typ.Name, field, below, arguments); known && cost >= 1 {
		return saturate(cost)
	}
	return saturate(1 + below)
}

// Cost is what a list field costs whose elements cost child each; it saturates.
// Subgraphs use it in their ComplexityRoot.
func Cost(child, length int) int {
	if length <= 0 || child <= 0 {
		return 1
	}
	if child > (1<<30)/length {
		return 1 << 30
	}
	return 1 + child*length
}
