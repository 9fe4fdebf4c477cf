package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// The committed supergraph is what the subgraphs compose to, and docs/api holds
// the schema that clients see of it.
func TestGeneratedSchemasAreCurrent(t *testing.T) {
	var out, errs bytes.Buffer
	status := run(t.Context(), []string{"compose", "--config", "../../supergraph.yaml"}, stdio{out: &out, err: &errs})
	if status != exitOK || strings.TrimSpace(out.String()) != strings.TrimSpace(schema.Supergraph) {
		t.Errorf("schema/supergraph.graphql is not what the subgraphs compose to (status %d): run \"make compose generate\"\n%s", status, &errs)
	}
	parsed, err := supergraph.Parse(schema.Supergraph)
	if err != nil {
		t.Fatal(err)
	}
	var api strings.Builder
	printAPI(&api, parsed.API)
	if committed, err := os.ReadFile("../../docs/api/schema.graphql"); err != nil || string(committed) != api.String() {
		t.Errorf("docs/api/schema.graphql is not what clients see (%v): run \"make compose generate\"", err)
	}
}
