package plan

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Options vary a plan.
type Options struct {
	// Labels are the values of the labels of progressive @override; a label that
	// is absent is false.
	Labels map[string]bool
}

// Build plans an operation: the plan with the fewest fetches in sequence, then
// the fewest requests, then the fewest fields, soonest had, as far as a bounded
// search finds it. An error says that there is no plan, or that the operation
// exceeds the planner's bounds; nothing has been fetched then.
func Build(g *graph.Graph, op *operation.Operation, options Options) (*Plan, error) {
	best, err := try(g, op, options, nil)
	if err != nil {
		return nil, fmt.Errorf("no plan for the operation: %w", err)
	}
	for _, n := range best.dispensable() {
		if without, err := try(g, op, options, n); err == nil && without.drafts[0].cost().less(best.drafts[0].cost()) {
			best = without
		}
	}
	e := &emitter{walker: best.walker, op: op, plan: &Plan{Kind: op.Kind, Root: best.walker.layouts[0]}}
	for _, d := range best.drafts {
		e.add(d)
	}
	e.plan.Layouts = best.walker.layouts
	return e.plan, nil
}

// attempt is a way to plan a whole operation.
type attempt struct {
	kind   ast.Operation
	walker *walker
	drafts []*draft
}

// try plans an operation, without the root fields of one subgraph unless that is
// nil.
func try(g *graph.Graph, op *operation.Operation, options Options, without *graph.Node) (*attempt, error) {
	a := &attempt{kind: op.Kind, walker: newWalker(g, options.Labels)}
	a.walker.without = without
	for _, b := range a.walker.blocks(op, a.walker.newLayout()) {
		draft, err := a.walker.draft(b)
		if err != nil {
			return nil, err
		}
		a.drafts = append(a.drafts, draft)
	}
	return a, nil
}

// dispensable returns query types of subgraphs whose root fields it may be better
// to do without: what the subgraphs say of objects that others have at the root
// too, they can be asked for with other entities, later. The search itself does
// not look at entries into subgraphs where one may be anyway, since they would
// make it far longer.
func (a *attempt) dispensable() []*graph.Node {
	if a.kind != ast.Query || len(a.drafts) == 0 {
		return nil
	}
	var roots []*graph.Node
	steps := a.drafts[0].order
	for _, s := range steps {
		if s.start.entry == nil && s.start.place.length == 0 {
			roots = append(roots, s.start.node)
		}
	}
	if len(roots) < 2 || len(roots) == len(steps) {
		return nil
	}
	return roots[:min(len(roots), maxRetries)]
}

// maxRetries bounds how often an operation is planned again.
const maxRetries = 3

func newWalker(g *graph.Graph, labels map[string]bool) *walker {
	return &walker{
		graph: g, supergraph: g.Supergraph, labels: labels,
		places: map[placeKey]*place{}, starts: map[startKey]*start{},
	}
}

// block is a part of an operation that is planned as one, and executed before
// the next: the whole of a query, neighbouring fields of one subgraph in a
// mutation.
type block struct {
	position   *position
	selections []*selection
}

func (w *walker) draft(b block) (*draft, error) {
	goals, err := w.walk(b.position, b.selections)
	if err != nil {
		return nil, err
	}
	return search(w, goals)
}

// blocks cuts an operation into blocks. Fields of a mutation run one after the
// other (GraphQL specification, section 6.2.2), each in one subgraph only.
func (w *walker) blocks(op *operation.Operation, root *Layout) []block {
	name := supergraph.RootName(op.Kind)
	at := w.rootPlace(root, name)
	set := fromOperation(op.Planned())
	if len(set) == 0 {
		return nil
	}
	if op.Kind == ast.Query {
		var ways []*way
		for _, n := range w.queryRoots() {
			ways = append(ways, w.rootStart(at, n, 0).begin())
		}
		return []block{{&position{place: at, ways: ways}, set}}
	}
	var blocks []block
	var last *graph.Node
	for _, s := range set {
		n := w.rootFor(op.Kind, at, s, last)
		if n != nil && n == last {
			blocks[len(blocks)-1].selections = append(blocks[len(blocks)-1].selections, s)
			continue
		}
		last = n
		p := &position{place: at}
		if n != nil {
			p.ways = []*way{w.rootStart(at, n, len(blocks)+1).begin()}
		}
		blocks = append(blocks, block{p, []*selection{s}})
	}
	return blocks
}

func (w *walker) rootStart(at *place, n *graph.Node, group int) *start {
	key := startKey{place: at, node: n, group: group}
	if w.starts[key] == nil {
		w.starts[key] = &start{node: n, place: at}
	}
	return w.starts[key]
}

// rootFor chooses the subgraph that runs a root field that several may have:
// the one that ran the field before, else the one with the cheapest plan.
func (w *walker) rootFor(kind ast.Operation, at *place, s *selection, last *graph.Node) *graph.Node {
	var candidates []*graph.Node
	for _, n := range w.graph.Roots(kind) {
		if e := n.Field(s.field); e != nil && w.applies(e) {
			candidates = append(candidates, n)
		}
	}
	if len(candidates) < 2 {
		return append(candidates, nil)[0]
	}
	if slices.Contains(candidates, last) {
		return last
	}
	var best *graph.Node
	var bestCost cost
	for _, n := range candidates {
		trial := newWalker(w.graph, w.labels)
		place := trial.rootPlace(trial.newLayout(), at.typ)
		d, err := trial.draft(block{&position{place: place, ways: []*way{trial.rootStart(place, n, 0).begin()}}, []*selection{s}})
		if err != nil {
			continue
		}
		if c := d.cost(); best == nil || c.less(bestCost) {
			best, bestCost = n, c
		}
	}
	return best
}
