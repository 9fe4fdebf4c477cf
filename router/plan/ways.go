package plan

import (
	"slices"

	"github.com/shopgraph/shopgraph/schema/graph"
)

// wayIndex finds those of many ways that may lead to a field, without asking each.
type wayIndex struct {
	ways []*way
	// asked counts the questions so far: the first ones do not pay for an index.
	asked int
	// byNode are the indexes of the ways at each node, typeNames the types of
	// the nodes; nil while there is no index.
	byNode    map[*graph.Node][]int
	typeNames []string
}

// An index is made for more ways and more questions than these.
const (
	fewWays  = 8
	fewAsked = 2
)

// to returns ways in the order of all, and all that lead to the field among them.
func (x *wayIndex) to(g *graph.Graph, field string) []*way {
	if x.asked++; len(x.ways) <= fewWays || x.asked <= fewAsked {
		return x.ways
	}
	if x.byNode == nil {
		x.build()
	}
	var found []int
	for _, name := range x.typeNames {
		nodes := g.Having(name, field)
		if len(nodes) >= len(x.ways) {
			return x.ways
		}
		for _, n := range nodes {
			found = append(found, x.byNode[n]...)
		}
	}
	slices.Sort(found)
	out := make([]*way, len(found))
	for i, at := range found {
		out[i] = x.ways[at]
	}
	return out
}

func (x *wayIndex) build() {
	x.byNode = make(map[*graph.Node][]int, len(x.ways))
	for i, way := range x.ways {
		x.byNode[way.node] = append(x.byNode[way.node], i)
		if !slices.Contains(x.typeNames, way.node.Type.Name) {
			x.typeNames = append(x.typeNames, way.node.Type.Name)
		}
	}
}
