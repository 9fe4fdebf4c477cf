package plan_test

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/schematest"
)

// TestPlan plans each testdata/<feature>/<case>.txtar: subgraphs as NAME.graphql,
// operations as query.graphql, query2.graphql … (with every progressive override
// switched on where the name ends in _on), plans as plan, plan2 … in the same
// order. Where there is no plan, the file holds the error.
func TestPlan(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		subgraphs := map[string]string{}
		var queries []string
		for _, file := range c.Names() {
			name, isSDL := strings.CutSuffix(file, ".graphql")
			switch {
			case isSDL && strings.HasPrefix(name, "query"):
				queries = append(queries, name)
			case isSDL:
				subgraphs[name] = c.File(file)
			}
		}
		g := graph.Build(schematest.Supergraph(t, subgraphs))
		seen := map[string]string{}
		for _, name := range queries {
			options := plan.Options{}
			if strings.HasSuffix(name, "_on") {
				options.Labels = map[string]bool{"move": true}
			}
			op := normalized(t, g, c.File(name+".graphql"), c.File("variables.json"))
			seen["plan"+strings.TrimPrefix(name, "query")] = planText(g, op, options)
		}
		return seen
	})
}

func planText(g *graph.Graph, op *operation.Operation, options plan.Options) string {
	p, err := plan.Build(g, op, options)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	return p.String()
}

// normalized prepares the only operation of a document for variables in JSON.
func normalized(t testing.TB, g *graph.Graph, query, variables string) *operation.Operation {
	t.Helper()
	return prepare(t, operation.NewParser(g.Supergraph.API, operation.Options{}), query, variables)
}

func prepare(t testing.TB, parser *operation.Parser, query, variables string) *operation.Operation {
	t.Helper()
	doc, errs := parser.Parse(query)
	if errs != nil {
		t.Fatal(errs)
	}
	values, errs := doc.Definitions()[0].Coerce([]byte(variables))
	if errs != nil {
		t.Fatal(errs)
	}
	op, errs := values.Key().Normalize()
	if errs != nil {
		t.Fatal(errs)
	}
	return op
}
