package compose

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// satisfiable proves that whatever clients may ask for can be had from the
// subgraphs. It walks the API schema, and beside it the query graph that the
// planner uses: for each path of the API it knows all positions where one could
// be in the subgraphs. A path along which no position is left is an error.
//
// A state with at least the positions of an earlier one of the same type brings
// nothing new and is not walked; so each type is walked once for each minimal
// set of positions, and cycles end. Where there are too many of those, the proof
// is tried another way.
//
// The first walk takes positions that are as good as each other for one, see
// exchange. Where it finds something to say, a second one looks at all of them,
// and says it of the first path on which it shows.
func satisfiable(text string, out *merged, subgraphs []*subgraph.Subgraph) (hints []Hint, steps int, errs federation.Errors) {
	s, err := supergraph.Parse(text)
	if err != nil {
		return nil, 0, federation.Errors{{Code: federation.InvalidGraphQL, Message: err.Error()}}
	}
	most := stepsFor(s)
	g := graph.Build(s)
	bySingles := sync.OnceValue(func() bool {
		w := newWalker(g, out, subgraphs, timesSingles*most)
		w.exchange = newExchange(g)
		proved := w.satisfiableBySingles()
		steps += w.steps
		return proved
	})
	first := newWalker(g, out, subgraphs, most)
	first.exchange = newExchange(g)
	first.walkAll()
	steps += first.steps
	if first.silent() && (first.steps <= most || bySingles()) {
		return nil, steps, nil
	}
	w := newWalker(g, out, subgraphs, most)
	w.walkAll()
	steps += w.steps
	if w.steps <= most || len(w.errors) > 0 {
		return w.hints, steps, append(w.errors, w.mismatches...)
	}
	if bySingles() {
		return w.hints, steps, w.mismatches
	}
	return nil, steps, federation.Errors{{
		Code:    federation.MaxValidationSubgraphPathsExceeded,
		Message: "there are more ways through the subgraphs than can be looked at to see whether every query can be resolved",
		Help:    "give the types that many subgraphs share one common @key",
	}}
}

func rootOf(api *ast.Schema, op ast.Operation) *ast.Definition {
	switch op {
	case ast.Mutation:
		return api.Mutation
	case ast.Subscription:
		return api.Subscription
	default:
		return api.Query
	}
}

// The work is bounded, by what a supergraph's size makes likely: real ones need
// a tenth. The proof by single positions may take as many times as much.
const (
	leastSteps    = 3_000_000
	stepsPerField = 40
	timesSingles  = 5
)

// stepsFor is how many steps walking a supergraph may take.
func stepsFor(s *supergraph.Supergraph) int {
	n := leastSteps
	for _, sub := range s.Subgraphs {
		for _, t := range sub.Types {
			n += stepsPerField * len(t.Fields)
		}
	}
	return n
}

// walker walks the API schema.
type walker struct {
	graph     *graph.Graph
	super     *supergraph.Supergraph
	out       *merged
	subgraphs []*subgraph.Subgraph
	// contexts are the contexts that each type sets.
	contexts map[string][]string
	// labelled says which fields move between subgraphs by label.
	labelled map[string][]string
	// shared says which fields of object types several subgraphs resolve.
	shared map[string]bool

	positions []position
	known     map[positionKey]int32
	frames    []frame
	frameKeys map[string]int

	moves       map[moveKey][]int32
	moveNumbers map[move]int32
	reached     map[int32][]int32
	byField     map[int32]map[string][]int32 // see candidates
	held        map[heldKey]bool
	active      map[heldKey]bool
	cut         bool
	// exchange says which positions are as good as each other, nil that none is.
	exchange *exchange
	seen     map[string][]seenState
	reported map[string]bool
	// compared are the shared fields whose runtime types were found to differ.
	compared map[string]bool
	steps    int
	most     int // how many steps may be taken

	errors federation.Errors
	// mismatches are errors that no subgraph can be blamed for.
	mismatches federation.Errors
	hints      []Hint
}

func newWalker(g *graph.Graph, out *merged, subgraphs []*subgraph.Subgraph, most int) *walker {
	w := &walker{
		most:  most,
		graph: g, super: g.Supergraph, out: out, subgraphs: subgraphs,
		contexts: contextsOf(out), labelled: map[string][]string{}, shared: map[string]bool{},
		known: map[positionKey]int32{}, frames: []frame{nil}, frameKeys: map[string]int{},
		moves: map[moveKey][]int32{}, moveNumbers: map[move]int32{}, reached: map[int32][]int32{}, byField: map[int32]map[string][]int32{}, held: map[heldKey]bool{}, active: map[heldKey]bool{},
		seen: map[string][]seenState{}, reported: map[string]bool{}, compared: map[string]bool{},
	}
	resolvers := map[string]int{}
	for _, sub := range w.super.Subgraphs {
		for _, t := range sub.Types {
			for _, f := range t.Fields {
				name := t.Name + "." + f.Name
				if f.Label != "" && !slices.Contains(w.labelled[name], f.Label) {
					w.labelled[name] = append(w.labelled[name], f.Label)
				}
				if t.Kind == ast.Object && !t.InterfaceObject && !f.External {
					resolvers[name]++
					w.shared[name] = resolvers[name] > 1
				}
			}
		}
	}
	for name := range w.labelled {
		slices.Sort(w.labelled[name])
	}
	return w
}

// contextsOf finds the contexts that object types set, also by their interfaces
// and unions.
func contextsOf(out *merged) map[string][]string {
	md := out.federated[federation.AtContext]
	if md == nil {
		return nil
	}
	contexts := map[string][]string{}
	for _, t := range out.schema.Types {
		for _, d := range t.Directives {
			if d.Name != md.name {
				continue
			}
			name, _ := sdl.StringArgument(d.Directive, "name")
			contexts[t.Name] = append(contexts[t.Name], name)
			for _, p := range out.schema.PossibleTypes(t) {
				if p != t {
					contexts[p.Name] = append(contexts[p.Name], name)
				}
			}
		}
	}
	return contexts
}

// walkAll walks from the root types.
func (w *walker) walkAll() {
	for _, op := range sdl.Operations {
		root := rootOf(w.super.API, op)
		if root == nil {
			continue
		}
		start := state{api: root, path: &apiPath{operation: op}}
		for _, n := range w.graph.Roots(op) {
			start.positions = append(start.positions, w.intern(position{node: n, start: true}))
		}
		if op == ast.Mutation {
			w.walkMutations(start)
		} else {
			w.walk(start)
		}
	}
}

// silent says that the walk found nothing to say.
func (w *walker) silent() bool { return len(w.errors)+len(w.mismatches)+len(w.hints) == 0 }

// state is where a walk has come to.
type state struct {
	api       *ast.Definition
	positions []int32 // sorted
	// labels are the assumptions made on the way, sorted: "+label" or "-label".
	labels []string
	path   *apiPath
}

type seenState struct {
	positions []int32 // as standFor gives them
	labels    []string
}

// walk explores all states from a start, last in first out.
func (w *walker) walk(start state) {
	stack := []state{start}
	for len(stack) > 0 && w.steps <= w.most {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if s.api.Kind == ast.Object {
			for _, f := range s.api.Fields {
				if strings.HasPrefix(f.Name, "__") {
					continue
				}
				stack = w.walkField(stack, s, f)
			}
			continue
		}
		for _, p := range w.super.API.PossibleTypes[s.api.Name] {
			stack = w.walkCast(stack, s, p)
		}
	}
}

// walkField follows a field, once for each assumption about its label.
func (w *walker) walkField(stack []state, s state, f *ast.FieldDefinition) []state {
	labels := w.labelled[s.api.Name+"."+f.Name]
	if len(labels) == 0 {
		return w.walkAssuming(stack, s, f, "")
	}
	for _, l := range labels {
		for _, assumed := range []string{"+" + l, "-" + l} {
			if !contradicts(s.labels, assumed) {
				stack = w.walkAssuming(stack, s, f, assumed)
			}
		}
	}
	return stack
}

func contradicts(labels []string, assumed string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return l[1:] == assumed[1:] && l[0] != assumed[0] })
}

func (w *walker) walkAssuming(stack []state, s state, f *ast.FieldDefinition, assumed string) []state {
	next := s.follow(&apiPath{parent: s.path, field: f, typ: s.api.Name, label: assumed})
	if assumed != "" && !slices.Contains(s.labels, assumed) {
		next.labels = append(slices.Clone(s.labels), assumed)
		slices.Sort(next.labels)
	}
	leaf := w.isLeaf(f.Type.Name())
	m := move{s.api.Name, f.Name, assumed, leaf}
	number := w.number(m)
	for _, p := range s.positions {
		next.positions = append(next.positions, w.field(p, m, number)...)
	}
	next.positions = sortedSet(next.positions)
	if len(next.positions) == 0 {
		w.unsatisfied(s, next.path)
		return stack
	}
	if leaf {
		return stack
	}
	w.checkRuntimeTypes(s, f, next)
	next.api = w.super.API.Types[f.Type.Name()]
	return w.push(stack, next)
}

func (w *walker) isLeaf(typeName string) bool {
	t := w.super.API.Types[typeName]
	return t == nil || t.IsLeafType()
}

// walkCast follows the values of one object type.
func (w *walker) walkCast(stack []state, s state, to *ast.Definition) []state {
	next := s.follow(&apiPath{parent: s.path, typ: to.Name})
	for _, p := range s.positions {
		positions, impossible := w.cast(p, to.Name)
		if impossible {
			return stack // here no value is ever of that type
		}
		next.positions = append(next.positions, positions...)
	}
	next.positions = sortedSet(next.positions)
	if len(next.positions) == 0 {
		w.unsatisfied(s, next.path)
		return stack
	}
	next.api = to
	return w.push(stack, next)
}

func (s state) follow(path *apiPath) state {
	return state{labels: s.labels, path: path}
}

func sortedSet(list []int32) []int32 {
	slices.Sort(list)
	return slices.Compact(list)
}

// push adds a state unless an earlier one of its type had no more positions, or
// as good ones, and no assumptions that this one has not.
func (w *walker) push(stack []state, s state) []state {
	w.steps += len(w.seen[s.api.Name])
	positions := w.standFor(s.positions)
	for _, old := range w.seen[s.api.Name] {
		if containsSorted(positions, old.positions) && containsSorted(s.labels, old.labels) {
			return stack
		}
	}
	w.seen[s.api.Name] = append(w.seen[s.api.Name], seenState{positions, s.labels})
	return append(stack, s)
}

// containsSorted says whether a sorted list has every element of another.
func containsSorted[E int32 | string](list, elements []E) bool {
	i := 0
	for _, e := range elements {
		for i < len(list) && list[i] < e {
			i++
		}
		if i == len(list) || list[i] != e {
			return false
		}
	}
	return true
}
