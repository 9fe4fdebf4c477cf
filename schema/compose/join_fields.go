package compose

import (
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// join makes the @join__field applications: one for each subgraph that has the
// field, unless they would all say no more than that.
func (f *fieldMerge) join(typesDiffer bool) {
	if !typesDiffer && !f.needsJoin() {
		return
	}
	f.field.joins = []joinField{} // mostly few of the sources have the field
	for i, src := range f.sources {
		o := f.override(i)
		if src.Field == nil || o.gone() && o.label == "" {
			continue
		}
		f.field.joins = append(f.field.joins, f.joinOf(src, o, typesDiffer))
	}
}

func (f *fieldMerge) needsJoin() bool {
	for i, src := range f.sources {
		if src.Field == nil {
			return true
		}
		s, o := f.subgraphs[src.sub], f.override(i)
		if o.overridden || o.label != "" || len(s.Contexts[src.Field]) > 0 || s.External(src.Field) ||
			s.Applied(src.Directives, federation.AtRequires) != nil || s.Applied(src.Directives, federation.AtProvides) != nil {
			return true
		}
	}
	return false
}

func (f *fieldMerge) joinOf(src fieldSource, o overrideState, withType bool) joinField {
	s := f.subgraphs[src.sub]
	j := joinField{graph: src.sub, external: s.External(src.Field), overrideLabel: o.label, usedOverridden: o.overridden && o.used}
	if set := s.Requires[src.Field]; set != nil {
		j.requires = set.Text
	}
	if set := s.Provides[src.Field]; set != nil {
		j.provides = set.Text
	}
	if d := s.Applied(src.Directives, federation.AtOverride); d != nil {
		j.override, _ = sdl.StringArgument(d, "from")
	}
	if withType {
		j.typ = src.Type.String()
	}
	for _, c := range s.Contexts[src.Field] {
		j.contexts = append(j.contexts, joinContext{
			context: f.contextName(src.sub, c.Context), name: c.Argument.Name, typ: c.Argument.Type.String(), selection: c.Selection,
		})
	}
	return j
}
