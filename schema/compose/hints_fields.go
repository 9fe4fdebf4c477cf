package compose

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// hintEntity says when a type is an entity in some subgraphs only.
func (m *merger) hintEntity(mt *mergedType) {
	var with, without []int
	for _, src := range mt.sources {
		if len(m.subgraphs[src.sub].Keys[src.Type]) > 0 {
			with = append(with, src.sub)
		} else {
			without = append(without, src.sub)
		}
	}
	if len(with) > 0 && len(without) > 0 {
		m.hint(federation.InconsistentEntity, mt.Name, nil, "type %q has a @key in %s but not in %s",
			mt.Name, federation.Subgraphs(m.names(with)), federation.Subgraphs(m.names(without)))
	}
}

// hintObjectFields says when a type that is no entity has different fields in
// the subgraphs: a value from one cannot be completed by another.
func (m *merger) hintObjectFields(mt *mergedType, names []string, sources [][]fieldSource) {
	if len(mt.sources) < 2 || m.hasKey(mt) || slices.ContainsFunc(sdl.Operations, func(op ast.Operation) bool { return sdl.RootName(op) == mt.Name }) {
		return
	}
	for i, name := range names {
		m.hintMissing(federation.InconsistentObjectValueTypeField, "object type", mt, name, sources[i], func(src typeSource) bool {
			return slices.ContainsFunc(src.Fields, func(f *sdl.Field) bool { return !m.subgraphs[src.sub].External(f) })
		})
	}
}

func (m *merger) hasKey(mt *mergedType) bool {
	return slices.ContainsFunc(mt.sources, func(src typeSource) bool { return len(m.subgraphs[src.sub].Keys[src.Type]) > 0 })
}

// hintInterfaceFields is hintObjectFields for interfaces.
func (m *merger) hintInterfaceFields(mt *mergedType, names []string, sources [][]fieldSource) {
	if len(mt.sources) < 2 || m.hasKey(mt) {
		return
	}
	for i, name := range names {
		m.hintMissing(federation.InconsistentInterfaceValueTypeField, "interface", mt, name, sources[i], func(src typeSource) bool { return src.Kind == ast.Interface })
	}
}

func (m *merger) hintMissing(code federation.Code, kind string, mt *mergedType, name string, sources []fieldSource, counts func(typeSource) bool) {
	var with, without []int
	for i, src := range sources {
		switch {
		case src.Field != nil:
			with = append(with, src.sub)
		case counts(mt.sources[i]):
			without = append(without, src.sub)
		}
	}
	if len(without) > 0 {
		m.hint(code, mt.Name+"."+name, nil, "field %q of %s %q is in %s but not in %s",
			name, kind, mt.Name, federation.Subgraphs(m.names(with)), federation.Subgraphs(m.names(without)))
	}
}
