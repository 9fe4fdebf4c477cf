// Package graph is the query graph: where one can be inside the subgraphs of a
// supergraph, and how one can move on. Composition walks it to prove that every
// query of the API can be resolved; the planner walks it to resolve one. That
// both use the same graph is why what composes can be planned.
//
// A Node is a type as one subgraph sees it. From a node one moves
//
//	Field   to a field that the subgraph resolves there itself,
//	Cast    to another type of the subgraph that the value may have,
//	Entry   by a key into a subgraph that resolves the type's representations.
//
// What a field with @requires needs, and what a key needs, are conditions: field
// sets to be resolved, by any moves, before the move can be made. Reach says
// which entries have conditions that can be met.
//
// @provides gives nodes of their own: the same type, in the same subgraph, with
// more fields.
package graph

import (
	"maps"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Graph is the query graph of one supergraph; read-only to its users and safe
// for concurrent use.
type Graph struct {
	Supergraph *supergraph.Supergraph

	nodes   []*Node
	base    map[*supergraph.Type]*Node
	extra   map[string]*Node // nodes with provided fields
	entries map[string][]*Entry
	named   map[string]*namedNodes

	mu    sync.Mutex // guards reach
	reach map[string][]Reached
}

// namedNodes are the nodes of the types of one name.
type namedNodes struct {
	nodes   []*Node
	once    sync.Once // for byField
	byField map[string][]*Node
}

// Node is a composite type in one subgraph, as reached.
type Node struct {
	// Index numbers the nodes of a graph from 0.
	Index int
	Type  *supergraph.Type
	// Provided are the external fields that the subgraph resolves here because
	// the field that led here provides them; nil for the ordinary node.
	Provided ast.SelectionSet

	fields map[string]*Edge
	casts  map[string]*Node
}

// Edge is a field that a subgraph resolves at a node.
type Edge struct {
	Field *supergraph.Field
	// To is the node of the field's type, nil for a scalar or enum.
	To *Node
}

// Entry is a way into a subgraph by a representation of a type.
type Entry struct {
	Key *supergraph.Key
	// Node is where one arrives: the key's type in the key's subgraph, which
	// for an object type may be an interface object of one of its interfaces.
	Node *Node
}

// Subgraph is the subgraph that the node belongs to.
func (n *Node) Subgraph() *supergraph.Subgraph { return n.Type.Subgraph }

// Field returns the edge of a field that can be selected at the node as it is:
// the subgraph resolves it, for every runtime type it knows when the node is an
// interface. It is nil when there is none. An edge of an object type may have a
// condition (Field.Requires) or a label.
func (n *Node) Field(name string) *Edge {
	if n == nil {
		return nil
	}
	return n.fields[name]
}

// Cast returns the node for values that are of the named type, or nil when the
// subgraph does not know the type or no value here can be of it.
func (n *Node) Cast(typeName string) *Node {
	if typeName == n.Type.Name {
		return n
	}
	return n.casts[typeName]
}

// Build makes the query graph of a supergraph.
func Build(s *supergraph.Supergraph) *Graph {
	g := &Graph{
		Supergraph: s,
		base:       map[*supergraph.Type]*Node{},
		extra:      map[string]*Node{},
		entries:    map[string][]*Entry{},
		named:      map[string]*namedNodes{},
		reach:      map[string][]Reached{},
	}
	for _, sub := range s.Subgraphs {
		for _, t := range sub.Types {
			g.base[t] = &Node{Type: t}
		}
	}
	g.connect()
	g.collectEntries()
	return g
}

// Node returns the ordinary node of a type in a subgraph, or nil.
func (g *Graph) Node(sub *supergraph.Subgraph, typeName string) *Node {
	return g.base[sub.Types[typeName]]
}

// Roots returns the nodes of an operation's root type, one for each subgraph
// that has it, in subgraph order.
func (g *Graph) Roots(kind ast.Operation) []*Node {
	var roots []*Node
	for _, sub := range g.Supergraph.Subgraphs {
		if n := g.Node(sub, supergraph.RootName(kind)); n != nil {
			roots = append(roots, n)
		}
	}
	return roots
}

// Entries returns the ways into subgraphs for representations of the named
// type, in subgraph order and then in the order of the keys: its own resolvable
// keys and, for an object type, those of interface objects that stand for it.
func (g *Graph) Entries(typeName string) []*Entry { return g.entries[typeName] }

// Having returns the nodes of the named type, in whatever subgraph, that have an
// edge for the field, by index.
func (g *Graph) Having(typeName, field string) []*Node {
	of := g.named[typeName]
	if of == nil {
		return nil
	}
	of.once.Do(func() {
		of.byField = map[string][]*Node{}
		for _, n := range of.nodes {
			for name := range n.fields {
				of.byField[name] = append(of.byField[name], n)
			}
		}
	})
	return of.byField[field]
}

// Nodes returns every node, by index.
func (g *Graph) Nodes() []*Node { return g.nodes }

func (g *Graph) collectEntries() {
	for _, sub := range g.Supergraph.Subgraphs {
		for name, def := range g.Supergraph.Definitions {
			g.addEntries(name, sub.Types[name])
			if def.Kind != ast.Object {
				continue
			}
			for _, i := range def.Interfaces {
				if t := sub.Types[i]; t != nil && t.InterfaceObject {
					g.addEntries(name, t)
				}
			}
		}
	}
}

func (g *Graph) addEntries(typeName string, t *supergraph.Type) {
	if t == nil {
		return
	}
	for _, k := range t.Keys {
		if k.Resolvable {
			g.entries[typeName] = append(g.entries[typeName], &Entry{Key: k, Node: g.base[t]})
		}
	}
}

// connect makes the edges and casts of every node, and the nodes that
// @provides calls for, which it connects in turn.
func (g *Graph) connect() {
	castable := make([]map[string][]*supergraph.Type, len(g.Supergraph.Subgraphs))
	for i, sub := range g.Supergraph.Subgraphs {
		castable[i] = map[string][]*supergraph.Type{}
		for _, name := range slices.Sorted(maps.Keys(sub.Types)) {
			t := sub.Types[name]
			g.number(g.base[t])
			for _, objectType := range t.Possible {
				castable[i][objectType] = append(castable[i][objectType], t)
			}
		}
	}
	for i := 0; i < len(g.nodes); i++ { // provided nodes are appended on the way
		g.connectCasts(g.nodes[i], castable[g.nodes[i].Subgraph().Index])
		g.connectFields(g.nodes[i])
	}
	for i := len(g.nodes) - 1; i >= 0; i-- {
		if n := g.nodes[i]; n.Type.Kind == ast.Interface {
			n.keepWholeFields()
		}
	}
}

func (g *Graph) number(n *Node) *Node {
	n.Index = len(g.nodes)
	g.nodes = append(g.nodes, n)
	if g.named[n.Type.Name] == nil {
		g.named[n.Type.Name] = &namedNodes{}
	}
	of := g.named[n.Type.Name]
	of.nodes = append(of.nodes, n)
	return n
}

// connectCasts makes the casts of an abstract node: to all types of which some of
// its possible types are too. Castable are the types of the subgraph by object
// type, sorted by name, so that nodes are numbered alike in every run.
func (g *Graph) connectCasts(n *Node, castable map[string][]*supergraph.Type) {
	n.casts = map[string]*Node{}
	if n.Type.Kind == ast.Object {
		return
	}
	for _, objectType := range n.Type.Possible {
		for _, t := range castable[objectType] {
			if t != n.Type && n.casts[t.Name] == nil {
				n.casts[t.Name] = g.provided(t, narrow(n.Provided, n.Subgraph(), t))
			}
		}
	}
}

func (g *Graph) connectFields(n *Node) {
	n.fields = make(map[string]*Edge, len(n.Type.Fields))
	for _, name := range n.Type.FieldNames {
		f := n.Type.Fields[name]
		below, provided := providedField(n.Provided, name)
		if f.External && !provided {
			continue
		}
		e := &Edge{Field: f}
		if t := n.Subgraph().Types[f.Type.Name()]; t != nil {
			e.To = g.provided(t, slices.Concat(f.Provides, below))
		}
		n.fields[name] = e
	}
}

// provided returns the node of a type with the provided selection, which is
// the ordinary node when that is empty.
func (g *Graph) provided(t *supergraph.Type, selection ast.SelectionSet) *Node {
	if len(selection) == 0 {
		return g.base[t]
	}
	key := t.Subgraph.Graph + " " + t.Name + " " + Text(selection)
	if g.extra[key] == nil {
		g.extra[key] = g.number(&Node{Type: t, Provided: selection})
	}
	return g.extra[key]
}

// keepWholeFields drops the edges of an interface for fields that not every
// runtime type of the subgraph resolves unconditionally: these are resolved type
// by type.
func (n *Node) keepWholeFields() {
	for name := range n.fields {
		for _, typeName := range n.Type.Possible {
			e := n.casts[typeName].Field(name)
			if e == nil || e.Field.Requires != nil || e.Field.Label != "" || len(e.Field.Contexts) > 0 {
				delete(n.fields, name)
				break
			}
		}
	}
}

// providedField returns what a provided selection holds below a field.
func providedField(set ast.SelectionSet, name string) (below ast.SelectionSet, ok bool) {
	for _, s := range set {
		if f, isField := s.(*ast.Field); isField && f.Name == name {
			below, ok = append(below, f.SelectionSet...), true
		}
	}
	return below, ok
}

// narrow returns the part of a provided selection that holds for values of
// type t.
func narrow(set ast.SelectionSet, sub *supergraph.Subgraph, t *supergraph.Type) ast.SelectionSet {
	var out ast.SelectionSet
	for _, s := range set {
		fragment, ok := s.(*ast.InlineFragment)
		if !ok {
			out = append(out, s)
			continue
		}
		condition := sub.Types[fragment.TypeCondition]
		if fragment.TypeCondition == "" || condition != nil && contains(condition.Possible, t.Possible) {
			out = append(out, narrow(fragment.SelectionSet, sub, t)...)
		} else if condition != nil && overlap(condition.Possible, t.Possible) {
			out = append(out, s)
		}
	}
	return out
}

// overlap says whether two sorted lists have a common element.
func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool {
		_, ok := slices.BinarySearch(b, s)
		return ok
	})
}

// contains says whether sorted list a has every element of b.
func contains(a, b []string) bool {
	return !slices.ContainsFunc(b, func(s string) bool {
		_, ok := slices.BinarySearch(a, s)
		return !ok
	})
}
