package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// position is where one can be in the subgraphs.
type position struct {
	node *graph.Node
	// entered says that one came here by a key, so that one can come back.
	entered bool
	// start says that this is the start of an operation.
	start bool
	// frame numbers what contexts were set on the way.
	frame int
}

type positionKey struct {
	node           int
	entered, start bool
	frame          int
}

// frame is the contexts set on the way to a position, by name, each with the
// position that set it last.
type frame map[string]int32

func (w *walker) intern(p position) int32 {
	key := positionKey{p.node.Index, p.entered, p.start, p.frame}
	if id, ok := w.known[key]; ok {
		return id
	}
	id := int32(len(w.positions))
	w.positions = append(w.positions, p)
	w.known[key] = id
	return id
}

// leave returns the frame below a position, which is its own but for the
// contexts that its type sets.
func (w *walker) leave(id int32) int {
	p := w.positions[id]
	sets := w.contexts[p.node.Type.Name]
	if len(sets) == 0 {
		return p.frame
	}
	below := frame{}
	for name, setter := range w.frames[p.frame] {
		below[name] = setter
	}
	setter := w.intern(position{node: p.node, entered: p.entered}) // without its frame, or frames would never end
	for _, name := range sets {
		below[name] = setter
	}
	var b strings.Builder
	for _, name := range sortedNames(below) {
		fmt.Fprintf(&b, "%s=%d ", name, below[name])
	}
	if i, ok := w.frameKeys[b.String()]; ok {
		return i
	}
	w.frames = append(w.frames, below)
	w.frameKeys[b.String()] = len(w.frames) - 1
	return len(w.frames) - 1
}

// move is a step along a field of the API.
type move struct {
	typ, field string
	// label is the assumption about the field's label, or "".
	label string
	leaf  bool
}

// moveKey is a move from a position; the move is numbered, as it is looked up
// from many positions.
type moveKey struct{ from, move int32 }

func (w *walker) number(m move) int32 {
	n, ok := w.moveNumbers[m]
	if !ok {
		n = int32(len(w.moveNumbers))
		w.moveNumbers[m] = n
	}
	return n
}

// field returns the positions to which a field leads: directly, and after moving
// to other subgraphs. A leaf that is had directly needs no more.
func (w *walker) field(from int32, m move, number int32) []int32 {
	w.steps++
	key := moveKey{from, number}
	if to, ok := w.moves[key]; ok {
		return to
	}
	var to []int32
	if p, ok := w.direct(from, m); ok {
		to = append(to, p)
	}
	if len(to) == 0 || !m.leaf {
		for _, r := range w.candidates(from, m.field) {
			if p, ok := w.direct(r, m); ok {
				to = append(to, p)
				if m.leaf {
					break
				}
			}
		}
	}
	w.moves[key] = to
	return to
}

// few is for how many positions it is not worth while to know their fields.
const few = 4

// candidates are those of the positions that one can go to that may resolve a
// field: object types that have it, and everything abstract.
func (w *walker) candidates(from int32, field string) []int32 {
	all := w.reach(from, nil)
	if len(all) <= few {
		return all
	}
	byField, ok := w.byField[from]
	if !ok {
		byField = map[string][]int32{}
		var abstract []int32
		for _, r := range all {
			if n := w.positions[r].node; n.Type.Kind == ast.Object {
				for name := range n.Type.Fields {
					byField[name] = append(byField[name], r)
				}
			} else {
				abstract = append(abstract, r)
			}
		}
		for name, list := range byField {
			byField[name] = slices.Concat(list, abstract)
		}
		byField[""] = abstract
		w.byField[from] = byField
	}
	if list, ok := byField[field]; ok {
		return list
	}
	return byField[""]
}

// direct takes a field where one is.
func (w *walker) direct(from int32, m move) (to int32, ok bool) {
	w.steps++
	at := w.at(from, m.typ)
	if at < 0 {
		return 0, false
	}
	e := w.positions[at].node.Field(m.field)
	if e == nil || !labelAllows(e.Field, m.label) || !w.usable(at, e, nil) {
		return 0, false
	}
	return w.target(at, e), true
}

// at returns the position of values of an object type at a position, -1 when
// there are none: on an interface, which one may have come to by its key, one
// first goes to the implementation.
func (w *walker) at(id int32, objectType string) int32 {
	p := w.positions[id]
	if p.node.Type.Kind == ast.Object {
		return id
	}
	c := p.node.Cast(objectType)
	if c == nil {
		return -1
	}
	return w.intern(position{node: c, frame: p.frame})
}

// target is the position behind an edge; for leaves, which one does not go on
// from, it is the one before.
func (w *walker) target(from int32, e *graph.Edge) int32 {
	if e.To == nil {
		return from
	}
	return w.intern(position{node: e.To, frame: w.leave(from)})
}

func labelAllows(f *supergraph.Field, assumed string) bool {
	if f.Label == "" {
		return true
	}
	return assumed != "" && f.Label == assumed[1:] && f.LabelOn == (assumed[0] == '+')
}

// cast returns the positions of those values that are of an object type.
// Impossible says that no value at this position can be of it.
func (w *walker) cast(from int32, objectType string) (to []int32, impossible bool) {
	p := w.positions[from]
	switch {
	case p.node.Type.InterfaceObject && p.node.Type.Name != objectType:
		if w.knowsTypename(from) {
			to = append(to, from)
		}
	case p.node.Type.Kind == ast.Object:
		if p.node.Type.Name != objectType {
			return nil, true
		}
		to = append(to, from)
	default:
		c := p.node.Cast(objectType)
		if c == nil {
			return nil, true
		}
		to = append(to, w.intern(position{node: c, frame: p.frame}))
	}
	for _, r := range w.reach(from, nil) {
		q := w.positions[r]
		switch {
		case q.node.Type.InterfaceObject:
			if w.knowsTypename(r) {
				to = append(to, r)
			}
		case q.node.Type.Kind == ast.Object:
		default:
			if c := q.node.Cast(objectType); c != nil {
				to = append(to, w.intern(position{node: c, frame: q.frame}))
			}
		}
	}
	return to, false
}

// knowsTypename says whether one can find out the concrete type of an interface
// object.
func (w *walker) knowsTypename(id int32) bool {
	for _, r := range w.reach(id, nil) {
		if !w.positions[r].node.Type.InterfaceObject {
			return true
		}
	}
	return false
}
