// Package mock serves GraphQL schemas from data: the servers of our tests, and
// of "shopgraph mock".
//
//	SDL  ──ParseSchema──▶ Schema ─┐
//	                              ├─ Execute(operation) ──▶ Response
//	JSON ──(fixtures, graph)──▶ Data ─┘
//
// Execute is a real GraphQL executor, written from the specification and
// sharing nothing with the router, so that the two can check each other:
// complete validation (gqlparser's rules and what they lack), variable and
// argument coercion, fragments, @skip and @include, abstract types checked
// against the schema's possible types, result coercion, null propagation,
// errors with paths and locations, introspection. A subgraph's SDL also gets
// _service and _entities, of Federation 1 and 2.
//
// What the data is, is another question. Fixtures answers from recorded cases;
// a Graph is one set of objects of which each subgraph shows its part, and the
// monolith all; package plausible invents some.
package mock

// Data is where answers come from.
type Data interface {
	// Root gives the object of "query" or "mutation", on which the operation's
	// root fields are resolved.
	Root(operation string) Object
	// Entity resolves one representation of _entities: an Object, nil when
	// there is none, or an error. typename is its __typename, which the schema
	// has as an object or interface type.
	Entity(typename string, representation map[string]any) any
}

// Object is an object of the data. Field gives one of these values:
//
//   - nil
//   - bool, string, int, int64, float64 or json.Number: a leaf, checked against the
//     declared type when it is written
//   - []any: a list of such values
//   - an Object
//   - map[string]any: a custom scalar's JSON object
//   - an error: the field (or list element) fails with its message
type Object interface {
	// Typename is the object's concrete type. Where the schema declares an
	// object type it is not asked.
	Typename() string
	// Field resolves a field. args holds the coerced arguments; it is nil for
	// a field that declares none, and must not be changed.
	Field(name string, args map[string]any) any
}
