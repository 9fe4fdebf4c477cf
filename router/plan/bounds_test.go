package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

const joinHeader = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
`

// wideGraph is a supergraph of n subgraphs that all resolve entity T by the same
// key, have a value type V without a key, share some fields and own others.
func wideGraph(t testing.TB, n int) *graph.Graph {
	t.Helper()
	var b strings.Builder
	each := func(format string) {
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
	}
	b.WriteString(joinHeader + "enum join__Graph {")
	each(` G# @join__graph(name: "g#", url: "")`)
	b.WriteString(" }\ntype Query")
	each(" @join__type(graph: G#)")
	b.WriteString(" { t: T }\ntype T")
	each(` @join__type(graph: G#, key: "id")`)
	b.WriteString(" { id: ID! s: String n: T v: V")
	each(" f#: String @join__field(graph: G#) c#: T @join__field(graph: G#)")
	b.WriteString(" }\ntype V")
	each(" @join__type(graph: G#)")
	b.WriteString(" { s: String v: V")
	each(" f#: String @join__field(graph: G#)")
	b.WriteString(" }\n")
	return parseGraph(t, b.String())
}

// explosive is a supergraph with an interface of n types, none of whose fields
// any subgraph resolves for all types, and which lead back to the interface.
func explosive(t testing.TB, n int) *graph.Graph {
	t.Helper()
	var b strings.Builder
	b.WriteString(joinHeader + `enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "b", url: "") }
type Query @join__type(graph: A) @join__type(graph: B) { i: I @join__field(graph: A) }
interface I @join__type(graph: A) @join__type(graph: B) { id: ID! i: I }
`)
	for k := range n {
		external := [2]string{"", ", external: true"}
		fmt.Fprintf(&b, `type T%d implements I
  @join__implements(graph: A, interface: "I") @join__implements(graph: B, interface: "I")
  @join__type(graph: A, key: "id") @join__type(graph: B, key: "id")
{ id: ID! i: I @join__field(graph: A%s) @join__field(graph: B%s) }
`, k, external[k%2], external[(k+1)%2])
	}
	return parseGraph(t, b.String())
}

func parseGraph(t testing.TB, sdl string) *graph.Graph {
	t.Helper()
	s, err := supergraph.Parse(sdl)
	if err != nil {
		t.Fatal(err)
	}
	return graph.Build(s)
}

func fields(n int) string {
	var b strings.Builder
	b.WriteString("s")
	for i := range n {
		fmt.Fprintf(&b, " f%d", i)
	}
	return b.String()
}

func nested(name string, depth int, leaf string) string {
	return strings.Repeat("{ "+name+" ", depth) + "{ " + leaf + " }" + strings.Repeat(" }", depth)
}

// TestBounds plans hostile operations: each either has a plan with as many
// fetches as there must be, or is refused because a bound is reached. That the
// test ends is the point.
func TestBounds(t *testing.T) {
	wide, explosion := wideGraph(t, 30), explosive(t, 20)
	var many strings.Builder
	many.WriteString("{")
	for i := range 50 {
		fmt.Fprintf(&many, " a%d: t { %s n { %s } }", i, fields(30), fields(30))
	}
	many.WriteString(" }")
	for _, c := range []struct {
		name    string
		graph   *graph.Graph
		query   string
		fetches int
		err     string
	}{
		{"every subgraph once", wide, "{ t { " + fields(30) + " } }", 30, ""},
		{"nested entities", wide, "{ t { " + fields(30) + " n { " + fields(30) + " n { " + fields(30) + " } } } }", 30, ""},
		{"nested values", wide, "{ t { v { " + fields(30) + " v { " + fields(30) + " } } } }", 30, ""},
		{"deep entities", wide, "{ t " + nested("n", 100, "f0 f1") + " }", 2, ""},
		{"deep values", wide, "{ t " + nested("v", 100, "f0 f1") + " }", 2, ""},
		{"thousands of fields", wide, many.String(), 30, ""},
		{"one level of types", explosion, "{ i " + nested("i", 1, "id") + " }", 2, ""},
		{"types at every level", explosion, "{ i " + nested("i", 12, "id") + " }", 0, "too complex to plan"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := plan.Build(c.graph, normalized(t, c.graph, c.query, ""), plan.Options{})
			switch {
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Fatalf("error %v, want one with %q", err, c.err)
			case c.err == "" && err != nil:
				t.Fatal(err)
			case c.err == "" && len(p.Fetches) != c.fetches:
				t.Fatalf("%d fetches, want %d", len(p.Fetches), c.fetches)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, c := range []struct {
		name, query string
		subgraphs   int
	}{
		{"3 subgraphs", "{ t { " + fields(3) + " n { " + fields(3) + " } } }", 3},
		{"10 subgraphs", "{ t { " + fields(10) + " n { " + fields(10) + " } } }", 10},
		{"100 subgraphs", "{ t { " + fields(100) + " n { " + fields(100) + " } } }", 100},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkBuild(b, wideGraph(b, c.subgraphs), c.query) })
	}
	dir := os.Getenv("SHOPGRAPH_CASES")
	sdl, err := os.ReadFile(filepath.Join(dir, "bench/supergraph.graphql"))
	if err != nil {
		return // the shared benchmark is not here
	}
	query, err := os.ReadFile(filepath.Join(dir, "bench/query.graphql"))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("gateways benchmark", func(b *testing.B) { benchmarkBuild(b, parseGraph(b, string(sdl)), string(query)) })
}

func benchmarkBuild(b *testing.B, g *graph.Graph, query string) {
	op := normalized(b, g, query, "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := plan.Build(g, op, plan.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
