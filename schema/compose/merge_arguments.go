package compose

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// argumentList is the arguments of a field or directive in one subgraph.
type argumentList struct {
	sub      int
	list     ast.ArgumentDefinitionList
	position *ast.Position
}

// argumentSource is one argument in one subgraph, nil where it is missing.
type argumentSource struct {
	sub      int
	arg      *ast.ArgumentDefinition
	position *ast.Position
}

// mergeArguments merges the arguments of a field over the subgraphs that
// resolve it.
func (f *fieldMerge) mergeArguments(resolved []fieldSource) {
	lists := make([]argumentList, len(resolved))
	any := false
	for i, src := range resolved {
		lists[i] = argumentList{src.sub, src.Arguments, src.Position}
		any = any || len(src.Arguments) > 0
	}
	if !any {
		return
	}
	for _, name := range argumentNames(lists) {
		sources := argumentSources(lists, name)
		if f.dropContextual(resolved, sources, name) {
			continue
		}
		if arg := f.mergeArgument(f.field.ArgumentCoordinate(name), name, sources); arg != nil {
			f.field.Arguments = append(f.field.Arguments, arg)
		}
	}
}

func argumentNames(lists []argumentList) []string {
	var names []string
	seen := map[string]bool{}
	for _, l := range lists {
		for _, arg := range l.list {
			if !seen[arg.Name] {
				seen[arg.Name] = true
				names = append(names, arg.Name)
			}
		}
	}
	return names
}

func argumentSources(lists []argumentList, name string) []argumentSource {
	out := make([]argumentSource, len(lists))
	for i, l := range lists {
		out[i] = argumentSource{l.sub, l.list.ForName(name), l.position}
		if out[i].arg != nil {
			out[i].position = out[i].arg.Position
		}
	}
	return out
}

// dropContextual drops an argument that some subgraph has routers fill; where it
// is an ordinary one, it must do without a value.
func (f *fieldMerge) dropContextual(resolved []fieldSource, sources []argumentSource, name string) bool {
	contextual := make([]bool, len(sources))
	some := false
	for i, src := range resolved {
		for _, c := range f.subgraphs[src.sub].Contexts[src.Field] {
			contextual[i] = contextual[i] || c.Argument.Name == name
		}
		some = some || contextual[i]
	}
	if !some {
		return false
	}
	where := f.field.ArgumentCoordinate(name)
	for i, src := range sources {
		if contextual[i] || src.arg == nil {
			continue
		}
		places := []federation.Place{f.place(src.sub, src.position, "taken from clients")}
		if sdl.IsRequired(src.arg.Type, src.arg.DefaultValue) {
			f.fail(federation.ContextualArgumentNotContextualInAllSubgraphs, places, "make it nullable, give it a default, or take it from the context there too",
				"argument %q is taken from a context elsewhere, so that clients cannot give it, but subgraph %q requires it", where, f.subgraphs[src.sub].Name)
			continue
		}
		f.hint(federation.ContextualArgumentNotContextualInAllSubgraphs, where, places,
			"argument %q is taken from a context elsewhere, so that clients cannot give it to subgraph %q either", where, f.subgraphs[src.sub].Name)
	}
	return true
}

// mergeArgument merges one argument of a field or directive; it returns nil
// when not every subgraph has it.
func (m *merger) mergeArgument(where, name string, sources []argumentSource) *ast.ArgumentDefinition {
	var with []argumentSource
	for _, src := range sources {
		if src.arg != nil {
			with = append(with, src)
		}
	}
	if len(with) < len(sources) {
		m.argumentMissing(where, sources)
		return nil
	}
	out := &ast.ArgumentDefinition{Name: name, Position: with[0].position}
	refs, defaults := make([]typed, len(with)), make([]valued, len(with))
	var descriptions []described
	var applied []appliedSource
	for i, src := range with {
		refs[i] = typed{src.sub, src.arg.Type, src.position}
		defaults[i] = valued{src.sub, src.arg.DefaultValue, src.position}
		if src.arg.Description != "" {
			descriptions = append(descriptions, described{src.sub, src.arg.Description, src.position})
		}
		if len(src.arg.Directives) > 0 {
			applied = append(applied, appliedSource{src.sub, src.arg.Directives, false})
		}
	}
	out.Description = m.mergeDescriptions(where, descriptions)
	if len(applied) > 0 {
		out.Directives, _ = m.mergeApplied(where, applied)
	}
	m.mergeArgumentType(where, out, refs)
	out.DefaultValue = m.mergeDefaults(federation.FieldArgumentDefaultMismatch, where, defaults)
	return out
}

func (m *merger) mergeArgumentType(where string, out *ast.ArgumentDefinition, refs []typed) {
	merged, differ, ok := m.mergeRefs(refs, input)
	out.Type = merged
	m.useInput(merged.Name(), where)
	switch {
	case !ok:
		m.typeMismatch(federation.FieldArgumentTypeMismatch, fmt.Sprintf("the types of argument %q", where), refs, merged)
	case differ:
		m.hint(federation.InconsistentButCompatibleArgumentType, where, m.typePlaces(refs),
			"argument %q has %s; the supergraph has %s", where, m.typeDistribution(refs, merged), merged)
	}
}

func (m *merger) argumentMissing(where string, sources []argumentSource) {
	var with, without []int
	var places []federation.Place
	required := false
	for _, src := range sources {
		note := "lacks it"
		switch {
		case src.arg == nil:
			without = append(without, src.sub)
		case sdl.IsRequired(src.arg.Type, src.arg.DefaultValue):
			required, note = true, "requires it"
			fallthrough
		default:
			with = append(with, src.sub)
			if note == "lacks it" {
				note = "has it"
			}
		}
		places = append(places, m.place(src.sub, src.position, note))
	}
	in := fmt.Sprintf("it is in %s but not in %s", federation.Subgraphs(m.names(with)), federation.Subgraphs(m.names(without)))
	if required {
		m.fail(federation.RequiredArgumentMissingInSomeSubgraph, places, "add it everywhere, or make it nullable or give it a default where it is required",
			"argument %q is required, but some subgraphs do not take it: %s", where, in)
		return
	}
	m.hint(federation.InconsistentArgumentPresence, where, places, "optional argument %q is not part of the supergraph: %s", where, in)
}
