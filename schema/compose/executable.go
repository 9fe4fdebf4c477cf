package compose

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
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
	for i, s := range m.subgraphs {
		for _, d := range s.Schema.Definitions {
			if !slices.Contains(names, d.Name) && m.isExecutable(i, s, d) {
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
func (m *merger) isExecutable(sub int, s *subgraph.Subgraph, d *ast.DirectiveDefinition) bool {
	return d.Position != nil && !strings.HasPrefix(d.Name, "join__") && s.Meaning(d.Name) == federation.NoDirective && m.directives[sub][d.Name] == nil &&
		slices.ContainsFunc(d.Locations, func(l ast.DirectiveLocation) bool { return slices.Contains(executableLocations, l) })
}

// executableDefinition is a directive's definition in one subgraph.
type executableDefinition struct {
	sub int
	*ast.DirectiveDefinition
}

func (m *merger) mergeExecutable(name string) {
	where := "@" + name
	var all []executableDefinition
	var with, without []int
	for i, s := range m.subgraphs {
		d := s.Schema.Definition(name)
		if d == nil || d.Position == nil {
			without = append(without, i)
			continue
		}
		all = append(all, executableDefinition{i, d})
		with = append(with, i)
	}
	if len(without) > 0 {
		m.hint(federation.InconsistentExecutableDirectivePresence, where, nil, "directive %s is not part of the supergraph, as not every subgraph defines it: it is in %s but not in %s",
			where, federation.Subgraphs(m.names(with)), federation.Subgraphs(m.names(without)))
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

func (m *merger) commonLocations(where string, all []executableDefinition) []ast.DirectiveLocation {
	var common []ast.DirectiveLocation
	differ := false
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
