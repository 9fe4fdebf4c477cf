package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/graph"
)

// place is a position in the response together with a type: the objects of a
// layout that are of the type. There is one place for each layout, scope and
// type.
type place struct {
	placeKey
	// above is the place whose field leads here, by the last step of the path; nil
	// at the root. Most paths are never needed whole.
	above *place
	step  PathStep
	// length is that of the path.
	length int
}

// path leads from the root's objects to those of the place.
func (p *place) path() Path {
	if p.length == 0 {
		return nil
	}
	path := make(Path, p.length)
	for at := p; at.length > 0; at = at.above {
		path[at.length-1] = at.step
	}
	return path
}

// placeKey is what tells places apart: a layout, and of its objects
type placeKey struct {
	layout *Layout
	// scope says below objects of which types they are: fields of one response
	// name in fragments on different types share a layout. It is "" for all.
	scope string
	// typ is the type of the field that leads here, or a type condition.
	typ string
	// declared is the type of the field.
	declared string
}

// position is a place and the ways there are to be at it.
type position struct {
	*place
	ways []*way
	// above is the position whose field leads here, nil at the root.
	above *position
	// entered caches the ways that an entry at this very position opens, and the
	// least depth of their starts.
	entered []*way
	soonest int
	asked   bool
	// direct and indirect find fields along ways and entered.
	direct, indirect wayIndex
}

// way is one way of being at a position inside a subgraph: a chain of moves
// from the start of a fetch.
type way struct {
	node  *graph.Node
	start *start
	// prev is the way that the last move started from; nil at the start itself.
	prev *way
	// slot is the field moved to, when cast is "".
	slot int
	edge *graph.Edge
	cast string
	// arguments are the field's as written.
	from *selection
	// possible are the runtime types that the subgraph can answer here, sorted.
	possible []string
}

// start is where a fetch begins: at a root type of a subgraph, or at a place
// whose objects are represented to a subgraph.
type start struct {
	node *graph.Node
	// place is where the objects are; for a root start, those of the root type.
	place *place
	// entry is nil for a root start.
	entry *graph.Entry
	// requires is the field whose @requires the representation must satisfy, and
	// whose arguments are taken from enclosing objects, if any.
	requires *graph.Edge
	// depth is the least number of fetches in sequence before this one.
	depth int
	// position is where the entry was found: its ways resolve the conditions.
	position *position
	// contexts are the sources of the arguments that requires takes from
	// enclosing objects, in the order of its Contexts.
	contexts []*position
	// conditions are the goals to be met first, once asked for.
	conditions []*goal
	prepared   bool
	err        error
	// runtimeTypename says that the representation carries the object's own
	// runtime type and not the entry's type.
	runtimeTypename bool
}

func (s *start) subgraph() int { return s.node.Subgraph().Index }

// begin is the way that stands at the start.
func (s *start) begin() *way {
	return &way{node: s.node, start: s, possible: s.node.Type.Possible}
}

// along is the way on from w by the field's edge into a slot.
func (w *way) along(e *graph.Edge, slot int, from *selection) *way {
	next := &way{node: e.To, start: w.start, prev: w, slot: slot, edge: e, from: from}
	if e.To != nil {
		next.possible = e.To.Type.Possible
	}
	return next
}

// castTo is the way on from w for values of a type; nil if the subgraph can
// answer none here.
func (w *way) castTo(typeName string) *way {
	if w.node.Type.Name == typeName {
		return w
	}
	n := w.node.Cast(typeName)
	if n == nil {
		return nil
	}
	possible := intersect(w.possible, n.Type.Possible)
	if len(possible) == 0 {
		return nil
	}
	// Of casts in a row only the last matters.
	prev := w
	for prev.cast != "" {
		prev = prev.prev
	}
	if prev.node == n {
		narrowed := *prev
		narrowed.possible = possible
		return &narrowed
	}
	return &way{node: n, start: w.start, prev: prev, cast: typeName, possible: possible}
}

func (p *position) nodes() []*graph.Node {
	var nodes []*graph.Node
	for _, w := range p.ways {
		if !slices.Contains(nodes, w.node) {
			nodes = append(nodes, w.node)
		}
	}
	return nodes
}

func (p *position) depth() int {
	least := 0
	for i, w := range p.ways {
		if i == 0 || w.start.depth < least {
			least = w.start.depth
		}
	}
	return least
}

// intersect returns the common elements of two sorted lists.
func intersect(a, b []string) []string {
	var out []string
	for _, s := range a {
		if _, ok := slices.BinarySearch(b, s); ok {
			out = append(out, s)
		}
	}
	return out
}

// String describes a way for people: "root a . b . c", "enter reviews (Product by id) . reviews".
func (w *way) String() string {
	var moves []string
	for at := w; at != nil; at = at.prev {
		switch {
		case at.prev == nil:
			moves = append(moves, at.start.String())
		case at.cast != "":
			moves = append(moves, "... on "+at.cast)
		default:
			moves = append(moves, at.edge.Field.Name)
		}
	}
	slices.Reverse(moves)
	return strings.Join(moves, " . ")
}

func (s *start) String() string {
	if s.entry == nil {
		return s.node.Type.Name + "@" + s.node.Subgraph().Name
	}
	text := fmt.Sprintf("enter %s (%s by %s", s.node.Subgraph().Name, s.place.typ, graph.Text(s.entry.Key.Fields))
	if s.requires != nil {
		text += " with " + graph.Text(s.requires.Field.Requires)
	}
	return text + ")"
}
