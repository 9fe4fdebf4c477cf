package plan

import (
	"errors"
	"fmt"
	"slices"

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
	// without is the query type of a subgraph that is not to be used, or nil.
	without *graph.Node
	// positions counts the positions visited, which maxPositions bounds.
	positions int
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
	p.direct.ways = p.ways
	for _, at := range p.direct.to(w.graph, s.field) {
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
	if entered := w.entered(p); len(entered) == 0 || s.leaf && least >= 0 && least < p.soonest {
		return best(ways)
	}
	for _, at := range p.indirect.to(w.graph, s.field) {
		e := at.node.Field(s.field)
		if e == nil || !w.applies(e) || direct[at.start.subgraph()] || s.leaf && least >= 0 && least < at.start.depth {
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

func isUnresolvable(err error) bool {
	var u *unresolvable
	return errors.As(err, &u)
}
