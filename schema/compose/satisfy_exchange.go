package compose

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// exchange finds positions that are as good as each other. Two subgraphs that
// resolve representations of a type by one key, and have its fields themselves,
// lead to each other, so that from either the same subgraphs are reached and the
// same can be had. What is proved of the one is proved of the other: a type that
// n subgraphs share by one key takes one proof and not n.
type exchange struct {
	graph *graph.Graph
	// first are the first positions of their kind, by what makes them equal.
	first map[exchangeKey]int32
	// simple says of types whether keys lead from them in simple ways only.
	simple map[string]bool
}

type exchangeKey struct {
	typ, key string
	frame    int
}

func newExchange(g *graph.Graph) *exchange {
	return &exchange{graph: g, first: map[exchangeKey]int32{}, simple: map[string]bool{}}
}

// standFor returns positions, sorted, that stand for these: one for all that are
// as good as each other.
func (w *walker) standFor(positions []int32) []int32 {
	if w.exchange == nil {
		return sortedSet(positions)
	}
	out := make([]int32, len(positions))
	for i, id := range positions {
		out[i] = w.exchange.standFor(id, w.positions[id])
	}
	return sortedSet(out)
}

func (x *exchange) standFor(id int32, p position) int32 {
	key := exchangeKey{p.node.Type.Name, x.keyOf(p.node), p.frame}
	if key.key == "" || p.start {
		return id
	}
	first, ok := x.first[key]
	if !ok {
		x.first[key], first = id, id
	}
	return first
}

// keyOf is the key by which one can go from a node and come back to it, "" when
// there is none: one that the subgraph resolves representations by, and whose
// fields it has itself, everywhere and not by @provides. That also means that
// fields with @requires can be had whether one came by a key or not.
func (x *exchange) keyOf(n *graph.Node) string {
	if n.Provided != nil || !x.isSimple(n) {
		return ""
	}
	least := ""
	for _, k := range n.Type.Keys {
		if !k.Resolvable || !selectsDirectly(n, k.Fields) {
			continue
		}
		if text := graph.Text(k.Fields); least == "" || text < least {
			least = text
		}
	}
	return least
}

// isSimple says whether a search by keys from a node depends on nothing but the
// fields that can be had: all keys of the type are flat, since the search for
// those that are not asks how one came, and lead to the type itself and not to
// an interface object, which other keys lead on from; and it is no root type,
// from which one goes on without keys.
func (x *exchange) isSimple(n *graph.Node) bool {
	name := n.Type.Name
	simple, known := x.simple[name]
	if !known {
		simple = n.Type.Kind == ast.Object && !isRoot(name) && !slices.ContainsFunc(x.graph.Entries(name), func(e *graph.Entry) bool {
			return e.Node.Type.Name != name || e.Node.Type.InterfaceObject || !isFlat(e.Key.Fields)
		})
		x.simple[name] = simple
	}
	return simple
}

func isRoot(typeName string) bool {
	return slices.ContainsFunc(sdl.Operations, func(op ast.Operation) bool { return supergraph.RootName(op) == typeName })
}
