package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/schematest"
)

// TestBuild composes the subgraphs of each testdata/*.txtar, prints their query
// graph, and answers the questions in ask: lines of the form
//
//	Type@subgraph Type@subgraph … reach
//	Type@subgraph … resolve { field set }
func TestBuild(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		sdls := map[string]string{}
		for _, file := range c.Names() {
			if name, ok := strings.CutSuffix(file, ".graphql"); ok {
				sdls[name] = c.File(file)
			}
		}
		g := graph.Build(schematest.Supergraph(t, sdls))
		checkHaving(t, g)
		seen := map[string]string{"graph": g.String()}
		if c.Has("ask") {
			var b strings.Builder
			for line := range strings.Lines(c.File("ask")) {
				fmt.Fprintf(&b, "%s%s", line, answer(t, g, strings.TrimSpace(line)))
			}
			seen["answers"] = b.String()
		}
		return seen
	})
}

// checkHaving compares Having with asking every node.
func checkHaving(t *testing.T, g *graph.Graph) {
	t.Helper()
	want := map[[2]string][]*graph.Node{}
	for _, n := range g.Nodes() {
		for _, field := range n.Type.FieldNames {
			of := [2]string{n.Type.Name, field}
			nodes := want[of]
			if n.Field(field) != nil {
				nodes = append(nodes, n)
			}
			want[of] = nodes
		}
	}
	for of, nodes := range want {
		if got := g.Having(of[0], of[1]); !slices.Equal(got, nodes) {
			t.Errorf("Having(%s, %s) = %v, want %v", of[0], of[1], got, nodes)
		}
	}
}

func answer(t *testing.T, g *graph.Graph, question string) string {
	t.Helper()
	head, set, _ := strings.Cut(question, " resolve ")
	var from []*graph.Node
	var typeName string
	for word := range strings.FieldsSeq(head) {
		if word == "reach" {
			continue
		}
		name, subgraph, _ := strings.Cut(word, "@")
		n := g.Node(g.Supergraph.Subgraph(subgraph), name)
		if n == nil {
			t.Fatalf("there is no node %s", word)
		}
		typeName, from = name, append(from, n)
	}
	var b strings.Builder
	if set != "" {
		rank, ok := g.Resolves(from, typeName, fieldSet(t, set))
		fmt.Fprintf(&b, "  %v, after %d\n", ok, rank)
	} else {
		for _, r := range g.Reach(from, typeName) {
			fmt.Fprintf(&b, "  %d: { %s } -> %s\n", r.Rank, graph.Text(r.Key.Fields), r.Node)
		}
	}
	return b.String()
}

func fieldSet(t *testing.T, text string) ast.SelectionSet {
	t.Helper()
	set, err := federation.ParseFieldSet(text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestRoots(t *testing.T) {
	g := graph.Build(schematest.Supergraph(t, map[string]string{
		"a": "type Query { x: Int } type Mutation { m: Int }",
		"b": "type Query { y: Int }",
	}))
	for _, c := range []struct {
		kind ast.Operation
		want string
	}{{ast.Query, "[Query@a Query@b]"}, {ast.Mutation, "[Mutation@a]"}, {ast.Subscription, "[]"}} {
		if got := fmt.Sprint(g.Roots(c.kind)); got != c.want {
			t.Errorf("Roots(%s) = %s, want %s", c.kind, got, c.want)
		}
	}
}
