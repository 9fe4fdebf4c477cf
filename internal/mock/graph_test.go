package mock

import (
	"context"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestGraph asks the views of one graph: api.graphql is the monolith's schema,
// every other NAME.graphql a subgraph; NAME.query and NAME.x.query go to NAME.
func TestGraph(t *testing.T) {
	goldentest.Run(t, "testdata/graph", func(t *testing.T, c *goldentest.Case) map[string]string {
		schemas := map[string]*Schema{}
		for _, file := range c.Names() {
			name, ok := strings.CutSuffix(file, ".graphql")
			if !ok || name == "api" {
				continue
			}
			schema, err := ParseSubgraph(c.File(file))
			if err != nil {
				t.Fatal(name, err)
			}
			schemas[name] = schema
		}
		api, err := ParseSchema(c.File("api.graphql"))
		if err != nil {
			t.Fatal(err)
		}
		graph, err := ParseGraph([]byte(c.File("data.json")), schemas)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, file := range c.Names() {
			query, ok := strings.CutSuffix(file, ".query")
			if !ok {
				continue
			}
			request := Request{Query: c.File(file)}
			if text := c.File(query + ".variables"); text != "" {
				if err := decodeJSON([]byte(text), &request.Variables); err != nil {
					t.Fatal(err)
				}
			}
			run := graph.Run()
			schema, data := api, run.Monolith(api)
			if name, _, _ := strings.Cut(query, "."); schemas[name] != nil {
				schema, data = schemas[name], run.Subgraph(name)
			}
			seen[query+".answer"] = readable(t, Execute(context.Background(), schema, data, request))
		}
		return seen
	})
}
