package compose

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/sdl"
)

// satisfiableBySingles proves satisfiability where there are more sets of
// positions, or of assumptions about labels, than can be walked: there can be
// exponentially many. But mostly a single position is enough. A position is
// complete when each field of its type leads from it to a complete one. That is
// found in time that grows as the query graph does. What it proves is proved;
// what it does not prove may hold all the same.
func (w *walker) satisfiableBySingles() bool {
	c := &completion{walker: w, index: map[completionKey]int{}}
	var starts [][]alternative
	for _, op := range sdl.Operations {
		root := rootOf(w.super.API, op)
		if root == nil {
			continue
		}
		for _, f := range root.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				starts = append(starts, c.start(op, root, f))
			}
		}
	}
	for i := 0; i < len(c.places) && w.steps <= w.most; i++ {
		c.explore(i)
	}
	if w.steps > w.most {
		return false
	}
	c.eliminate()
	for _, alternatives := range starts {
		if !slices.ContainsFunc(alternatives, c.holdsAll) {
			return false
		}
	}
	return true
}

// completion finds complete positions: all are presumed so, and those that prove
// not to be are eliminated until nothing changes. So cycles are complete.
type completion struct {
	*walker
	places []*completionPlace
	index  map[completionKey]int
}

// completionKey is a position on values of a type of the API.
type completionKey struct {
	typ string
	at  int32
}

type completionPlace struct {
	completionKey
	needs alternative
	// neededBy are the places that have a need for this one.
	neededBy   []int
	incomplete bool
}

// need is what clients can ask for at a place: it leads to one of some places,
// one of which must be complete. alternative are needs that belong together.
type (
	need        []int
	alternative []need
)

// start returns the ways to run a root field: a shared mutation is run in one
// subgraph alone, everything else in all of them.
func (c *completion) start(op ast.Operation, root *ast.Definition, f *ast.FieldDefinition) []alternative {
	var at, runners []int32
	for _, n := range c.graph.Roots(op) {
		p := c.intern(position{node: n, start: true})
		at = append(at, p)
		if n.Field(f.Name) != nil {
			runners = append(runners, p)
		}
	}
	if op != ast.Mutation || len(runners) < 2 {
		return []alternative{c.needs(at, root.Name, f)}
	}
	var out []alternative
	for _, p := range runners {
		out = append(out, c.needs([]int32{p}, root.Name, f))
	}
	return out
}

// needs are those of a field, one for each assumption about its label.
func (c *completion) needs(at []int32, typ string, f *ast.FieldDefinition) alternative {
	assumptions := []string{""}
	if labels := c.labelled[typ+"."+f.Name]; len(labels) > 0 {
		assumptions = nil
		for _, l := range labels {
			assumptions = append(assumptions, "+"+l, "-"+l)
		}
	}
	leaf := c.isLeaf(f.Type.Name())
	var out alternative
	for _, assumed := range assumptions {
		m := move{typ, f.Name, assumed, leaf}
		number := c.number(m)
		var targets []int32
		for _, p := range at {
			targets = append(targets, c.field(p, m, number)...)
		}
		if !leaf || len(targets) == 0 {
			out = append(out, c.placesOf(f.Type.Name(), targets))
		}
	}
	return out
}

// placesOf returns the places at which a type's values are had.
func (c *completion) placesOf(typ string, at []int32) need {
	out := need{}
	for _, p := range c.standFor(at) {
		key := completionKey{typ, p}
		i, ok := c.index[key]
		if !ok {
			i = len(c.places)
			c.index[key] = i
			c.places = append(c.places, &completionPlace{completionKey: key})
		}
		out = append(out, i)
	}
	return out
}

// explore finds the needs of a place.
func (c *completion) explore(i int) {
	place := c.places[i]
	t := c.super.API.Types[place.typ]
	if t.Kind == ast.Object {
		for _, f := range t.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				place.needs = append(place.needs, c.needs([]int32{place.at}, t.Name, f)...)
			}
		}
	} else {
		for _, p := range c.super.API.PossibleTypes[t.Name] {
			c.steps++
			if to, impossible := c.cast(place.at, p.Name); !impossible {
				place.needs = append(place.needs, c.placesOf(p.Name, to))
			}
		}
	}
	for _, n := range place.needs {
		for _, target := range n {
			c.places[target].neededBy = append(c.places[target].neededBy, i)
		}
	}
}

// eliminate marks the places that are not complete.
func (c *completion) eliminate() {
	queue := make([]int, len(c.places))
	for i := range queue {
		queue[i] = i
	}
	for len(queue) > 0 {
		place := c.places[queue[0]]
		queue = queue[1:]
		if !place.incomplete && !c.holdsAll(place.needs) {
			place.incomplete = true
			queue = append(queue, place.neededBy...)
		}
	}
}

// holdsAll says whether each need has a place that is complete.
func (c *completion) holdsAll(needs alternative) bool {
	for _, n := range needs {
		if !slices.ContainsFunc(n, func(i int) bool { return !c.places[i].incomplete }) {
			return false
		}
	}
	return true
}
