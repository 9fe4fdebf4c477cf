package plan

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

type startKey struct {
	place    *place
	node     *graph.Node
	entry    *graph.Entry
	requires *graph.Edge
	group    int
}

// conditional says whether a field can only be resolved for an entity, with
// something in its representation or its arguments that is fetched before.
func conditional(e *graph.Edge) bool {
	return e.Field.Requires != nil || len(e.Field.Contexts) > 0
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
	for i, at := range p.entered {
		if i == 0 || at.start.depth < p.soonest {
			p.soonest = at.start.depth
		}
	}
	p.indirect.ways = p.entered
	return p.entered
}

// queryAgain returns the ways into every subgraph's query type, for a field that
// returns the type Query itself.
func (w *walker) queryAgain(p *position) []*way {
	var ways []*way
	for _, n := range w.queryRoots() {
		key := startKey{place: p.place, node: n}
		if w.starts[key] == nil {
			w.starts[key] = &start{node: n, place: p.place, depth: p.depth() + 1, position: p}
		}
		ways = append(ways, w.starts[key].begin())
	}
	return ways
}

// queryRoots are the subgraphs' query types that may be used.
func (w *walker) queryRoots() []*graph.Node {
	var nodes []*graph.Node
	for _, n := range w.graph.Roots(ast.Query) {
		if n != w.without {
			nodes = append(nodes, n)
		}
	}
	return nodes
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
	goals, err := w.typesAround(p)
	if err != nil {
		return nil, err
	}
	if s.entry == nil {
		return append(goals, w.presence(p)), nil
	}
	more, err := w.walk(p, fromFieldSet(w.supergraph, p.typ, s.entry.Key.Fields))
	if err != nil {
		return nil, err
	}
	goals = append(goals, more...)
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

// typesAround are the goals of knowing the runtime types of objects around the
// position that decide whether it is there, where a subgraph goes on from them
// without knowing these: one in which their type is an interface object.
func (w *walker) typesAround(p *position) ([]*goal, error) {
	var goals []*goal
	for at := p.above; at != nil; at = at.above {
		if at.typ == at.declared || !slices.ContainsFunc(at.ways, func(way *way) bool { return way.node.Type.InterfaceObject }) {
			continue
		}
		g, err := w.typename(at)
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
