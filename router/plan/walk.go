package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// goal is something that has to be fetched: one of its options must be taken.
type goal struct {
	options []*option
}

// option is one way to meet a goal: by going a way to its end.
type option struct {
	way *way
	// typename says that the objects' runtime type is to be read there.
	typename bool
}

// walker finds, for selections at positions, every way worth considering to
// resolve each leaf.
type walker struct {
	graph      *graph.Graph
	supergraph *supergraph.Supergraph
	labels     map[string]bool
	layouts    []*Layout
	places     map[placeKey]*place
	starts     map[startKey]*start
	// positions counts the positions visited, which maxPositions bounds.
	positions int
}

type placeKey struct {
	layout *Layout
	typ    string
}

type startKey struct {
	place    *place
	node     *graph.Node
	entry    *graph.Entry
	requires *graph.Edge
	group    int
}

// maxPositions bounds how many positions an operation may have while it is
// planned. Fields of interfaces that subgraphs cannot resolve as a whole
// multiply positions by the number of implementations at every level, so that a
// short operation could otherwise ask for exponentially many.
const maxPositions = 100_000

// errTooComplex is returned for operations that exceed the planner's bounds.
var errTooComplex = errors.New("the operation is too complex to plan: select fewer nested fields of interfaces, or name concrete types in fragments")

// unresolvable says that no subgraph can be reached that resolves a field.
type unresolvable struct {
	typ, field string
}

func (u *unresolvable) Error() string {
	return fmt.Sprintf("field \"%s.%s\" cannot be resolved here by any subgraph that the keys lead to", u.typ, u.field)
}

func (w *walker) newLayout() *Layout {
	l := &Layout{Index: len(w.layouts)}
	w.layouts = append(w.layouts, l)
	return l
}

func (w *walker) place(layout *Layout, typ, declared string, path Path) *place {
	key := placeKey{layout, typ}
	if w.places[key] == nil {
		w.places[key] = &place{layout: layout, typ: typ, declared: declared, path: path}
	}
	return w.places[key]
}

// narrowed is the place for the objects of p that are of a type.
func (w *walker) narrowed(p *place, typ string) *place {
	return w.place(p.layout, typ, p.declared, p.path)
}

// child is the place of a composite field's objects.
func (w *walker) child(p *place, s *selection) (*place, int) {
	slot := slotFor(p.layout, s)
	if p.layout.Slots[slot].Layout == nil {
		p.layout.Slots[slot].Layout = w.newLayout()
	}
	path := append(slices.Clip(p.path), PathStep{Types: w.runtimeTypes(p), Slot: slot, Lists: s.lists, name: s.responseName})
	return w.place(p.layout.Slots[slot].Layout, s.typ, s.typ, path), slot
}

func slotFor(l *Layout, s *selection) int {
	if i := l.Find(s.responseName, s.field, s.argumentText); i >= 0 {
		return i
	}
	l.Slots = append(l.Slots, Slot{ResponseName: s.responseName, Field: s.field, Arguments: s.argumentText})
	return len(l.Slots) - 1
}

// runtimeTypes are the types whose objects are at the place, nil when these are
// all of its layout.
func (w *walker) runtimeTypes(p *place) []string {
	if p.typ == p.declared {
		return nil
	}
	return w.supergraph.Possible(p.typ)
}

func (w *walker) isAbstract(typ string) bool {
	def := w.supergraph.Definitions[typ]
	return def != nil && def.Kind != ast.Object
}

// walk returns the goals of a selection set at a position. The error is an
// *unresolvable or errTooComplex.
func (w *walker) walk(p *position, set []*selection) ([]*goal, error) {
	if w.positions++; w.positions > maxPositions {
		return nil, errTooComplex
	}
	var goals []*goal
	if w.needsTypename(p, set) {
		g, err := w.typename(p)
		if err != nil {
			return nil, err
		}
		goals = append(goals, g)
	}
	for _, s := range set {
		var below []*goal
		var err error
		switch {
		case s.field == "":
			below, err = w.walkFragment(p, s)
		case s.field == "__typename":
		default:
			below, err = w.walkField(p, s)
		}
		if err != nil {
			return nil, err
		}
		goals = append(goals, below...)
	}
	if len(goals) == 0 {
		goals = append(goals, w.presence(p))
	}
	return goals, nil
}

// needsTypename says whether the runtime type of the objects must be known to
// lay the answer out: where it is asked for, where selections depend on it, and
// where objects may have a type that clients must not see.
func (w *walker) needsTypename(p *position, set []*selection) bool {
	if !w.isAbstract(p.typ) {
		return false
	}
	for _, s := range set {
		if s.field == "" || s.field == "__typename" {
			return true
		}
	}
	for _, name := range w.supergraph.Possible(p.typ) {
		if w.supergraph.API.Types[name] == nil {
			return true
		}
	}
	return false
}

// typename is the goal of knowing the objects' runtime types. A subgraph in
// which the type is an interface object does not know them.
func (w *walker) typename(p *position) (*goal, error) {
	g := &goal{}
	for _, way := range p.ways {
		if !way.node.Type.InterfaceObject {
			g.options = append(g.options, &option{way: way, typename: true})
		}
	}
	if len(g.options) > 0 {
		return g, nil
	}
	for _, way := range w.entered(p) {
		if !way.node.Type.InterfaceObject {
			g.options = append(g.options, &option{way: way, typename: true})
		}
	}
	if len(g.options) == 0 {
		return nil, &unresolvable{p.typ, "__typename"}
	}
	return g, nil
}

// presence is the goal of knowing that the objects are there, of which nothing
// else is wanted.
func (w *walker) presence(p *position) *goal {
	g := &goal{}
	for _, way := range p.ways {
		g.options = append(g.options, &option{way: way})
	}
	return g
}

func (w *walker) walkField(p *position, s *selection) ([]*goal, error) {
	var failed error = &unresolvable{p.typ, s.field}
	if ways := w.waysTo(p, s); len(ways) > 0 {
		goals, err := w.below(p, s, ways)
		if err == nil || !isUnresolvable(err) {
			return goals, err
		}
		failed = err
	}
	if w.isAbstract(p.typ) {
		goals, err := w.byType(p, s)
		if err == nil || !isUnresolvable(err) {
			return goals, err
		}
	}
	return nil, failed
}

// below returns the goals of a field that the ways lead to.
func (w *walker) below(p *position, s *selection, ways []*way) ([]*goal, error) {
	if s.leaf {
		g := &goal{}
		for _, way := range ways {
			g.options = append(g.options, &option{way: way})
		}
		return []*goal{g}, nil
	}
	place, _ := w.child(p.place, s)
	return w.walk(&position{place: place, ways: ways, above: p}, s.below)
}

// waysTo returns the ways to a field: directly from where one may be, and by
// entries at this position. Entries are left out for leaves that can be had
// directly without waiting longer, and into subgraphs where one may be anyway.
func (w *walker) waysTo(p *position, s *selection) []*way {
	var ways []*way
	slot := -1
	add := func(at *way, e *graph.Edge) {
		if slot < 0 {
			slot = slotFor(p.layout, s)
		}
		ways = append(ways, at.along(e, slot, s))
	}
	direct := map[int]bool{}
	least := -1
	for _, at := range p.ways {
		e := at.node.Field(s.field)
		if e == nil || !w.applies(e) {
			continue
		}
		if conditional(e) {
			for _, at := range w.requiring(p, at, e) {
				add(at, e)
			}
			continue
		}
		add(at, e)
		direct[at.start.subgraph()] = true
		if least < 0 || at.start.depth < least {
			least = at.start.depth
		}
	}
	for _, at := range w.entered(p) {
		e := at.node.Field(s.field)
		if e == nil || !w.applies(e) || direct[at.start.subgraph()] || s.leaf && least >= 0 && least <= at.start.depth {
			continue
		}
		if conditional(e) {
			if required := w.startRequiring(p, at.start.entry, e, at.start.depth); required != nil {
				add(required.begin(), e)
			}
			continue
		}
		add(at, e)
	}
	return best(ways)
}

// conditional says whether a field can only be resolved for an entity, with
// something in its representation or its arguments that is fetched before.
func conditional(e *graph.Edge) bool {
	return e.Field.Requires != nil || len(e.Field.Contexts) > 0
}

// applies says whether a progressively overridden field is resolved by this
// edge's subgraph in requests with the given labels.
func (w *walker) applies(e *graph.Edge) bool {
	return e.Field.Label == "" || w.labels[e.Field.Label] == e.Field.LabelOn
}

// best keeps, of ways that end at the same node, those that start earliest: two
// of them, as they may share different fetches with others.
func best(ways []*way) []*way {
	slices.SortStableFunc(ways, func(a, b *way) int { return a.start.depth - b.start.depth })
	perNode := map[*graph.Node]int{}
	least := map[*graph.Node]int{}
	kept := ways[:0:0]
	for _, way := range ways {
		if way.node != nil {
			if perNode[way.node] == 0 {
				least[way.node] = way.start.depth
			} else if perNode[way.node] == 2 || way.start.depth > least[way.node] {
				continue
			}
			perNode[way.node]++
		}
		kept = append(kept, way)
	}
	return kept
}

// requiring returns the ways to come back to the subgraph in which one is at
// the position, with what a field there requires in the representation.
func (w *walker) requiring(p *position, at *way, e *graph.Edge) []*way {
	var ways []*way
	for _, entered := range w.entries(p) {
		if entered.Node.Type == at.node.Type {
			if s := w.startRequiring(p, entered.Entry, e, p.depth()+entered.Rank); s != nil {
				ways = append(ways, s.begin())
			}
		}
	}
	return ways
}

func (w *walker) startRequiring(p *position, entry *graph.Entry, e *graph.Edge, depth int) *start {
	rank, ok := w.graph.Resolves(p.nodes(), p.typ, e.Field.Requires)
	if !ok {
		return nil
	}
	contexts, ok := w.contexts(p, e)
	if !ok {
		return nil
	}
	s := w.start(p, entry, e, max(depth, p.depth()+rank+1))
	s.contexts = contexts
	return s
}

// contexts finds, for each argument that the field takes from an enclosing
// object, the nearest such object: one whose type sets the context.
func (w *walker) contexts(p *position, e *graph.Edge) ([]*position, bool) {
	var sources []*position
	for _, c := range e.Field.Contexts {
		source := p.above
		for source != nil && !w.sets(source.typ, c.Context) {
			source = source.above
		}
		if source == nil {
			return nil, false
		}
		sources = append(sources, source)
	}
	return sources, true
}

// sets says whether values of the type set the context: the type does, or an
// interface that it implements, or a union that it is a member of.
func (w *walker) sets(typ, context string) bool {
	return slices.ContainsFunc(w.supergraph.Contexts[context], func(setter string) bool {
		return setter == typ || !w.isAbstract(typ) && w.supergraph.IsPossible(setter, typ)
	})
}

func (w *walker) start(p *position, entry *graph.Entry, requires *graph.Edge, depth int) *start {
	key := startKey{place: p.place, entry: entry, requires: requires}
	s := w.starts[key]
	if s == nil {
		s = &start{node: entry.Node, place: p.place, entry: entry, requires: requires, depth: depth, position: p}
		w.starts[key] = s
	}
	if !s.prepared && len(p.ways) > len(s.position.ways) {
		s.position = p // its conditions can be met in more ways
	}
	return s
}

// entries are the entries that can be used at the position. Of several keys of
// one subgraph the two that are had soonest are considered.
func (w *walker) entries(p *position) []graph.Reached {
	perNode := map[*graph.Node]int{}
	var out []graph.Reached
	for _, r := range w.graph.Reach(p.nodes(), p.typ) {
		if perNode[r.Node]++; perNode[r.Node] <= 2 {
			out = append(out, r)
		}
	}
	return out
}

// entered returns the ways that stand at the entries of the position.
func (w *walker) entered(p *position) []*way {
	if p.asked {
		return p.entered
	}
	p.asked = true
	for _, r := range w.entries(p) {
		p.entered = append(p.entered, w.start(p, r.Entry, nil, p.depth()+r.Rank).begin())
	}
	if p.typ == supergraph.RootName(ast.Query) {
		p.entered = append(p.entered, w.queryAgain(p)...)
	}
	return p.entered
}

// queryAgain returns the ways into every subgraph's query type, for a field that
// returns the type Query itself.
func (w *walker) queryAgain(p *position) []*way {
	var ways []*way
	for _, n := range w.graph.Roots(ast.Query) {
		key := startKey{place: p.place, node: n}
		if w.starts[key] == nil {
			w.starts[key] = &start{node: n, place: p.place, depth: p.depth() + 1, position: p}
		}
		ways = append(ways, w.starts[key].begin())
	}
	return ways
}

// byType resolves an interface's field for each runtime type apart. All of
// them must be resolvable from one way of being here, as that way's subgraph
// decides which types there are.
func (w *walker) byType(p *position, s *selection) ([]*goal, error) {
	var failed error = &unresolvable{p.typ, s.field}
	for _, at := range w.realWays(p) {
		if len(at.possible) == 0 {
			continue // nothing can be here, so nothing says who resolves the field
		}
		var goals []*goal
		var err error
		for _, typeName := range at.possible {
			cast := at.castTo(typeName)
			if cast == nil {
				continue
			}
			var more []*goal
			if more, err = w.walkField(&position{place: w.narrowed(p.place, typeName), ways: []*way{cast}, above: p.above}, s); err != nil {
				break
			}
			goals = append(goals, more...)
		}
		if err == nil {
			return append(goals, &goal{options: []*option{{way: at}}}), nil
		}
		failed = err
	}
	return nil, failed
}

// realWays are the ways of being at an abstract position whose subgraphs know
// the runtime types: for interface objects, those that an entry leads to.
func (w *walker) realWays(p *position) []*way {
	var ways []*way
	for _, at := range p.ways {
		if !at.node.Type.InterfaceObject {
			ways = append(ways, at)
		}
	}
	if len(ways) < len(p.ways) {
		for _, at := range w.entered(p) {
			if !at.node.Type.InterfaceObject {
				ways = append(ways, at)
			}
		}
	}
	return ways
}

func (w *walker) walkFragment(p *position, s *selection) ([]*goal, error) {
	if s.typ == p.typ || !w.isAbstract(p.typ) && w.supergraph.IsPossible(s.typ, p.typ) {
		return w.walk(p, s.below)
	}
	if !w.isAbstract(s.typ) {
		return w.walkObjectFragment(p, s.typ, s.below)
	}
	if ways, ok := w.castWhole(p, s.typ); ok {
		goals, err := w.walk(&position{place: w.narrowed(p.place, s.typ), ways: ways, above: p.above}, s.below)
		if err == nil || !isUnresolvable(err) {
			return goals, err
		}
	}
	var goals []*goal
	for _, typeName := range intersect(w.supergraph.Possible(s.typ), w.supergraph.Possible(p.typ)) {
		more, err := w.walkObjectFragment(p, typeName, s.below)
		if err != nil {
			return nil, err
		}
		goals = append(goals, more...)
	}
	return goals, nil
}

// walkObjectFragment returns the goals for the values of one object type. A type
// that one of the subgraphs which could resolve the position cannot return is
// not asked for at all, since which of them answers must not matter.
func (w *walker) walkObjectFragment(p *position, typeName string, set []*selection) ([]*goal, error) {
	var ways []*way
	entered := false
	for _, at := range p.ways {
		if at.node.Type.InterfaceObject {
			// The values may be of the type, and have the interface's fields here.
			ways = append(ways, at)
			if !entered {
				entered = true
				for _, real := range w.realWays(p) {
					if cast := real.castTo(typeName); cast != nil && real.start.place == p.place {
						ways = append(ways, cast)
					}
				}
			}
			continue
		}
		cast := at.castTo(typeName)
		if cast == nil {
			return nil, nil
		}
		ways = append(ways, cast)
	}
	return w.walk(&position{place: w.narrowed(p.place, typeName), ways: ways, above: p.above}, set)
}

// castWhole casts every way to an abstract type, if each subgraph that may
// answer knows the type and means the same values by it as the supergraph.
func (w *walker) castWhole(p *position, typeName string) ([]*way, bool) {
	var ways []*way
	for _, at := range p.ways {
		if at.node.Type.InterfaceObject {
			return nil, false
		}
		want := intersect(w.supergraph.Possible(typeName), at.possible)
		if at.node.Type.Kind == ast.Object {
			if len(want) == 0 {
				return nil, false
			}
			ways = append(ways, at)
			continue
		}
		cast := at.castTo(typeName)
		if cast == nil || !slices.Equal(cast.possible, want) {
			return nil, false
		}
		ways = append(ways, cast)
	}
	return ways, true
}

// conditions returns the goals that must be met before the start can be made:
// the key, what a field requires, and the runtime type where it selects who is
// represented.
func (w *walker) conditions(s *start) ([]*goal, error) {
	if s.prepared || s.position == nil {
		return s.conditions, s.err
	}
	s.prepared = true
	s.conditions, s.err = w.conditionGoals(s, s.position)
	return s.conditions, s.err
}

func (w *walker) conditionGoals(s *start, p *position) ([]*goal, error) {
	if s.entry == nil {
		return []*goal{w.presence(p)}, nil
	}
	goals, err := w.walk(p, fromFieldSet(w.supergraph, p.typ, s.entry.Key.Fields))
	if err != nil {
		return nil, err
	}
	if s.requires != nil && s.requires.Field.Requires != nil {
		more, err := w.walk(p, fromFieldSet(w.supergraph, p.typ, s.requires.Field.Requires))
		if err != nil {
			return nil, err
		}
		goals = append(goals, more...)
	}
	for i, source := range s.contexts {
		more, err := w.walk(source, fromFieldSet(w.supergraph, source.typ, s.requires.Field.Contexts[i].Selection))
		if err != nil {
			return nil, err
		}
		goals = append(goals, more...)
	}
	if w.typenameMatters(s, p) {
		g, err := w.typename(p)
		if err != nil {
			return nil, err
		}
		goals = append(goals, g)
	}
	return goals, nil
}

// typenameMatters says whether a representation needs the object's runtime
// type: to tell whom to represent, or to name an object of an interface.
func (w *walker) typenameMatters(s *start, p *position) bool {
	if p.typ != p.declared {
		return true
	}
	if !w.isAbstract(p.typ) || s.node.Type.InterfaceObject {
		return false
	}
	s.runtimeTypename = slices.ContainsFunc(p.ways, func(at *way) bool { return !at.node.Type.InterfaceObject })
	return s.runtimeTypename
}

func isUnresolvable(err error) bool {
	var u *unresolvable
	return errors.As(err, &u)
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
