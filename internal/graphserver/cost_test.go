package graphserver

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// pricedSchema has costs of its own for lists and for what implements Node.
type pricedSchema struct{ schema *ast.Schema }

func (p pricedSchema) Schema() *ast.Schema { return p.schema }

func (pricedSchema) Exec(context.Context) graphql.ResponseHandler { return nil }

func (pricedSchema) Execute(context.Context, *graphql.OperationContext) graphql.Marshaler { return nil }

func (pricedSchema) Complexity(_ context.Context, typ, field string, child int, arguments map[string]any) (int, bool) {
	switch typ + "." + field {
	case "Query.list":
		first, _ := arguments["first"].(int64)
		return Cost(child, int(first)), true
	case "Dear.near":
		return 50 + child, true
	case "Cheap.near":
		return 0, true // counts as if it were not said
	}
	return 0, false
}

// What an operation costs is what gqlgen's own package reckons.
func TestCostIsGqlgens(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		type Query { list(first: Int = 7): [Node!] one: Dear any: Either }
		interface Node { id: ID near: Node }
		type Dear implements Node { id: ID near: Node }
		type Cheap implements Node { id: ID near: Node }
		union Either = Dear | Cheap`})
	priced := pricedSchema{schema}
	for _, query := range []string{
		`{ one { id } }`,
		`{ list { id near { id near { id __typename } } } }`,
		`query ($n: Int) { a: list(first: $n) { id } b: list(first: 3) { ... on Dear { near { id } } ...F } } fragment F on Cheap { near { near { id } } }`,
		`{ any { __typename ... on Dear { near { id } } } __schema { types { name } } __typename }`,
	} {
		document, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
		if errs != nil {
			t.Fatal(errs)
		}
		variables := map[string]any{"n": int64(11)}
		operation := document.Operations[0]
		want := complexity.Calculate(t.Context(), priced, operation, variables)
		p := prices{priced}
		if got := p.total(t.Context(), p.of(t.Context(), operation.SelectionSet), variables); got != want {
			t.Errorf("%s costs %d, and %d by gqlgen", query, got, want)
		}
	}
}
