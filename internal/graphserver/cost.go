package graphserver

import (
	"context"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/lean"
)

// checkCost adds up the root fields. _entities costs its length times its
// selection, which gqlgen's ComplexityRoot cannot be told.
func (l *limits) checkCost(ctx context.Context, roots []root, variables map[string]any) *apierror.Error {
	cost := 0
	for _, r := range roots {
		one := l.prices.total(ctx, r.price, variables)
		if r.entities {
			one = Cost(saturate(1+one), len(representationsOf(r.field, variables)))
		}
		cost = saturate(cost + one)
	}
	if cost > maxCost {
		return apierror.New(apierror.OperationTooComplex, "the operation costs %d and may cost %d; ask for smaller pages", cost, maxCost)
	}
	return nil
}

// price is what selections cost: what they cost with any variables, and the fields
// whose cost depends on them. What is the same for each request is reckoned once.
type price struct {
	fixed int
	open  []openField
}

type openField struct {
	field *ast.Field
	below price
}

// prices reckons as gqlgen's package complexity does.
type prices struct{ schema lean.Schema }

func (p prices) of(ctx context.Context, selections ast.SelectionSet) (sum price) {
	for _, selection := range selections {
		var one price
		switch s := selection.(type) {
		case *ast.Field:
			one = p.ofField(ctx, s)
		case *ast.InlineFragment:
			one = p.of(ctx, s.SelectionSet)
		case *ast.FragmentSpread:
			one = p.of(ctx, s.Definition.SelectionSet)
		}
		sum.fixed = saturate(sum.fixed + one.fixed)
		sum.open = append(sum.open, one.open...)
	}
	return sum
}

func (p prices) ofField(ctx context.Context, field *ast.Field) price {
	if field.Definition.Type.Name() == "__Schema" {
		return price{}
	}
	below := p.of(ctx, field.SelectionSet)
	varies := func(argument *ast.Argument) bool { return hasVariables(argument.Value) }
	if len(below.open) > 0 || slices.ContainsFunc(field.Arguments, varies) {
		return price{open: []openField{{field, below}}}
	}
	return price{fixed: p.cost(ctx, field, below.fixed, nil)}
}

func hasVariables(value *ast.Value) bool {
	if value.Kind == ast.Variable {
		return true
	}
	return slices.ContainsFunc(value.Children, func(child *ast.ChildValue) bool { return hasVariables(child.Value) })
}

// total is the price with these variables.
func (p prices) total(ctx context.Context, of price, variables map[string]any) int {
	sum := of.fixed
	for _, o := range of.open {
		sum = saturate(sum + p.cost(ctx, o.field, p.total(ctx, o.below, variables), variables))
	}
	return sum
}

// cost is what the subgraph's ComplexityRoot says, else 1 and what is below. A
// field of an interface costs what it costs where it costs most.
func (p prices) cost(ctx context.Context, field *ast.Field, below int, variables map[string]any) int {
	var arguments map[string]any
	if len(field.Definition.Arguments) > 0 {
		arguments = field.ArgumentMap(variables)
	}
	if field.ObjectDefinition.Kind != ast.Interface {
		return p.inType(ctx, field.ObjectDefinition, field.Name, below, arguments)
	}
	most := 0
	for _, object := range p.schema.Schema().GetPossibleTypes(field.ObjectDefinition) {
		most = max(most, p.inType(ctx, object, field.Name, below, arguments))
	}
	return most
}

func (p prices) inType(ctx context.Context, typ *ast.Definition, field string, below int, arguments map[string]any) int {
	if cost, known := p.schema.Complexity(ctx, typ.Name, field, below, arguments); known && cost >= 1 {
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
