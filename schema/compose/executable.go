package compose

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

var executableLocations = []ast.DirectiveLocation{
	ast.LocationQuery, ast.LocationMutation, ast.LocationSubscription, ast.LocationField, ast.LocationFragmentDefinition,
	ast.LocationFragmentSpread, ast.LocationInlineFragment, ast.LocationVariableDefinition,
}

// mergeExecutableDirectives keeps the directives that clients may use in
// operations if every subgraph knows them, for the locations where all do.
func (m *merger) mergeExecutableDirectives() {
	var names []string
	for _, s := range m.subgraphs {
		for _, d := range s.Schema.Definitions {
			if !slices.Contains(names, d.Name) && m.isExecutable(s, d) {
				names = append(names, d.Name)
			}
		}
	}
	for _, name := range names {
		m.mergeExecutable(name)
	}
}

// isExecutable says whether a directive is one for operations and no composed
// one.
func (m *merger) isExecutable(s *subgraph.Subgraph, d *ast.DirectiveDefinition) bool {
	return d.Position != nil && !strings.HasPrefix(d.Name, "join__") && !sdl.IsBuiltInDirective(d.Name) &&
		s.Meaning(d.Name) == federation.NoDirective && m.out.schema.Definition(d.Name) == nil &&
		slices.ContainsFunc(d.Locations, func(l ast.DirectiveLocation) bool { return slices.Contains(executableLocations, l) })
}

// executableDefinition is a directive's definition in one subgraph.
type executableDefinition struct {
	sub int
	*ast.DirectiveDefinition
}

func (m *merger) mergeExecutable(name string) {
	where := "@" + name
	all := m.executables(name)
	if all == nil {
		return
	}
	locations := m.commonLocations(where, all)
	if len(locations) == 0 {
		return
	}
	out := &ast.DirectiveDefinition{Name: name, Locations: locations, Position: all[0].Position, IsRepeatable: m.allRepeatable(where, all)}
	var descriptions []described
	lists := make([]argumentList, len(all))
	for i, d := range all {
		lists[i] = argumentList{d.sub, d.Arguments, d.Position}
		if d.Description != "" {
			descriptions = append(descriptions, described{d.sub, d.Description, d.Position})
		}
	}
	out.Description = m.mergeDescriptions(where, descriptions)
	for _, arg := range argumentNames(lists) {
		if merged := m.mergeArgument(where+"("+arg+":)", arg, argumentSources(lists, arg)); merged != nil {
			out.Arguments = append(out.Arguments, merged)
		}
	}
	m.out.schema.AddDefinition(out)
}

// executables returns a directive's definitions, nil when a subgraph lacks it; of
// those before that one it is enough that they have no location in common.
func (m *merger) executables(name string) []executableDefinition {
	var all []executableDefinition
	var without []int
	for i, s := range m.subgraphs {
		if d := s.Schema.Definition(name); d != nil && d.Position != nil {
			all = append(all, executableDefinition{i, d})
		} else {
			without = append(without, i)
		}
	}
	if len(without) == 0 {
		return all
	}
	var with []int
	var before []executableDefinition
	for _, d := range all {
		with = append(with, d.sub)
		if d.sub < without[0] {
			before = append(before, d)
		}
	}
	if len(before) > 1 {
		if common, _ := intersectLocations(before); len(common) == 0 {
			return before
		}
	}
	m.hint(federation.InconsistentExecutableDirectivePresence, "@"+name, m.definitionPlaces(all),
		"directive @%s is not part of the supergraph, as not every subgraph defines it: it is in %s but not in %s",
		name, federation.Subgraphs(m.names(with)), federation.Subgraphs(m.names(without)))
	return nil
}

// intersectLocations returns the locations in operations that all definitions
// have, and whether they differ.
func intersectLocations(all []executableDefinition) (common []ast.DirectiveLocation, differ bool) {
	for i, d := range all {
		var own []ast.DirectiveLocation
		for _, l := range d.Locations {
			if slices.Contains(executableLocations, l) {
				own = append(own, l)
			}
		}
		if i == 0 {
			common = own
			continue
		}
		before := len(common)
		common = slices.DeleteFunc(common, func(l ast.DirectiveLocation) bool { return !slices.Contains(own, l) })
		differ = differ || len(common) != before || len(own) != len(common)
	}
	return common, differ
}

func (m *merger) commonLocations(where string, all []executableDefinition) []ast.DirectiveLocation {
	common, differ := intersectLocations(all)
	switch {
	case len(common) == 0:
		m.hint(federation.NoExecutableDirectiveIntersection, where, m.definitionPlaces(all), "directive %s is not part of the supergraph: there is no location where all subgraphs allow it", where)
	case differ:
		m.hint(federation.InconsistentExecutableDirectiveLocations, where, m.definitionPlaces(all), "directive %s has different locations in the subgraphs; the supergraph has those they share", where)
	}
	return common
}

func (m *merger) allRepeatable(where string, all []executableDefinition) bool {
	count := 0
	for _, d := range all {
		if d.IsRepeatable {
			count++
		}
	}
	if count > 0 && count < len(all) {
		m.hint(federation.InconsistentExecutableDirectiveRepeatable, where, m.definitionPlaces(all), "directive %s is repeatable in some subgraphs only; in the supergraph it is not", where)
	}
	return count == len(all)
}

func (m *merger) definitionPlaces(all []executableDefinition) []federation.Place {
	places := make([]federation.Place, len(all))
	for i, d := range all {
		places[i] = m.place(d.sub, d.Position, "")
	}
	return places
}
