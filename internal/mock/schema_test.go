package mock

import (
	"context"
	"strings"
	"testing"
)

func TestBadSDL(t *testing.T) {
	for _, c := range []struct{ name, sdl, want string }{
		{"empty", "", "defines no types"},
		{"only a comment", "# nothing", "defines no types"},
		{"syntax", "type Query {", "does not parse"},
		{"undefined type", "type Query { a: Nope }", "Undefined type Nope"},
		{"key does not parse", `type A @key(fields: "id {") { id: ID }`, "A @key"},
		{"key without fields", `type A @key { id: ID }`, "A @key: has no argument \"fields\""},
		{"key of two selections", `type A @key(fields: "id } { id") { id: ID }`, "not one selection"},
		{"key that is a fragment", `type A @key(fields: "id } fragment F on A { id") { id: ID }`, "not one selection"},
		{"requires does not parse", `type A @key(fields: "id") { id: ID b: Int @requires(fields: "(") }`, "A.b @requires"},
		{"default of the wrong type", `type Query { a(x: Int = "1"): Int }`, `Query.a: the default of "x"`},
		{"default that contains itself", `input A { a: A = {} } type Query { a(x: A): Int }`, "contains itself"},
		{"query is no object", `scalar Query`, "base type is a SCALAR"},
		{"schema without query", `schema { mutation: M } type M { a: Int }`, "no query type"},
		{"two types of a name", `type A { a: Int } type A { a: Int } type Query { a: A }`, "Cannot redeclare type A"},
		{"interface not implemented", `interface I { a: Int } type Query implements I { b: Int }`, "it must have a field called a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := ParseSubgraph(c.sdl); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestBadFixtures(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{`[]`, "a fixture has"},
		{`{"queries": {}}`, `unknown field "queries"`},
		{`{"query": {"a": {"$ref": "x"}}}`, `query.a: $ref "x" is not among the objects`},
		{`{"query": {"a": [{"b": {"$error": 1}}]}}`, `query.a[0].b: $error has the wrong shape`},
		{`{"query": {"a": [{"$args": []}]}}`, `query.a[0]: $args and $step stand for a whole field`},
		{`{"query": {"a": {"$args": [{}]}}}`, `query.a.$args[0] has the wrong shape`},
		{`{"query": {"a": {"$args": {}}}}`, `query.a: $args has the wrong shape`},
		{`{"query": {"a": {"$step": {"m": "x"}}}}`, `query.a: $step has the wrong shape`},
		{`{"objects": {"a": {"b": {"$step": {"m": "x", "to": 1}, "else": {"$ref": 1}}}}}`, `objects.a.b.else: $ref 1 is not`},
		{`{"entities": {"A": [{"match": {}, "value": {"$ref": ""}}]}}`, `entities.A[0]: $ref "" is not`},
	} {
		if _, err := ParseFixture([]byte(c.json)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.json, err, c.want)
		}
	}
}

// FuzzParseSubgraph holds that any SDL is refused, or becomes a schema that
// can be introspected.
func FuzzParseSubgraph(f *testing.F) {
	f.Add(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", {name: "@shareable", as: "@s"}])
		type A @key(fields: "id b { c }", resolvable: false) { id: ID! b: B @s } type B { c: Int }`)
	f.Add(`extend type Query { a(x: I = {y: [E, null]}): [[Int!]] } input I { y: [J] } enum J { E @deprecated } union U = Query scalar S @specifiedBy(url: "x")`)
	f.Add(`schema @link(url: "x", import: 1) { query: Q } type Q @key(fields: ["a", "b"]) { a: Int } directive @d(a: Int = 1) repeatable on FIELD | OBJECT`)
	f.Fuzz(func(t *testing.T, sdl string) {
		schema, err := ParseSubgraph(sdl)
		if err != nil {
			return
		}
		data, err := ParseFixture([]byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		r := Execute(context.Background(), schema, data, Request{Query: `{ _service { sdl } __schema { types { name kind possibleTypes { name } fields { name args { name defaultValue type { name } } type { name ofType { name } } } } directives { name args { name } } } }`})
		if len(r.Errors) > 0 {
			t.Errorf("introspection has errors: %v", r.Errors)
		}
	})
}
