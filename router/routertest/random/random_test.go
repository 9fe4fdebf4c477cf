package random

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/mock"
)

// TestWorldsFit holds for made-up worlds that SDLs and data fit together:
// asked for anything in its schema, a subgraph fails only what it must not be
// asked for, or what was made to fail.
func TestWorldsFit(t *testing.T) {
	valid, all := 0, 0
	for seed := range uint64(100) {
		world := Generate(seed)
		schemas := map[string]*mock.Schema{}
		for _, g := range world.Subgraphs {
			schema, err := mock.ParseSubgraph(g.SDL)
			if err != nil {
				t.Fatalf("seed %d, %s: %v\n%s", seed, g.Name, err, g.SDL)
			}
			schemas[g.Name] = schema
		}
		graph, err := mock.ParseGraph(world.Data, schemas)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for name, schema := range schemas {
			for i := range uint64(5) {
				op := NewOperation(schema.AST(), seed*5+i)
				r := mock.Execute(context.Background(), schema, graph.Run().Subgraph(name), mock.Request{Query: op.Query, Variables: op.Variables})
				if all++; r.Data != nil {
					valid++
				}
				for _, e := range r.Errors {
					if r.Data != nil && !expected(e.Message) {
						t.Errorf("seed %d, %s: %v %s\n%s", seed, name, e.Path, e.Message, op.Query)
					}
				}
			}
		}
	}
	if valid < all*9/10 {
		t.Errorf("only %d of %d operations are valid", valid, all)
	}
}

func expected(message string) bool {
	for _, part := range []string{"made-up error", "must not be asked for it", "can only be asked for it by a representation"} {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

// TestSameSeed holds that a seed always makes the same.
func TestSameSeed(t *testing.T) {
	for seed := range uint64(20) {
		a, b := Generate(seed), Generate(seed)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d makes two worlds", seed)
		}
		schema, err := mock.ParseSubgraph(a.Subgraphs[0].SDL)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(NewOperation(schema.AST(), seed), NewOperation(schema.AST(), seed)) {
			t.Fatalf("seed %d makes two operations", seed)
		}
	}
}

// TestVariety holds that the worlds have all that they are made for.
func TestVariety(t *testing.T) {
	var all strings.Builder
	for seed := range uint64(200) {
		world := Generate(seed)
		for _, g := range world.Subgraphs {
			all.WriteString(g.SDL)
			if !strings.HasPrefix(g.SDL, "extend schema") {
				all.WriteString("federation 1")
			}
		}
		all.Write(world.Data)
	}
	for _, feature := range []string{
		`resolvable: false`, `"id zone"`, `"ref { id }"`, `"refs { id code }"`, `"id marks"`, `"id parent { id }"`, `interface Node implements Base`, `@shareable`, `@external`, `@requires(`, `@provides(`, `... on `,
		`@override(from: `, `label: "never"`, `@interfaceObject`, `interface Node @key`, `union Either`, `@inaccessible`, `extend type`, `federation 1`,
		`type Mutation`, `input Filter`, `scalar Stamp`, `[[`, `type Part0`, `$absent`, `$error`, `$pick`, `$hash`,
	} {
		if !strings.Contains(all.String(), feature) {
			t.Errorf("no world has %s", feature)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for seed := uint64(0); b.Loop(); seed++ {
		Generate(seed)
	}
}
