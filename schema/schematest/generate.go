package schematest

import (
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// Generate returns subgraphs that each own some entities and extend those of the
// next subgraph, with lists, arguments, input types, descriptions, tags and
// references between them. They compose.
func Generate(subgraphs, types int) []subgraph.Source {
	out := make([]subgraph.Source, subgraphs)
	for s := range out {
		next := (s + 1) % subgraphs
		var b strings.Builder
		b.WriteString(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable", "@external", "@requires", "@tag"])` + "\n")
		fmt.Fprintf(&b, "type Query { s%d: S%dT0 list%d(first: Int = 10, filter: F%d): [S%dT1!]! }\ninput F%d { a: Int b: [String!] }\n", s, s, s, s, s, s)
		for t := range types {
			fmt.Fprintf(&b, "\"\"\"A type\"\"\"\ntype S%dT%d @key(fields: \"id\") { id: ID! name: String! @tag(name: \"x\") next: S%dT%d other: S%dT%d items(first: Int): [S%dT%d!]! }\n",
				s, t, s, (t+1)%types, next, t, s, (t*7+3)%types)
			fmt.Fprintf(&b, "extend type S%dT%d @key(fields: \"id\") { id: ID! extra%d: Int }\n", next, t, s)
		}
		name := fmt.Sprintf("s%d", s)
		out[s] = subgraph.FromSDL(name, "http://"+name, b.String())
	}
	return out
}
