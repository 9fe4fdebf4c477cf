package mock

import (
	"context"
	"testing"
)

// BenchmarkExecute measures a whole request: parsing, validation and execution
// of a small and of a wide query.
func BenchmarkExecute(b *testing.B) {
	schema, err := ParseSchema(`
		type Query { users: [User!]! user(id: ID! = "1"): User }
		type User { id: ID! name: String friends: [User!]! score(by: Float = 1): Int }`)
	if err != nil {
		b.Fatal(err)
	}
	objects := ""
	for _, id := range []string{"a", "b", "c", "d"} {
		objects += `,"` + id + `":{"__typename":"User","id":"` + id + `","name":"Ada Lovelace","score":{"$hash":"Int"},"friends":[{"$ref":"a"},{"$ref":"b"},{"$ref":"c"},{"$ref":"d"}]}`
	}
	graph, err := ParseGraph([]byte(`{"Query":{"user":{"$ref":"a"},"users":[{"$ref":"a"},{"$ref":"b"},{"$ref":"c"},{"$ref":"d"}]}`+objects+`}`), nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, query string }{
		{"small", `{ user { id name } }`},
		{"wide", `query ($by: Float) { users { ...F friends { ...F friends { ...F } } } } fragment F on User { id name score(by: $by) __typename }`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := Execute(context.Background(), schema, graph.Run().Monolith(schema), Request{Query: c.query})
				if len(r.Errors) > 0 {
					b.Fatal(r.Errors)
				}
			}
		})
	}
}
