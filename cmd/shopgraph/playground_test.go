package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/server/playground"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// What the playground offers is valid for the shop's own supergraph, with its
// variables, and asked by an account that there is.
func TestThePlaygroundsExamples(t *testing.T) {
	s, err := supergraph.Parse(schema.Supergraph)
	if err != nil {
		t.Fatal(err)
	}
	parser := operation.NewParser(s.API, operation.Options{Suggestions: true})
	valid := func(name, query string, variables map[string]any) {
		doc, errs := parser.Parse(query)
		if errs != nil {
			t.Fatalf("%s: %v", name, errs)
		}
		definition, errs := doc.Operation("")
		if errs != nil {
			t.Fatalf("%s: %v", name, errs)
		}
		given, _ := json.Marshal(variables)
		if _, errs := definition.Coerce(given); errs != nil {
			t.Errorf("%s: %v", name, errs)
		}
	}
	page := demoPage(demodata.Usual)
	for _, a := range page.Login.Accounts {
		valid("the login of "+a.Name, page.Login.Query, a.Variables)
	}
	for _, e := range page.Examples {
		valid(e.Name, e.Query, e.Variables)
		if e.Account != "" && !slices.ContainsFunc(page.Login.Accounts, func(a playground.Account) bool { return a.Name == e.Account }) {
			t.Errorf("%s: there is no account %q", e.Name, e.Account)
		}
	}
	if _, errs := parser.Parse(page.Query); errs != nil {
		t.Error(errs)
	}
}

// TestPlaygroundOperations: what the playground sends is among the operations that
// schema checks protect.
func TestPlaygroundOperations(t *testing.T) {
	page := demoPage(demodata.Usual)
	var b strings.Builder
	b.WriteString("# What the playground sends, from cmd/shopgraph/playground.go. Written by its test with -update.\n\n# Login\n" + page.Login.Query + "\n")
	for _, e := range page.Examples {
		b.WriteString("\n# " + e.Name + "\n" + strings.TrimSpace(e.Query) + "\n")
	}
	goldentest.Page(t, "../../schema/operations/playground.graphql", b.String())
}
