package routertest

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// small is the federation of testdata/federation.txtar before a router that
// answers whatever is given.
func small(t *testing.T, router Router) *Federation {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/federation.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	subgraphs := []Subgraph{{Name: "users", SDL: files["users.graphql"]}, {Name: "reviews", SDL: files["reviews.graphql"]}}
	compose := func([]Subgraph) (string, error) { return files["supergraph.graphql"], nil }
	build := func(string, http.RoundTripper) (Router, error) { return router, nil }
	f, err := NewFederation(subgraphs, []byte(files["data.json"]), compose, build)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestCompare holds that the comparison sees what is wrong, and only that.
func TestCompare(t *testing.T) {
	for _, c := range []struct{ name, query, answer, problem string }{
		{"right", "{me{name reviews}}", `{"data":{"me":{"name":"Ada","reviews":["good","bad"]}}}`, ""},
		{"right with spaces", "{me{name}}", `{ "data" : { "me" : { "name" : "\u0041da" } } }`, ""},
		{"wrong value", "{me{name}}", `{"data":{"me":{"name":"Bob"}}}`, "data differs"},
		{"extra field", "{me{name}}", `{"data":{"me":{"name":"Ada","id":"1"}}}`, "data differs"},
		{"other order of fields", "{me{name id}}", `{"data":{"me":{"id":"1","name":"Ada"}}}`, "order of fields"},
		{"other order of elements", "{me{reviews}}", `{"data":{"me":{"reviews":["bad","good"]}}}`, "data differs"},
		{"needless errors", "{me{name}}", `{"data":{"me":{"name":"Ada"}},"errors":[{"message":"m"}]}`, "must be no errors"},
		{"right errors", "{broken}", `{"data":{"broken":null},"errors":[{"message":"m","path":["broken"]}]}`, ""},
		{"errors at another path", "{broken}", `{"data":{"broken":null},"errors":[{"message":"m","path":["me"]}]}`, "errors are at other places"},
		{"missing errors", "{broken}", `{"data":{"broken":null}}`, "errors are missing"},
		{"refused", "{nope}", `{"errors":[{"message":"m"}]}`, ""},
		{"not refused", "{nope}", `{"data":{"nope":null}}`, "must be refused"},
		{"no JSON", "{me{name}}", `oops`, "no JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := small(t, func(context.Context, string, map[string]any) []byte { return []byte(c.answer) })
			problem := f.Compare(t.Context(), c.query, nil)
			if c.problem == "" && problem != "" || !strings.Contains(problem, c.problem) {
				t.Errorf("got %q, want %q", problem, c.problem)
			}
		})
	}
}

// TestMonolithAgreesWithItself holds that the right answer always passes.
func TestMonolithAgreesWithItself(t *testing.T) {
	var f *Federation
	f = small(t, func(ctx context.Context, query string, variables map[string]any) []byte {
		return f.Expected(ctx, query, variables).JSON()
	})
	for _, query := range []string{"{me{...F}} fragment F on User{a:name reviews __typename}", "{broken me{id}}", "{nope}"} {
		if problem := f.Compare(t.Context(), query, nil); problem != "" {
			t.Errorf("%s: %s", query, problem)
		}
	}
}
