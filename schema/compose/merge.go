package compose

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// merge makes one type system of the subgraphs', and notes for each element
// where it is from. Two groups of errors stop it: without agreement on what
// directives mean, and on what kind of type a name is, the rest has no sense.
func merge(subgraphs []*subgraph.Subgraph) (*merged, []Hint, federation.Errors) {
	m := &merger{
		subgraphs: subgraphs,
		out:       &merged{schema: sdl.New(), types: map[string]*mergedType{}, federated: map[federation.Directive]*mergedDirective{}},
		enums:     map[string]*enumUse{},
	}
	m.decideVersion()
	m.out.graphs = graphNames(subgraphs)
	for _, stage := range [][]func(){
		{m.collectDirectives, m.composeDirectives},
		{
			m.collectTypes,
			m.mergeInterfacesAndMembers, // before all fields: which type is a subtype of which follows from it
			m.mergeSchemaElement,
			m.mergeTypes,
			m.mergeExecutableDirectives,
			m.mergeEnums, // last: what they may be depends on where they are used
			m.addInterfaceObjectFields,
		},
	} {
		for _, step := range stage {
			step()
		}
		if len(m.errors) > 0 {
			return nil, nil, m.errors
		}
	}
	return m.out, m.hints, nil
}

// decideVersion finds the federation version that the subgraphs together call
// for; the join specification follows it.
func (m *merger) decideVersion() {
	linked := federation.Version{}
	for _, s := range m.subgraphs {
		m.version = later(m.version, s.Version)
		linked = later(linked, s.Linked)
	}
	switch {
	case m.version.AtLeast(federation.Version{Major: 2, Minor: 8}):
		m.out.join = federation.Version{Major: 0, Minor: 5}
	case m.version.AtLeast(federation.Version{Major: 2, Minor: 7}):
		m.out.join = federation.Version{Major: 0, Minor: 4}
	default:
		m.out.join = federation.Version{Major: 0, Minor: 3}
	}
	for i, s := range m.subgraphs {
		if s.ImpliedBy != "" && !linked.AtLeast(s.Version) {
			f := s.Links.Find(federation.IdentityFederation)
			m.hint(federation.ImplicitlyUpgradedFederationVersion, "@link", []federation.Place{m.place(i, f.Position, "links "+f.Version.String())},
				"subgraph %q links federation %s, but %s needs %s: it is composed as if it linked that", s.Name, s.Linked, s.ImpliedBy, s.Version)
		}
	}
}

func later(a, b federation.Version) federation.Version {
	if a.AtLeast(b) {
		return a
	}
	return b
}

// mergeTypes merges scalars, input objects, interfaces and objects; unions and
// enums have nothing but what is merged elsewhere.
func (m *merger) mergeTypes() {
	for _, kind := range []ast.DefinitionKind{ast.Scalar, ast.Union, ast.InputObject, ast.Interface, ast.Object} {
		for _, t := range m.out.schema.Types {
			if t.Kind != kind {
				continue
			}
			mt := m.out.types[t.Name]
			m.mergeTypeElement(mt)
			switch kind {
			case ast.InputObject:
				m.mergeInputObject(mt)
			case ast.Interface, ast.Object:
				m.mergeComposite(mt)
			}
		}
	}
}

// mergeTypeElement merges what types of every kind have: descriptions, the
// subgraphs they are from, directives.
func (m *merger) mergeTypeElement(mt *mergedType) {
	m.requireBase(mt)
	descriptions := make([]described, 0, len(mt.sources))
	for _, src := range mt.sources {
		if src.Description != "" {
			descriptions = append(descriptions, described{src.sub, src.Description, src.Position()})
		}
	}
	mt.Description = m.mergeDescriptions(mt.Name, descriptions)
	m.joinTypes(mt)
	m.mergeTypeDirectives(mt)
}

// requireBase reports types that every subgraph only extends.
func (m *merger) requireBase(mt *mergedType) {
	if slices.ContainsFunc(mt.sources, func(src typeSource) bool {
		return !src.mismatched && (!src.OnlyExtended() || m.subgraphs[src.sub].Schema.RootOperation(src.Name) != "")
	}) {
		return
	}
	for _, src := range mt.sources {
		if src.mismatched {
			continue
		}
		m.fail(federation.ExtensionWithNoBase, []federation.Place{m.place(src.sub, src.Position(), "extended here")},
			"drop the extend keyword in one of the subgraphs", "type %q is extended, but no subgraph defines it", mt.Name).Subgraph = m.subgraphs[src.sub].Name
	}
}

// joinTypes makes one @join__type for each key of each subgraph, or one without
// a key.
func (m *merger) joinTypes(mt *mergedType) {
	for _, src := range mt.sources {
		s := m.subgraphs[src.sub]
		join := joinType{graph: src.sub, interfaceable: s.IsInterfaceObject(src.Type)}
		keys := s.Keys[src.Type]
		if len(keys) == 0 {
			mt.joins = append(mt.joins, join)
			continue
		}
		extends := s.AppliedToType(src.Type, federation.AtExtends) != nil
		for _, k := range keys {
			join.key, join.hasKey = k.Text, true
			join.extension = extends || src.Parts[k.Part].Extension
			join.unresolvable = !k.Resolvable
			mt.joins = append(mt.joins, join)
		}
	}
}
