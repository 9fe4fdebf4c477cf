package columns

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

const schema = `
	interface Node { id: ID! }
	type Query { order: Order node: Node shop: Shop }
	type Order implements Node { id: ID! number: Int total: Int net: Int lines: [Line] rating: Int shop: Shop }
	type Line { sku: String }
	type Shop { number: Int }`

type anOrder struct{}

func none(*anOrder, *postgres.Row) {}

// A statement reads what an operation shows, wherever that is, and everything
// where it cannot know.
func TestColumns(t *testing.T) {
	s := New(`FROM orders`, `Order.id Order.lines Order.shop`,
		Of("id", none), Of("number", none, "Order.number"), Of("total", none, "Order.total", "Order.net"), Of("tax", none, "Order.net"), Of("sku", none, "Line.sku"))
	types := gqlparser.MustLoadSchema(&ast.Source{Input: schema})
	const everything = "SELECT id, number, total, tax, sku FROM orders"
	for operation, want := range map[string]string{
		`{ order { id } }`:                              "SELECT id FROM orders",
		`{ order { number lines { sku } } }`:            "SELECT id, number, sku FROM orders",
		`{ order { net } }`:                             "SELECT id, total, tax FROM orders",
		`{ a: order { number } b: order { x: total } }`: "SELECT id, number, total FROM orders",
		`query ($if: Boolean!) { order { number @include(if: $if) id @skip(if: $if) } }`: "SELECT id, number FROM orders",
		`{ order { ...F } } fragment F on Order { ... on Order { total __typename } }`:   "SELECT id, total FROM orders",
		`{ shop { number } order { shop { number } } }`:                                  "SELECT id FROM orders", // another type's
		`{ node { __typename ... on Order { number } } }`:                                "SELECT id, number FROM orders",
		`{ node { id } }`:             everything, // of a line, there is no id
		`{ order { number rating } }`: everything, // rating may look at any
	} {
		document := gqlparser.MustLoadQueryWithRules(types, operation, nil)
		ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{Operation: document.Operations[0]})
		for range 2 { // made and remembered
			if got := s.queryOf(ctx); got.sql != want || len(got.take) == 0 {
				t.Errorf("%s: %s, want %s", operation, got.sql, want)
			}
		}
	}
	if got := s.queryOf(context.Background()).sql; got != everything {
		t.Errorf("without an operation: %s", got)
	}
}

// What is remembered is bounded.
func TestForgets(t *testing.T) {
	s := New(`FROM orders`, ``, Of("id", none))
	for range 2 * maxQueries {
		ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{Operation: &ast.OperationDefinition{}})
		s.queryOf(ctx)
	}
	kept := 0
	s.queries.Range(func(any, any) bool { kept++; return true })
	if kept > maxQueries {
		t.Errorf("%d queries are kept", kept)
	}
}
