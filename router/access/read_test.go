package access

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// sdl is a supergraph with these links and this type Query.
func sdl(links, query string) string {
	return `schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
  ` + links + `
{
  query: Query
}
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @authenticated on FIELD_DEFINITION | OBJECT
directive @requiresScopes(scopes: [[String]]) on FIELD_DEFINITION | OBJECT
directive @policy(policies: [[String]]) on FIELD_DEFINITION | OBJECT
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { A @join__graph(name: "a", url: "http://a") }
type Query @join__type(graph: A) { ` + query + ` }`
}

func read(t *testing.T, links, query string) (*Rules, error) {
	t.Helper()
	s, err := supergraph.Parse(sdl(links, query))
	if err != nil {
		t.Fatal(err)
	}
	return New(s, Options{})
}

// What is not understood is not passed over.
func TestSupergraphsThatAreNotUnderstood(t *testing.T) {
	const scopes = `@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)`
	for name, c := range map[string]struct{ links, query, want string }{
		"a later version":       {`@link(url: "https://specs.apollo.dev/authenticated/v0.2", for: SECURITY)`, "a: Int", "authenticated/v0.2, of which only v0.1 is known"},
		"a version that is not": {`@link(url: "https://specs.apollo.dev/policy", for: SECURITY)`, "a: Int", "of which only v0.1 is known"},
		"no link":               {"", "a: Int @authenticated", `protects type "Query" with @authenticated and does not link`},
		"another link":          {scopes, `a: Int @policy(policies: [["a"]])`, `with @policy and does not link`},
		"no argument":           {scopes, `a: Int @requiresScopes`, `@requiresScopes of "Query.a" at line 19: scopes is missing`},
		"numbers":               {scopes, `a: Int @requiresScopes(scopes: [[1]])`, `scopes is [[1]]; it must be a list of lists of names`},
		"null":                  {scopes, `a: Int @requiresScopes(scopes: null)`, "must be a list of lists"},
	} {
		if _, err := read(t, c.links, c.query); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSupergraphsWithoutProtection(t *testing.T) {
	for name, c := range map[string]struct{ links, query string }{
		"nothing":         {"", "a: Int"},
		"a link alone":    {`@link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)`, "a: Int"},
		"someone's own":   {`@link(url: "https://shop.example/authenticated/v1.0", import: ["@authenticated"])`, "a: Int @authenticated"},
		"under its alias": {`@link(url: "https://specs.apollo.dev/policy/v0.1", as: "rule") @link(url: "https://shop.example/policy/v1.0")`, `a: Int @policy(policies: [["a"]])`},
	} {
		if rules, err := read(t, c.links, c.query); rules != nil || err != nil {
			t.Errorf("%s: %+v, %v", name, rules, err)
		}
	}
}

// A single value stands for a list of it, as everywhere in GraphQL. None of no
// alternatives is fulfilled by nobody, an empty one by everybody.
func TestAlternatives(t *testing.T) {
	for arg, c := range map[string]struct{ none, a bool }{
		`"a"`: {false, true}, `["a"]`: {false, true}, `[["a"]]`: {false, true}, `[["a", "b"]]`: {false, false}, `[["a", "b"], ["a"]]`: {false, true},
		`[]`: {false, false}, `[[]]`: {true, true},
	} {
		rules, err := read(t, `@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)`, "a: Int @requiresScopes(scopes: "+arg+")")
		if err != nil {
			t.Fatal(err)
		}
		none := rules.demands[0].met(func(string) bool { return false })
		a := rules.demands[0].met(func(name string) bool { return name == "a" })
		if none != c.none || a != c.a {
			t.Errorf("%s: %v without scopes and %v with a, want %+v", arg, none, a, c)
		}
	}
}

func TestImplied(t *testing.T) {
	of := func(alternatives ...[]string) demand { return demand{kind: requiresScopes, alternatives: alternatives} }
	type names = []string
	long := make([][]string, 60)
	for i := range long {
		long[i] = names{strings.Repeat("x", i+1)}
	}
	for name, c := range map[string]struct {
		d      demand
		others []demand
		want   bool
	}{
		"itself":               {of(names{"a"}), []demand{of(names{"a"})}, true},
		"by more":              {of(names{"a"}), []demand{of(names{"a", "b"})}, true},
		"by less":              {of(names{"a", "b"}), []demand{of(names{"a"})}, false},
		"together":             {of(names{"a", "b"}), []demand{of(names{"a"}), of(names{"b"})}, true},
		"one of two":           {of(names{"a"}, names{"b"}), []demand{of(names{"a"})}, true},
		"by one of two":        {of(names{"a"}), []demand{of(names{"a"}, names{"b"})}, false},
		"by nothing":           {of(names{"a"}), nil, false},
		"by the login":         {of(names{"a"}), []demand{{kind: authenticated}}, false},
		"the login":            {demand{kind: authenticated}, []demand{of(names{"a"}), {kind: authenticated}}, true},
		"the login by scopes":  {demand{kind: authenticated}, []demand{of(names{"a"})}, false},
		"too long to find out": {of(long...), []demand{of(long...), of(long...)}, false},
	} {
		if got := c.d.impliedBy(c.others); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
