package compose

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// fieldSource is a field in one subgraph that has its type; Field is nil where
// that subgraph does not have the field.
type fieldSource struct {
	sub int
	*sdl.Field
}

// fieldMerge is the merging of one field.
type fieldMerge struct {
	*merger
	mt   *mergedType
	name string
	// sources has one element for each subgraph that has the type.
	sources []fieldSource
	// overrides says what @override makes of the sources, by their index; nil
	// when none has it.
	overrides []overrideState
	field     *mergedField
}

// mergeComposite merges the fields of an object type or an interface.
func (m *merger) mergeComposite(mt *mergedType) {
	names, sources := gatherFields(mt, m.isQueryRoot(mt.Name))
	for i, name := range names {
		f := fieldMerge{merger: m, mt: mt, name: name, sources: sources[i]}
		if f.merge() {
			mt.AddField(f.field.Field)
			mt.fields = append(mt.fields, f.field)
		}
	}
	if mt.Kind == ast.Interface {
		m.checkInterfaceKeys(mt)
		m.checkInterfaceObjects(mt)
		m.hintInterfaceFields(mt, names, sources)
		return
	}
	m.hintEntity(mt)
	m.hintObjectFields(mt, names, sources)
}

func (m *merger) isQueryRoot(name string) bool { return name == sdl.RootName(ast.Query) }

// gatherFields lines up the fields of a type: names in the order in which they
// appear, and for each the sources.
func gatherFields(mt *mergedType, queryRoot bool) (names []string, sources [][]fieldSource) {
	at := map[string]int{}
	for i, src := range mt.sources {
		for _, f := range src.Fields {
			if queryRoot && subgraph.IsFederationField(f) {
				continue
			}
			j, ok := at[f.Name]
			if !ok {
				j = len(names)
				at[f.Name] = j
				names = append(names, f.Name)
				row := make([]fieldSource, len(mt.sources))
				for k, other := range mt.sources {
					row[k].sub = other.sub
				}
				sources = append(sources, row)
			}
			sources[j][i].Field = f
		}
	}
	return names, sources
}

// coordinate returns "Type.field".
func (f *fieldMerge) coordinate() string { return f.mt.Name + "." + f.name }

// merge makes the field of the supergraph; it returns false when there is none.
func (f *fieldMerge) merge() bool {
	f.analyseOverrides()
	f.checkSubscription()
	resolved, external := f.split()
	if len(resolved) == 0 && !f.hasStandIn() {
		f.missingOnBase(external)
		return false
	}
	f.checkExternalDirectives(external)
	base := resolved
	if len(base) == 0 {
		base = external
	}
	f.field = &mergedField{Field: &sdl.Field{FieldDefinition: &ast.FieldDefinition{Name: f.name, Position: base[0].Position}, Parent: f.mt.Type}}
	f.field.Description = f.mergeDescriptions(f.coordinate(), fieldDescriptions(resolved))
	f.mergeFieldDirectives(resolved)
	f.mergeArguments(resolved)
	typesDiffer := f.mergeType(base)
	f.useOutput(f.field.Type.Name(), f.coordinate())
	f.checkExternals(external, typesDiffer)
	f.join(typesDiffer)
	if f.mt.Kind == ast.Object {
		f.checkSharing()
	}
	return true
}

// split parts the sources that have the field into those that resolve it and
// those that leave it to others.
func (f *fieldMerge) split() (resolved, external []fieldSource) {
	for _, src := range f.sources {
		switch {
		case src.Field == nil:
		case f.subgraphs[src.sub].External(src.Field):
			external = append(external, src)
		default:
			resolved = append(resolved, src)
		}
	}
	return resolved, external
}

// hasStandIn says whether an interface object resolves the field.
func (f *fieldMerge) hasStandIn() bool {
	return slices.ContainsFunc(f.mt.standIns, func(s standIn) bool {
		field := s.object.Field(f.name)
		return field != nil && !f.subgraphs[s.sub].External(field)
	})
}

func (f *fieldMerge) missingOnBase(external []fieldSource) {
	f.fail(federation.ExternalMissingOnBase, f.places(external, "@external here"),
		"remove @external in the subgraph that resolves the field, or remove the field",
		"%q is @external wherever it is declared (%s), so that no subgraph resolves it", f.coordinate(), federation.Subgraphs(f.names(subsOf(external))))
}

func (f *fieldMerge) places(sources []fieldSource, note string) []federation.Place {
	places := make([]federation.Place, len(sources))
	for i, src := range sources {
		places[i] = f.place(src.sub, src.Position, note)
	}
	return places
}

func subsOf(sources []fieldSource) []int {
	subs := make([]int, len(sources))
	for i, src := range sources {
		subs[i] = src.sub
	}
	return subs
}

func fieldDescriptions(sources []fieldSource) []described {
	var out []described
	for _, src := range sources {
		if src.Description != "" {
			out = append(out, described{src.sub, src.Description, src.Position})
		}
	}
	return out
}

// checkExternalDirectives refuses directives of the supergraph on fields that
// are resolved elsewhere.
func (f *fieldMerge) checkExternalDirectives(external []fieldSource) {
	for _, src := range external {
		for _, d := range src.Directives {
			md := f.directives[src.sub][d.Name]
			if md == nil || md.composed {
				continue
			}
			f.fail(federation.MergedDirectiveApplicationOnExternal, []federation.Place{f.place(src.sub, d.Position, "")},
				"apply it where the field is resolved", "%s cannot be applied to %q, which is @external here: it would have no effect",
				sdl.DirectiveText(d), f.coordinate()).Subgraph = f.subgraphs[src.sub].Name
		}
	}
}

func (f *fieldMerge) mergeFieldDirectives(resolved []fieldSource) {
	var sources []appliedSource
	for _, src := range resolved {
		if len(src.Directives) > 0 {
			sources = append(sources, appliedSource{src.sub, src.Directives, false})
		}
	}
	if f.controlsAccess() {
		sources = append(sources, f.inheritedAccess()...)
	}
	if len(sources) > 0 {
		f.field.Directives, f.field.carried = f.mergeApplied(f.coordinate(), sources)
	}
}

// mergeType merges the types of the sources and says whether they differ.
func (f *fieldMerge) mergeType(sources []fieldSource) bool {
	refs := make([]typed, len(sources))
	for i, src := range sources {
		refs[i] = typed{src.sub, src.Type, src.Position}
	}
	merged, differ, ok := f.mergeRefs(refs, output)
	f.field.Type = merged
	switch {
	case !ok:
		f.typeMismatch(federation.FieldTypeMismatch, fmt.Sprintf("the types of %q", f.coordinate()), refs, merged)
	case differ:
		f.hint(federation.InconsistentButCompatibleFieldType, f.coordinate(), f.typePlaces(refs),
			"%q has %s; the supergraph has %s", f.coordinate(), f.typeDistribution(refs, merged), merged)
	}
	return differ
}

// checkExternals compares external declarations with the field of the
// supergraph.
func (f *fieldMerge) checkExternals(external []fieldSource, typesDiffer bool) {
	var wrongType []fieldSource
	for _, src := range external {
		same := sdl.EqualTypes(src.Type, f.field.Type)
		if !same && !(typesDiffer && f.out.schema.IsSubtype(src.Type, f.field.Type)) {
			wrongType = append(wrongType, src)
		}
		f.checkExternalArguments(src)
	}
	if len(wrongType) == 0 {
		return
	}
	refs := []typed{}
	for _, src := range f.sources {
		if src.Field != nil && (slices.Contains(wrongType, src) || !f.subgraphs[src.sub].External(src.Field)) {
			refs = append(refs, typed{src.sub, src.Type, src.Position})
		}
	}
	f.fail(federation.ExternalTypeMismatch, f.typePlaces(refs), fmt.Sprintf("declare it as %s where it is @external", f.field.Type),
		"the type of %q where it is @external is not that where it is resolved: it has %s", f.coordinate(), f.typeDistribution(refs, f.field.Type))
}

func (f *fieldMerge) checkExternalArguments(src fieldSource) {
	for _, want := range f.field.Arguments {
		where := f.field.ArgumentCoordinate(want.Name)
		got := src.Arguments.ForName(want.Name)
		if got == nil {
			f.fail(federation.ExternalArgumentMissing, []federation.Place{f.place(src.sub, src.Position, "lacks it"), {Position: want.Position}},
				fmt.Sprintf("add %s: %s", want.Name, want.Type), "argument %q is missing in subgraph %q, where the field is @external", where, f.subgraphs[src.sub].Name)
			continue
		}
		if !f.out.schema.IsSubtype(want.Type, got.Type) {
			f.fail(federation.ExternalArgumentTypeMismatch, []federation.Place{f.place(src.sub, got.Position, got.Type.String()), {Position: want.Position, Note: want.Type.String()}},
				fmt.Sprintf("declare it as %s", want.Type), "argument %q has the type %s in subgraph %q, where the field is @external, but %s in the supergraph",
				where, got.Type, f.subgraphs[src.sub].Name, want.Type)
		}
		if !sdl.EqualValues(got.DefaultValue, want.DefaultValue) {
			f.fail(federation.ExternalArgumentDefaultMismatch, []federation.Place{f.place(src.sub, got.Position, ""), {Position: want.Position}},
				"give it the same default", "argument %q has %s in subgraph %q, where the field is @external, but %s in the supergraph",
				where, defaultText(got.DefaultValue), f.subgraphs[src.sub].Name, defaultText(want.DefaultValue))
		}
	}
}

func defaultText(v *ast.Value) string {
	if v == nil {
		return "no default"
	}
	return "the default " + sdl.ValueText(v)
}
