package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// surveyed is what an upgrade must know of the other subgraphs, as they were
// before any upgrade.
type surveyed struct {
	// present are the types a subgraph has, defined those it has a definition
	// of, resolved the fields it resolves, tagged its tagged fields.
	present, defined, resolved, tagged map[string]*holders
	keys                               map[string][]firstKey
}

// holders says who has something; two suffice to know whether another has it.
type holders struct{ first, second int }

func (h *holders) other(than int) bool {
	return h != nil && (h.first != than || h.second >= 0)
}

func hold(m map[string]*holders, name string, who int) {
	h := m[name]
	switch {
	case h == nil:
		m[name] = &holders{who, -1}
	case h.first != who && h.second < 0:
		h.second = who
	}
}

type firstKey struct {
	subgraph int
	fields   []string
}

// keyOfOthers returns the top fields of a type's first key in each other
// subgraph.
func (a *surveyed) keyOfOthers(typeName string, than int) []string {
	var names []string
	for _, k := range a.keys[typeName] {
		if k.subgraph != than {
			names = append(names, k.fields...)
		}
	}
	return names
}

func tagOf(f *sdl.Field, d *ast.Directive) string {
	name, _ := sdl.StringArgument(d, "name")
	return f.Coordinate() + " " + name
}

func survey(subgraphs []*Subgraph) *surveyed {
	a := &surveyed{
		present: map[string]*holders{}, defined: map[string]*holders{}, resolved: map[string]*holders{}, tagged: map[string]*holders{},
		keys: map[string][]firstKey{},
	}
	for i, s := range subgraphs {
		for _, t := range s.Schema.Types {
			if !t.Spec {
				a.add(i, s, t)
			}
		}
	}
	return a
}

func (a *surveyed) add(i int, s *Subgraph, t *sdl.Type) {
	hold(a.present, t.Name, i)
	if !t.OnlyExtended() {
		hold(a.defined, t.Name, i)
	}
	if t.Kind != ast.Object && t.Kind != ast.Interface {
		return
	}
	if keys := s.Keys[t]; len(keys) > 0 {
		a.keys[t.Name] = append(a.keys[t.Name], firstKey{i, topNames(keys[0])})
	}
	tag := s.NameOf(federation.AtTag)
	for _, f := range t.Fields {
		if !s.FullyExternal(f) {
			hold(a.resolved, f.Coordinate(), i)
		}
		for _, d := range f.Directives {
			if d.Name == tag && !s.External(f) {
				hold(a.tagged, tagOf(f, d), i)
			}
		}
	}
}
