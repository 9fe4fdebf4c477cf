package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// collectTypes finds the types of all subgraphs and what kind each is.
func (m *merger) collectTypes() {
	for i, s := range m.subgraphs {
		for _, t := range s.Schema.Types {
			if t.Spec {
				continue
			}
			mt := m.out.types[t.Name]
			if mt == nil {
				mt = &mergedType{Type: &sdl.Type{Name: t.Name, Kind: m.kindOf(i, t), Parts: t.Parts}}
				m.out.types[t.Name] = mt
				m.out.schema.AddType(mt.Type)
			}
			mt.sources = append(mt.sources, typeSource{sub: i, Type: t})
		}
	}
	for _, t := range m.out.schema.Types {
		mt := m.out.types[t.Name]
		if m.checkKind(mt) {
			m.checkStandsForInterface(mt)
			continue
		}
		for i, src := range mt.sources {
			if m.kindOf(src.sub, src.Type) != mt.Kind {
				mt.sources[i].Type, mt.sources[i].mismatched = &sdl.Type{Name: src.Name, Kind: mt.Kind, Parts: src.Parts}, true
			}
		}
	}
}

// kindOf is the kind of a type in the supergraph: an interface object is an
// interface there.
func (m *merger) kindOf(sub int, t *sdl.Type) ast.DefinitionKind {
	if m.subgraphs[sub].IsInterfaceObject(t) {
		return ast.Interface
	}
	return t.Kind
}

func (m *merger) checkKind(mt *mergedType) bool {
	kinds := make([]string, len(mt.sources))
	subs := make([]int, len(mt.sources))
	places := make([]federation.Place, len(mt.sources))
	same := true
	for i, src := range mt.sources {
		kind := m.kindOf(src.sub, src.Type)
		same = same && kind == mt.Kind
		kinds[i], subs[i] = sdl.KindName(kind), src.sub
		if kind != src.Kind {
			kinds[i] += " (by @interfaceObject)"
		}
		places[i] = m.place(src.sub, src.Position(), kinds[i])
	}
	if !same {
		m.fail(federation.TypeKindMismatch, places, "rename one of the types, or make them the same kind",
			"type %q is not of one kind: it is %s", mt.Name, m.distribution(kinds, subs, ""))
	}
	return same
}

// checkStandsForInterface reports interface objects without an interface.
func (m *merger) checkStandsForInterface(mt *mergedType) {
	if slices.ContainsFunc(mt.sources, func(src typeSource) bool { return src.Kind == mt.Kind }) {
		return
	}
	places := make([]federation.Place, len(mt.sources))
	for i, src := range mt.sources {
		places[i] = m.place(src.sub, src.Position(), "the interface object")
	}
	m.fail(federation.InterfaceObjectUsageError, places, fmt.Sprintf("define interface %q, with its key and its implementations, in another subgraph", mt.Name),
		"%q is an @interfaceObject in every subgraph that has it, and an interface in none", mt.Name)
}

// distribution says which value is in which subgraphs: `"Int" in subgraph "a"
// but "String" in subgraphs "b" and "c"`. The value of the supergraph, if it has
// one, comes first.
func (m *merger) distribution(values []string, subs []int, first string) string {
	var order []string
	in := map[string][]string{}
	for i, v := range values {
		if in[v] == nil {
			order = append(order, v)
		}
		in[v] = append(in[v], m.subgraphs[subs[i]].Name)
	}
	slices.SortStableFunc(order, func(a, b string) int {
		switch {
		case a == first && b != first:
			return -1
		case b == first && a != first:
			return 1
		}
		return 0
	})
	var b strings.Builder
	for i, v := range order {
		switch {
		case i == 1:
			b.WriteString(" but ")
		case i > 1:
			b.WriteString(" and ")
		}
		b.WriteString(v + " in " + federation.Subgraphs(in[v]))
	}
	return b.String()
}

// mergeInterfacesAndMembers unites what types implement and what unions hold.
func (m *merger) mergeInterfacesAndMembers() {
	for _, t := range m.out.schema.Types {
		mt := m.out.types[t.Name]
		for _, src := range mt.sources {
			for _, r := range src.Interfaces {
				if !t.Implements(r.Name) {
					t.AddInterface(sdl.Reference{Name: r.Name, Position: r.Position})
				}
				mt.implements = append(mt.implements, joinReference{src.sub, r.Name})
			}
			for _, r := range src.Members {
				if !t.HasMember(r.Name) {
					t.AddMember(sdl.Reference{Name: r.Name, Position: r.Position})
				}
				mt.members = append(mt.members, joinReference{src.sub, r.Name})
			}
		}
		if t.Kind == ast.Union {
			m.hintMembers(mt)
		}
	}
	m.collectStandIns()
}

func (m *merger) hintMembers(mt *mergedType) {
	if len(mt.sources) < 2 {
		return
	}
	for _, member := range mt.Members {
		var with, without []int
		for _, src := range mt.sources {
			if src.HasMember(member.Name) {
				with = append(with, src.sub)
			} else {
				without = append(without, src.sub)
			}
		}
		if len(without) > 0 {
			m.hint(federation.InconsistentUnionMember, mt.Name, nil, "union %q has the member %q in %s but not in %s", mt.Name, member.Name,
				federation.Subgraphs(m.names(with)), federation.Subgraphs(m.names(without)))
		}
	}
}

// collectStandIns finds, for each object type, the interface objects that
// contribute fields to it.
func (m *merger) collectStandIns() {
	objects := map[string][]standIn{}
	for i, s := range m.subgraphs {
		if s.NameOf(federation.AtInterfaceObject) == "" {
			continue
		}
		for _, t := range s.Schema.Types {
			if s.IsInterfaceObject(t) {
				objects[t.Name] = append(objects[t.Name], standIn{i, t})
			}
		}
	}
	if len(objects) == 0 {
		return
	}
	for _, t := range m.out.schema.Types {
		if t.Kind != ast.Object {
			continue
		}
		mt := m.out.types[t.Name]
		for _, r := range t.Interfaces {
			mt.standIns = append(mt.standIns, objects[r.Name]...)
		}
		slices.SortStableFunc(mt.standIns, func(a, b standIn) int { return a.sub - b.sub })
	}
}
