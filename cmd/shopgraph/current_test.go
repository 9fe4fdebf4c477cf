package main

import (
	"os"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// The committed supergraph is what the subgraphs compose to, and docs/api holds
// the schema that clients see of it.
func TestGeneratedSchemasAreCurrent(t *testing.T) {
	listed, err := readSupergraphYAML("../../supergraph.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var sources []subgraph.Source
	for _, s := range listed {
		text, err := s.Schema.read()
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, subgraph.FromSDL(s.name, s.RoutingURL, text))
	}
	composed, err := compose.Supergraph(sources)
	if err != nil {
		t.Fatal(err)
	}
	if composed.SDL != schema.Supergraph {
		t.Error("schema/supergraph.graphql is not what the subgraphs compose to: compose it again")
	}
	parsed, err := supergraph.Parse(schema.Supergraph)
	if err != nil {
		t.Fatal(err)
	}
	var api strings.Builder
	printAPI(&api, parsed.API)
	if committed, err := os.ReadFile("../../docs/api/schema.graphql"); err != nil || string(committed) != api.String() {
		t.Errorf("docs/api/schema.graphql is not what clients see (%v): run \"make generate\"", err)
	}
}
