package main

import (
	"context"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/mock/plausible"
	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/introspection"
)

// wholeSchema is a schema with all that introspection tells.
const wholeSchema = `
"""
A description
in "two" lines.
"""
schema { query: Root mutation: Change }
directive @client(x: [Int!]! = [1] @deprecated(reason: "x"), y: I = {a: 1}) repeatable on FIELD | QUERY
"roots" type Root implements N & M { id: ID! "f" a("arg" x: Int = 1, e: E = P, i: I = {a: 1, n: {a: 2}}, s: String = "quo\"te\n"): [[S!]!] @deprecated(reason: "say \"why\"") u: U one(o: O): Int }
type Change { a: Int }
interface N { id: ID! }
interface M implements N { id: ID! }
union U = Root | Change
enum E { "v" P Q @deprecated R @deprecated(reason: "r") }
input I { "i" a: Int = 3 n: I old: Int @deprecated(reason: "old") }
input O @oneOf { a: Int b: Int }
scalar S @specifiedBy(url: "https://example.com/\"s\"")
scalar T
type Unused { t: T }
`

// TestIntrospectionRoundTrip asks a server for its schema, in the newest and the oldest way, and
// compares what it tells with what it serves. What the oldest leaves out is listed.
func TestIntrospectionRoundTrip(t *testing.T) {
	served, err := mock.ParseSchema(wholeSchema)
	if err != nil {
		t.Fatal(err)
	}
	last := len(introspection.Queries) - 1
	for i, want := range map[int]string{0: "", last: `safe DIRECTIVE_REPEATABLE_ADDED @client
safe DIRECTIVE_ARGUMENT_ADDED @client(x:)
safe INPUT_FIELD_ADDED I.old
breaking DIRECTIVE_USAGE_INPUT_OBJECT_ADDED O @oneOf
dangerous DIRECTIVE_USAGE_SCALAR_ADDED S @specifiedBy
`} {
		answer := mock.Execute(context.Background(), served, plausible.New(served, plausible.Options{}), mock.Request{Query: introspection.Queries[i]})
		sdl, err := introspection.SDL(answer.JSON())
		if err != nil {
			t.Fatalf("%v\n%s", err, answer.JSON())
		}
		var got strings.Builder
		for _, c := range check.Diff(readSDL(t, sdl), readSDL(t, wholeSchema)) {
			got.WriteString(c.Class.String() + " " + c.ID() + "\n")
		}
		if got.String() != want {
			t.Errorf("query %d tells otherwise:\n%s\n%s", i, got.String(), sdl)
		}
	}
}

func readSDL(t *testing.T, sdl string) *ast.Schema {
	t.Helper()
	s, err := check.Read(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatalf("%v\n%s", err, sdl)
	}
	return s
}
