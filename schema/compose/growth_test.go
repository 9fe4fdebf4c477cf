package compose_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

const growthLink = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@override", "@interfaceObject", "@external", "@requires"])
`

// sourcesOf makes one subgraph of each text.
func sourcesOf(texts []string) []subgraph.Source {
	out := make([]subgraph.Source, len(texts))
	for i, text := range texts {
		out[i] = subgraph.FromSDL(fmt.Sprintf("s%d", i), fmt.Sprintf("http://s%d", i), growthLink+text)
	}
	return out
}

// families are supergraphs of a growing number of subgraphs, each hard in its own
// way for a proof that goes through all paths.
var families = map[string]func(n int) []subgraph.Source{
	// Types of each subgraph and of the next one refer to each other.
	"mesh": func(n int) []subgraph.Source { return schematest.Generate(n, 10) },
	// All subgraphs extend one entity, which refers to itself in each of them.
	"hub": func(n int) []subgraph.Source {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf("type Query { q%d: Hub } type Hub @key(fields: \"id\") { id: ID! f%d: Int hub%d: Hub }", i, i, i)
		}
		return sourcesOf(texts)
	},
	// Each subgraph knows the key of the one before and gives that of the next.
	"key chain": func(n int) []subgraph.Source {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf("type Query { q%d: T } type T @key(fields: \"k%d\") @key(fields: \"k%d\") { k%d: ID! @shareable k%d: ID! @shareable f%d: T }", i, i, (i+1)%n, i, (i+1)%n, i)
		}
		return sourcesOf(texts)
	},
	// Keys are nested in each other's types.
	"nested keys": func(n int) []subgraph.Source {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf(`type Query { q%d: T }
type T @key(fields: "id") @key(fields: "n%d { m { id } }") { id: ID! n%d: N @shareable n%d: N @shareable f%d: T }
type N @shareable { m: M } type M @key(fields: "id") { id: ID! t%d: T }`, i, i, i, (i+1)%n, i, i)
		}
		return sourcesOf(texts)
	},
	// Each subgraph gives the nested keys of two others, and there is no other way.
	"keys in keys": func(n int) []subgraph.Source {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf(`type Query { q%d: T }
type T @key(fields: "n { k%d }") @key(fields: "n { k%d }") { n: N @shareable f%d: T } type N @shareable { k%d: ID! k%d: ID! }`, i, i, (i+1)%n, i, i, (i+1)%n)
		}
		return sourcesOf(texts)
	},
	// Values at level k can come from any of 2^k sets of subgraphs, none of which
	// is part of another; one subgraph has everything.
	"choices": func(n int) []subgraph.Source {
		levels := n / 2
		texts := make([]string, 2*levels+1)
		for level := range levels {
			for s := range texts {
				fields := "leaf: Int"
				if s != 2*level {
					fields += fmt.Sprintf(" a: L%d", level+1)
				}
				if s != 2*level+1 {
					fields += fmt.Sprintf(" b: L%d", level+1)
				}
				texts[s] += fmt.Sprintf("type L%d @shareable { %s }\n", level, fields)
			}
		}
		for s := range texts {
			texts[s] += fmt.Sprintf("type L%d @shareable { leaf: Int }\ntype Query @shareable { start: L0 }\n", levels)
		}
		return sourcesOf(texts)
	},
	// Fields move between two subgraphs, each by a label of its own.
	"labels": func(n int) []subgraph.Source {
		var from, to strings.Builder
		from.WriteString("type Query { start: T0 }\n")
		for i := range n {
			fmt.Fprintf(&from, "type T%d @key(fields: \"id\") { id: ID! next: T%d }\n", i, i+1)
			fmt.Fprintf(&to, "type T%d @key(fields: \"id\") { id: ID! next: T%d @override(from: \"s0\", label: \"label%d\") }\n", i, i+1, i)
		}
		last := fmt.Sprintf("type T%d @key(fields: \"id\") { id: ID! }\n", n)
		return sourcesOf([]string{from.String() + last, to.String() + last})
	},
	// Every subgraph has an implementation and adds a field to all of them.
	"interface objects": func(n int) []subgraph.Source {
		texts := make([]string, n)
		var known strings.Builder
		for i := range n {
			fmt.Fprintf(&known, "type I%d implements Node @key(fields: \"id\") { id: ID! own%d: Node }\n", i, i)
		}
		texts[0] = "type Query { node: Node } interface Node @key(fields: \"id\") { id: ID! }\n" + known.String()
		for i := 1; i < n; i++ {
			texts[i] = fmt.Sprintf("type Node @key(fields: \"id\") @interfaceObject { id: ID! f%d: Node }", i)
		}
		return sourcesOf(texts)
	},
	// What each subgraph requires comes from the one before.
	"requires": func(n int) []subgraph.Source {
		texts := make([]string, n)
		texts[0] = `type Query { t: T } type T @key(fields: "id") { id: ID! f0: Int }`
		for i := 1; i < n; i++ {
			texts[i] = fmt.Sprintf(`type T @key(fields: "id") { id: ID! f%d: Int @external f%d: Int @requires(fields: "f%d") }`, i-1, i, i-1)
		}
		return sourcesOf(texts)
	},
}

// TestGrowth proves that what satisfiability costs never grows exponentially, and
// that whatever composes is found to. Twice the subgraphs take at the most some
// sixteen times the steps, as of the fourth power; where the states to be walked
// are exponentially many, the walk ends at its bound and another proof is found.
func TestGrowth(t *testing.T) {
	exponentialStates := []string{"choices", "labels"}
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			steps := map[int]int{}
			for _, n := range []int{10, 20, 40} {
				result, err := compose.Supergraph(family(n))
				if err != nil {
					t.Fatalf("%d subgraphs: %v", n, err)
				}
				steps[n] = result.Steps
				bounded := slices.Contains(exponentialStates, name) && result.Steps < 4_000_000
				if half := steps[n/2]; half > 0 && result.Steps > 20*half && !bounded {
					t.Errorf("%d subgraphs take %d steps, %d take %d", n/2, half, n, result.Steps)
				}
			}
			t.Logf("steps by subgraphs: %v", steps)
		})
	}
}

// TestExchange compares walks that take positions which are as good as each other
// for one with walks that look at all: of random subgraphs, and of growing ones.
func TestExchange(t *testing.T) {
	merged, found, less := 0, 0, 0
	compare := func(name string, sources []subgraph.Source) (with, without compose.Walked) {
		with, ok := compose.Walk(sources, true)
		if !ok {
			return with, without
		}
		without, _ = compose.Walk(sources, false)
		if with.Whole && without.Whole && with.Found != without.Found {
			t.Errorf("%s: something is found: %v, and by looking at all positions: %v", name, with.Found, without.Found)
		}
		merged++
		if with.Found {
			found++
		}
		if with.Steps < without.Steps {
			less++
		}
		return with, without
	}
	for seed := *randomSeed; seed < *randomSeed+exchangeCount; seed++ {
		compare(fmt.Sprintf("seed %d", seed), randomSubgraphs(seed))
	}
	for name, family := range families {
		for _, n := range []int{5, 10} {
			with, without := compare(fmt.Sprintf("%s, %d subgraphs", name, n), family(n))
			t.Logf("%s, %d subgraphs: %d steps instead of %d", name, n, with.Steps, without.Steps)
		}
	}
	if merged < exchangeCount/4 || found < merged/50 || less < merged/50 {
		t.Errorf("of %d sets %d merge, %d have something to say, and %d take fewer steps: too few to tell", exchangeCount, merged, found, less)
	}
	t.Logf("%d sets merge, of %d there is something to say, %d take fewer steps", merged, found, less)
}

// exchangeCount is how many random sets of subgraphs are walked twice.
const exchangeCount = 1000

// TestSharedEntity proves in proportion to its subgraphs that an entity is
// reached which all of them share by one key.
func TestSharedEntity(t *testing.T) {
	steps := func(n int) int {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf("type T @key(fields: \"id\") { id: ID! f%d: Int t%d: T }", i, i)
		}
		texts[0] += " type Query { t: T }"
		result, err := compose.Supergraph(sourcesOf(texts))
		if err != nil {
			t.Fatal(err)
		}
		return result.Steps
	}
	if few, many := steps(50), steps(100); many*10 > few*21 {
		t.Errorf("50 subgraphs take %d steps, 100 take %d", few, many)
	}
}

// TestTooManyWays has states that are exponentially many and no single position
// that is enough: that is an error, and no endless search.
func TestTooManyWays(t *testing.T) {
	sources := families["choices"](40)
	for i, s := range sources[:len(sources)-1] { // without the one that has everything
		sources[i].Files = s.Files
	}
	_, err := compose.Supergraph(sources[:len(sources)-1])
	var errs federation.Errors
	if !errors.As(err, &errs) || !slices.Equal(errs.Codes(), []federation.Code{federation.MaxValidationSubgraphPathsExceeded}) {
		t.Errorf("it composes, or fails otherwise: %v", err)
	}
}
