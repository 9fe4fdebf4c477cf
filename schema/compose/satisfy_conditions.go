package compose

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// excluded are the keys being resolved: what a key needs cannot be had from the
// subgraph that the key leads to, nor by the same key.
type excluded struct {
	entry  *graph.Entry
	text   string
	parent *excluded
}

func (x *excluded) excludes(e *graph.Entry, text string) bool {
	for ; x != nil; x = x.parent {
		if x.entry.Node.Subgraph() == e.Node.Subgraph() || x.text == text {
			return true
		}
	}
	return false
}

// reach returns the positions that one can go to from one position by keys, in
// whatever number of steps, and from a root type to the same root elsewhere.
func (w *walker) reach(from int32, x *excluded) []int32 {
	if x == nil {
		if known, ok := w.reached[from]; ok {
			return known
		}
	}
	outer := w.cut
	w.cut = false
	found := w.search(from, "", x)
	if x == nil && !w.cut {
		w.reached[from] = found
	}
	w.cut = w.cut || outer
	return found
}

// search adds entries round by round, each round seeing what the one before
// reached, until nothing is added. Each subgraph is entered once. by is the key
// by which one came to the start, if that was the last step.
//
// To look for what a nested key needs is a search of its own, with searches in
// it. So a round does that only when nothing else adds an entry, or there would
// be as many searches as there are orders of the keys.
func (w *walker) search(from int32, by string, x *excluded) []int32 {
	s := keySearch{walker: w, at: []int32{from}, by: []string{by}, visited: make([]bool, len(w.super.Subgraphs)), left: map[string][]*graph.Entry{}, x: x}
	s.visited[w.positions[from].node.Subgraph().Index] = true
	for w.steps <= w.most && (s.round(false) || s.round(true)) {
	}
	return append(s.at[1:], w.rootsElsewhere(from, s.visited)...)
}

// keySearch is the search from one position.
type keySearch struct {
	*walker
	// at are the positions reached, by the keys that led there.
	at      []int32
	by      []string
	visited []bool // by the subgraph's index
	// left are the entries of types into subgraphs that are not visited.
	left map[string][]*graph.Entry
	x    *excluded
}

// round enters what can be entered from the positions reached, and says whether
// that was anything. A deep one searches for what nested keys need, and ends at
// the first that it can enter.
func (s *keySearch) round(deep bool) bool {
	before := len(s.at)
	for i := 0; i < len(s.at); i++ {
		s.enterFrom(i, deep)
		if deep && len(s.at) > before {
			break
		}
	}
	return len(s.at) > before
}

// enterFrom adds what can be entered from one of the positions. The fields of a
// flat key may be gathered wherever one has been. The objects below a nested key
// may have been had in different ways, so it is resolved from the one position,
// and not by the key that led there: from the position before it would have led
// on directly.
func (s *keySearch) enterFrom(i int, deep bool) {
	p := s.positions[s.at[i]]
	for _, e := range s.entriesLeft(p.node.Type.Name) {
		if s.visited[e.Node.Subgraph().Index] {
			continue
		}
		s.steps++
		text := graph.Text(e.Key.Fields)
		if s.x.excludes(e, text) || !s.holdsFrom(i, e, text, deep) {
			continue
		}
		s.visited[e.Node.Subgraph().Index] = true
		s.at = append(s.at, s.intern(position{node: e.Node, entered: true, frame: p.frame}))
		s.by = append(s.by, text)
		if deep {
			return
		}
	}
}

// entriesLeft are the entries of a type into subgraphs that are not visited yet.
// They get fewer with each that is, so that a search in which one key leads
// everywhere looks at each entry a few times only, from wherever it goes on.
func (s *keySearch) entriesLeft(typeName string) []*graph.Entry {
	left, ok := s.left[typeName]
	if !ok {
		left = slices.Clone(s.graph.Entries(typeName))
	}
	left = slices.DeleteFunc(left, func(e *graph.Entry) bool { return s.visited[e.Node.Subgraph().Index] })
	s.left[typeName] = left
	return left
}

// holdsFrom says whether what a key needs can be had from one of the positions,
// with what the kind of round may do.
func (s *keySearch) holdsFrom(i int, e *graph.Entry, text string, deep bool) bool {
	x := &excluded{e, text, s.x}
	switch flat := isFlat(e.Key.Fields); {
	case flat:
		return !deep && s.selectsAll(s.at, e.Key.Fields, x)
	case text == s.by[i]:
		return false
	case !deep:
		return selectsDirectly(s.positions[s.at[i]].node, e.Key.Fields)
	default:
		return s.selectsAll(append(s.search(s.at[i], s.by[i], x), s.at[i]), e.Key.Fields, x)
	}
}

// selectsDirectly says whether a field set can be had at a node without moving
// to another subgraph, and without conditions.
func selectsDirectly(n *graph.Node, set ast.SelectionSet) bool {
	for _, s := range set {
		f, ok := s.(*ast.Field)
		if !ok {
			return false
		}
		e := n.Field(f.Name)
		if e == nil || e.Field.Label != "" || e.Field.Requires != nil || len(e.Field.Contexts) > 0 {
			return false
		}
		if len(f.SelectionSet) > 0 && (e.To == nil || !selectsDirectly(e.To, f.SelectionSet)) {
			return false
		}
	}
	return true
}

// isFlat says whether a field set selects nothing below its fields.
func isFlat(set ast.SelectionSet) bool {
	return !slices.ContainsFunc(set, func(s ast.Selection) bool {
		f, ok := s.(*ast.Field)
		return !ok || len(f.SelectionSet) > 0
	})
}

// rootsElsewhere are the positions on the same root type in other subgraphs: a
// field that returns Query can go on anywhere. At the start of an operation one
// is in all of them already.
func (w *walker) rootsElsewhere(from int32, visited []bool) []int32 {
	p := w.positions[from]
	op := w.out.schema.RootOperation(p.node.Type.Name)
	if op == "" || p.start {
		return nil
	}
	var out []int32
	for _, n := range w.graph.Roots(op) {
		if !visited[n.Subgraph().Index] {
			out = append(out, w.intern(position{node: n, frame: p.frame}))
		}
	}
	return out
}

// usable says whether the conditions of an edge hold at a position.
func (w *walker) usable(at int32, e *graph.Edge, x *excluded) bool {
	f := e.Field
	if f.Requires == nil && len(f.Contexts) == 0 {
		return true
	}
	p := w.positions[at]
	if (!p.entered || len(f.Contexts) > 0) && !hasUsableKey(p.node.Type) {
		return false
	}
	for _, c := range f.Contexts {
		if !w.contextHolds(at, c) {
			return false
		}
	}
	return f.Requires == nil || w.holds(at, f, f.Requires, x)
}

// hasUsableKey says whether one could come back to a value of the type: there is
// a key that the subgraph itself resolves.
func hasUsableKey(t *supergraph.Type) bool {
	return slices.ContainsFunc(t.Keys, func(k *supergraph.Key) bool { return !selectsExternal(t, k.Fields) })
}

func selectsExternal(t *supergraph.Type, set ast.SelectionSet) bool {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			f := t.Fields[s.Name]
			if f == nil {
				continue
			}
			if f.External {
				return true
			}
			if below := t.Subgraph.Types[f.Type.Name()]; below != nil && selectsExternal(below, s.SelectionSet) {
				return true
			}
		case *ast.InlineFragment:
			if selectsExternal(t, s.SelectionSet) {
				return true
			}
		}
	}
	return false
}

// contextHolds says whether a context was set on the way and its value can be
// had from there.
func (w *walker) contextHolds(at int32, c supergraph.ContextArgument) bool {
	setter, ok := w.frames[w.positions[at].frame][c.Context]
	return ok && w.selectsAll(w.closure([]int32{setter}, nil), c.Selection, nil)
}

type heldKey struct {
	at    int32
	field *supergraph.Field
}

// holds says whether what a field requires can be had at a position. Two fields
// that require each other cannot be resolved: a question that comes up while it
// is being answered is answered no, and what depends on that is not remembered.
func (w *walker) holds(at int32, f *supergraph.Field, set ast.SelectionSet, x *excluded) bool {
	key := heldKey{at, f}
	if x == nil {
		if known, ok := w.held[key]; ok {
			return known
		}
	}
	if w.active[key] {
		w.cut = true
		return false
	}
	w.active[key] = true
	outer := w.cut
	w.cut = false
	ok := w.selectsAll(w.closure([]int32{at}, x), set, x)
	delete(w.active, key)
	if x == nil && !w.cut {
		w.held[key] = ok
	}
	w.cut = w.cut || outer
	return ok
}

// closure adds to positions all that one can go to from them.
func (w *walker) closure(at []int32, x *excluded) []int32 {
	out := slices.Clone(at)
	for _, id := range at {
		for _, r := range w.reach(id, x) {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// selectsAll says whether everything in a field set can be had by who is at all
// of the positions.
func (w *walker) selectsAll(at []int32, set ast.SelectionSet, x *excluded) bool {
	for _, s := range set {
		w.steps++
		ok := false
		switch s := s.(type) {
		case *ast.Field:
			ok = w.selectsField(at, s, x)
		case *ast.InlineFragment:
			ok = w.selectsFragment(at, s, x)
		}
		if !ok || w.steps > w.most {
			return false
		}
	}
	return true
}

func (w *walker) selectsField(at []int32, f *ast.Field, x *excluded) bool {
	if f.Name == "__typename" {
		return slices.ContainsFunc(at, func(id int32) bool { return !w.positions[id].node.Type.InterfaceObject })
	}
	var targets []int32
	for _, id := range at {
		e := w.positions[id].node.Field(f.Name)
		if e == nil || e.Field.Label != "" || !w.usable(id, e, x) {
			continue
		}
		if len(f.SelectionSet) == 0 {
			return true
		}
		if t := w.target(id, e); !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
	}
	if len(targets) > 0 && w.selectsAll(w.closure(targets, x), f.SelectionSet, x) {
		return true
	}
	return slices.ContainsFunc(at, func(id int32) bool { return w.selectsByType(id, f, x) })
}

// selectsByType selects an interface's field from each implementation that the
// subgraph knows.
func (w *walker) selectsByType(id int32, f *ast.Field, x *excluded) bool {
	p := w.positions[id]
	if p.node.Type.Kind == ast.Object || len(p.node.Type.Possible) == 0 {
		return false
	}
	for _, typeName := range p.node.Type.Possible {
		c := w.intern(position{node: p.node.Cast(typeName), frame: p.frame})
		if !w.selectsField(w.closure([]int32{c}, x), f, x) {
			return false
		}
	}
	return true
}

// selectsFragment selects from the values of one type, or of each type that
// implements it. Where the supergraph has a value of the type but the subgraph
// does not, one cannot go on; where there can be none, there is nothing to select.
func (w *walker) selectsFragment(at []int32, f *ast.InlineFragment, x *excluded) bool {
	if f.TypeCondition == "" {
		return w.selectsAll(at, f.SelectionSet, x)
	}
	for _, objectType := range w.super.Possible(f.TypeCondition) {
		narrowed := w.narrow(at, objectType)
		switch {
		case len(narrowed) > 0:
			if !w.selectsAll(w.closure(narrowed, x), f.SelectionSet, x) {
				return false
			}
		case objectType == f.TypeCondition && !w.atOtherObject(at), w.mayBe(at, objectType):
			return false
		}
	}
	return true
}

// atOtherObject says whether one of the positions is on an object type, of which
// no value is of another.
func (w *walker) atOtherObject(at []int32) bool {
	return slices.ContainsFunc(at, func(id int32) bool {
		t := w.positions[id].node.Type
		return t.Kind == ast.Object && !t.InterfaceObject
	})
}

// mayBe says whether a value at one of the positions may be of the object type
// by the supergraph.
func (w *walker) mayBe(at []int32, objectType string) bool {
	return slices.ContainsFunc(at, func(id int32) bool { return w.super.IsPossible(w.positions[id].node.Type.Name, objectType) })
}

// narrow returns the positions of those values that are of an object type.
func (w *walker) narrow(at []int32, objectType string) []int32 {
	var out []int32
	for _, id := range at {
		p := w.positions[id]
		switch {
		case p.node.Type.Name == objectType:
			out = append(out, id)
		case p.node.Type.InterfaceObject:
			if w.super.IsPossible(p.node.Type.Name, objectType) && slices.ContainsFunc(at, func(o int32) bool { return !w.positions[o].node.Type.InterfaceObject }) {
				out = append(out, id)
			}
		case p.node.Type.Kind != ast.Object:
			if c := p.node.Cast(objectType); c != nil {
				out = append(out, w.intern(position{node: c, frame: p.frame}))
			}
		}
	}
	return out
}
