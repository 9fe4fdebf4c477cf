package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Reached is an entry whose key can be had.
type Reached struct {
	*Entry
	// Rank is the least number of entries in sequence, this one included, that
	// lead there: 1 when the nodes one starts from resolve the key.
	Rank int
}

// Reach returns the entries for values of the named type that can be used by
// someone who is at all of the nodes, by rank. Key fields may be gathered from
// several subgraphs on the way.
func (g *Graph) Reach(from []*Node, typeName string) []Reached {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := prover{graph: g, active: map[string]bool{}}
	return p.reach(from, typeName)
}

// Resolves says whether the field set can be resolved for values of the named
// type by someone who is at all of the nodes, and after how many entries in
// sequence at the most: 0 when the nodes resolve it themselves.
func (g *Graph) Resolves(from []*Node, typeName string, set ast.SelectionSet) (rank int, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := prover{graph: g, active: map[string]bool{}}
	return p.resolves(from, typeName, set, true)
}

// prover finds what can be reached. Conditions may lead to each other in
// circles: active holds the questions being answered, which count as "no" to
// themselves, and cut says that such an answer was used, so that the outcome
// depends on the way there and is not kept.
type prover struct {
	graph  *Graph
	active map[string]bool
	cut    bool
}

func (p *prover) reach(from []*Node, typeName string) []Reached {
	key := typeName + setKey(from)
	if known, ok := p.graph.reach[key]; ok {
		return known
	}
	if p.active[key] {
		p.cut = true
		return nil
	}
	p.active[key] = true
	outer := p.cut
	p.cut = false
	found := p.search(from, typeName)
	delete(p.active, key)
	if !p.cut {
		p.graph.reach[key] = found
	}
	p.cut = p.cut || outer
	return found
}

// search adds entries round by round, each round seeing what the one before
// reached, until nothing is added.
func (p *prover) search(from []*Node, typeName string) []Reached {
	var found []Reached
	at := slices.Clone(from)
	taken := map[*Entry]bool{}
	for round := 1; ; round++ {
		start := len(found)
		for _, e := range p.graph.entries[typeName] {
			if taken[e] {
				continue
			}
			if rank, ok := p.resolves(at, typeName, e.Key.Fields, false); ok {
				taken[e] = true
				found = append(found, Reached{Entry: e, Rank: max(round, rank+1)})
			}
		}
		if len(found) == start {
			return found
		}
		for _, r := range found[start:] {
			if !slices.Contains(at, r.Node) {
				at = append(at, r.Node)
			}
		}
	}
}

// resolves answers Resolves; enter says whether the type itself may be entered
// elsewhere, below the first level it always may.
func (p *prover) resolves(from []*Node, typeName string, set ast.SelectionSet, enter bool) (int, bool) {
	most := 0
	for _, s := range set {
		var rank int
		var ok bool
		switch s := s.(type) {
		case *ast.Field:
			rank, ok = p.resolvesField(from, typeName, s, enter)
		case *ast.InlineFragment:
			rank, ok = p.resolvesFragment(from, typeName, s, enter)
		}
		if !ok {
			return 0, false
		}
		most = max(most, rank)
	}
	return most, true
}

func (p *prover) resolvesField(from []*Node, typeName string, f *ast.Field, enter bool) (int, bool) {
	if rank, ok := p.resolvesFrom(from, typeName, f, from); ok {
		return rank, true
	}
	if rank, ok := p.resolvesByType(from, f); ok || !enter {
		return rank, ok
	}
	at := slices.Clone(from)
	for _, r := range p.reach(from, typeName) {
		at = append(at, r.Node)
		if rank, ok := p.resolvesFrom(at, typeName, f, at); ok {
			return max(rank, r.Rank), true
		}
		if rank, ok := p.resolvesByType([]*Node{r.Node}, f); ok {
			return rank + r.Rank, true
		}
	}
	return 0, false
}

// resolvesFrom says whether the field's edges at the nodes, taken together,
// resolve what is selected below it.
func (p *prover) resolvesFrom(nodes []*Node, typeName string, f *ast.Field, at []*Node) (int, bool) {
	rank := 0
	if f.Name == "__typename" {
		return 0, slices.ContainsFunc(nodes, func(n *Node) bool { return !n.Type.InterfaceObject })
	}
	var to []*Node
	found, target := false, ""
	for _, n := range nodes {
		e := n.Field(f.Name)
		if e == nil || len(e.Field.Contexts) > 0 {
			continue // a context is not to be had within a field set
		}
		if e.Field.Requires != nil {
			r, ok := p.resolvesRequires(at, typeName, e)
			if !ok {
				continue
			}
			rank = r + 1
		}
		found, target = true, e.Field.Definition.Type.Name()
		if e.To != nil {
			to = append(to, e.To)
		}
	}
	if !found || len(f.SelectionSet) == 0 {
		return rank, found
	}
	below, ok := p.resolves(to, target, f.SelectionSet, true)
	return max(rank, below), ok
}

func (p *prover) resolvesRequires(at []*Node, typeName string, e *Edge) (int, bool) {
	key := typeName + "." + e.Field.Name + "@" + e.Field.Parent.Subgraph.Graph + setKey(at)
	if p.active[key] {
		p.cut = true
		return 0, false
	}
	p.active[key] = true
	defer delete(p.active, key)
	return p.resolves(at, typeName, e.Field.Requires, true)
}

// resolvesByType resolves an interface's field for each runtime type apart, all
// of them from one node.
func (p *prover) resolvesByType(from []*Node, f *ast.Field) (int, bool) {
	for _, n := range from {
		if n.Type.Kind == ast.Object || len(n.Type.Possible) == 0 {
			continue
		}
		most, all := 0, true
		for _, typeName := range n.Type.Possible {
			rank, ok := p.resolvesField([]*Node{n.Cast(typeName)}, typeName, f, true)
			if !ok {
				all = false
				break
			}
			most = max(most, rank)
		}
		if all {
			return most, true
		}
	}
	return 0, false
}

// resolvesFragment resolves a selection for the values of one type. Where no
// value here can be of that type there is nothing to resolve.
func (p *prover) resolvesFragment(from []*Node, typeName string, f *ast.InlineFragment, enter bool) (int, bool) {
	if f.TypeCondition == "" || f.TypeCondition == typeName {
		return p.resolves(from, typeName, f.SelectionSet, enter)
	}
	most := 0
	if def := p.graph.Supergraph.Definitions[f.TypeCondition]; def != nil && def.Kind == ast.Object {
		return p.resolvesCast(from, typeName, f.TypeCondition, f.SelectionSet)
	}
	for _, objectType := range p.graph.Supergraph.Possible(f.TypeCondition) {
		if !p.graph.Supergraph.IsPossible(typeName, objectType) {
			continue
		}
		rank, ok := p.resolvesCast(from, typeName, objectType, f.SelectionSet)
		if !ok {
			return 0, false
		}
		most = max(most, rank)
	}
	return most, true
}

func (p *prover) resolvesCast(from []*Node, typeName, objectType string, set ast.SelectionSet) (int, bool) {
	var at []*Node
	entered := 0
	for _, n := range from {
		if c := n.Cast(objectType); c != nil {
			at = append(at, c)
		} else if n.Type.InterfaceObject {
			// The concrete type is known only where the interface is real.
			for _, r := range p.reach(from, typeName) {
				if c := r.Node.Cast(objectType); c != nil {
					at, entered = append(at, c), max(entered, r.Rank)
				}
			}
		}
	}
	if len(at) == 0 {
		return 0, true
	}
	rank, ok := p.resolves(at, objectType, set, true)
	return rank + entered, ok
}

func setKey(nodes []*Node) string {
	indexes := make([]int, len(nodes))
	for i, n := range nodes {
		indexes[i] = n.Index
	}
	slices.Sort(indexes)
	var b strings.Builder
	for _, i := range slices.Compact(indexes) {
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(i))
	}
	return b.String()
}
