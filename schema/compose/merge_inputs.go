package compose

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// mergeInputObject keeps the fields that every subgraph understands.
func (m *merger) mergeInputObject(mt *mergedType) {
	names, sources := gatherFields(mt, false)
	for i, name := range names {
		f := fieldMerge{merger: m, mt: mt, name: name, sources: sources[i]}
		if f.mergeInput() {
			mt.AddField(f.field.Field)
			mt.fields = append(mt.fields, f.field)
		}
	}
	if len(mt.fields) == 0 {
		places := make([]federation.Place, len(mt.sources))
		for i, src := range mt.sources {
			places[i] = m.place(src.sub, src.Position(), "")
		}
		m.fail(federation.EmptyMergedInputType, places, "give the declarations a field in common",
			"input object %q would have no fields: none is in all the subgraphs that have the type", mt.Name)
	}
}

// mergeInput merges an input field; it returns false when it is to be dropped.
func (f *fieldMerge) mergeInput() bool {
	var with []fieldSource
	for _, src := range f.sources {
		if src.Field != nil {
			with = append(with, src)
		}
	}
	f.field = &mergedField{Field: &sdl.Field{FieldDefinition: &ast.FieldDefinition{Name: f.name, Position: with[0].Position}, Parent: f.mt.Type}}
	f.field.Description = f.mergeDescriptions(f.coordinate(), fieldDescriptions(with))
	f.mergeFieldDirectives(with)
	typesDiffer := f.mergeInputType(with)
	defaults := make([]valued, len(with))
	for i, src := range with {
		defaults[i] = valued{src.sub, src.DefaultValue, src.Position}
	}
	f.field.DefaultValue = f.mergeDefaults(federation.InputFieldDefaultMismatch, f.coordinate(), defaults)
	if typesDiffer || len(with) < len(f.sources) {
		for _, src := range with {
			j := joinField{graph: src.sub}
			if typesDiffer {
				j.typ = src.Type.String()
			}
			f.field.joins = append(f.field.joins, j)
		}
	}
	return len(with) == len(f.sources) || f.isInaccessible(f.field.Directives) || f.missingInput(with)
}

func (m *merger) isInaccessible(directives ast.DirectiveList) bool {
	md := m.out.federated[federation.AtInaccessible]
	return md != nil && directives.ForName(md.name) != nil
}

func (f *fieldMerge) mergeInputType(with []fieldSource) bool {
	refs := make([]typed, len(with))
	for i, src := range with {
		refs[i] = typed{src.sub, src.Type, src.Position}
	}
	merged, differ, ok := f.mergeRefs(refs, input)
	f.field.Type = merged
	f.useInput(merged.Name(), f.coordinate())
	switch {
	case !ok:
		f.typeMismatch(federation.FieldTypeMismatch, fmt.Sprintf("the types of %q", f.coordinate()), refs, merged)
	case differ:
		f.hint(federation.InconsistentButCompatibleFieldType, f.coordinate(), f.typePlaces(refs),
			"%q has %s; the supergraph has %s", f.coordinate(), f.typeDistribution(refs, merged), merged)
	}
	return differ
}

// missingInput says what becomes of a field that some subgraphs lack: it is
// dropped, which must not take away what another requires.
func (f *fieldMerge) missingInput(with []fieldSource) bool {
	var without []int
	var places []federation.Place
	required := false
	for i, src := range f.sources {
		switch {
		case src.Field == nil:
			without = append(without, src.sub)
			places = append(places, f.place(src.sub, f.mt.sources[i].Position(), "lacks it"))
		case sdl.IsRequired(src.Type, src.DefaultValue):
			required = true
			places = slices.Insert(places, 0, f.place(src.sub, src.Position, "requires it"))
		default:
			places = append(places, f.place(src.sub, src.Position, "has it"))
		}
	}
	in := fmt.Sprintf("it is in %s but not in %s", federation.Subgraphs(f.names(subsOf(with))), federation.Subgraphs(f.names(without)))
	if required {
		f.fail(federation.RequiredInputFieldMissingInSomeSubgraph, places, "add it everywhere, or make it nullable or give it a default where it is required",
			"input field %q is required, but some subgraphs do not take it: %s", f.coordinate(), in)
		return false
	}
	f.hint(federation.InconsistentInputObjectField, f.coordinate(), places, "input field %q is not part of the supergraph: %s", f.coordinate(), in)
	return false
}
