package compose

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// mergedDirective is a directive whose applications reach the supergraph.
type mergedDirective struct {
	// name is what the supergraph calls it.
	name string
	// meaning is NoDirective for built-in and composed ones.
	meaning federation.Directive
	// definition is that of the supergraph.
	definition *ast.DirectiveDefinition
	// carried says that applications become @join__directive.
	carried bool
	// composed says that @composeDirective asked for it.
	composed bool
}

// collectDirectives finds which directives of the federation specification are
// in use, and the names by which the supergraph will know them.
func (m *merger) collectDirectives() {
	m.directives = make([]map[string]*mergedDirective, len(m.subgraphs))
	applied := make([]map[string]bool, len(m.subgraphs))
	deprecated := &mergedDirective{name: "deprecated", definition: m.out.schema.Definition("deprecated")}
	specifiedBy := &mergedDirective{name: "specifiedBy", definition: m.out.schema.Definition("specifiedBy")}
	for i, s := range m.subgraphs {
		m.directives[i] = map[string]*mergedDirective{deprecated.name: deprecated, specifiedBy.name: specifiedBy}
		applied[i] = appliedNames(s)
	}
	links := map[string]*federation.Feature{}
	for _, md := range federation.MergedDirectives() {
		users := m.users(md.Directive, applied)
		if len(users) == 0 {
			continue
		}
		f := links[md.Identity]
		if f == nil {
			f = &federation.Feature{Identity: md.Identity, Version: md.Version, Purpose: md.Purpose}
			f.Name = f.Identity[len("https://specs.apollo.dev/"):]
			f.Alias = f.Name
			links[md.Identity] = f
			m.out.links = append(m.out.links, &link{feature: f})
		}
		m.agreeOnName(md.Directive, users, f)
	}
	for _, l := range m.out.links {
		m.defineSpec(l)
	}
	m.carryDirectives(applied)
}

// appliedNames are the names of all directives that a subgraph applies.
func appliedNames(s *subgraph.Subgraph) map[string]bool {
	names := map[string]bool{}
	s.Schema.EachDirective(func(d *ast.Directive) {
		if !names[d.Name] {
			names[d.Name] = true
		}
	})
	return names
}

func (m *merger) users(d federation.Directive, applied []map[string]bool) []int {
	var users []int
	for i, s := range m.subgraphs {
		if name := s.NameOf(d); name != "" && applied[i][name] {
			users = append(users, i)
		}
	}
	return users
}

// agreeOnName makes the one name of the directive in the using subgraphs its
// name in the supergraph.
func (m *merger) agreeOnName(d federation.Directive, users []int, f *federation.Feature) {
	names := make([]string, len(users))
	same := true
	for i, sub := range users {
		names[i] = "@" + m.subgraphs[sub].NameOf(d)
		same = same && names[i] == names[0]
	}
	if !same {
		places := make([]federation.Place, len(users))
		for i, sub := range users {
			places[i] = m.place(sub, m.linkPosition(sub), fmt.Sprintf("calls it %s", names[i]))
		}
		m.fail(federation.LinkImportNameMismatch, places, "import it under one name everywhere",
			"%s is used under different names: %s", d, m.distribution(names, users, ""))
		return
	}
	if f.InSchema(d.String()) != names[0] {
		f.Imports = append(f.Imports, federation.Import{Element: d.String(), As: names[0]})
	}
	md := &mergedDirective{name: names[0][1:], meaning: d}
	m.out.federated[d] = md
	for _, sub := range users {
		m.directives[sub][m.subgraphs[sub].NameOf(d)] = md
	}
}

func (m *merger) linkPosition(sub int) *ast.Position {
	if f := m.subgraphs[sub].Links.Find(federation.IdentityFederation); f != nil && f.Position != nil {
		return f.Position
	}
	return m.subgraphs[sub].Schema.Position
}

// defineSpec adds everything that a linked specification defines.
func (m *merger) defineSpec(l *link) {
	own := map[string]string{}
	for _, d := range federation.Definitions(l.feature) {
		if d.Type != nil {
			own[d.Type.Name] = l.feature.InSchema(d.Type.Name)
			l.scalars = append(l.scalars, own[d.Type.Name])
		}
	}
	for _, d := range federation.Definitions(l.feature) {
		if d.Directive == nil {
			continue
		}
		def := sdl.Instantiate(d.Directive, l.feature.InSchema(d.Name())[1:], own)
		m.out.schema.AddDefinition(def)
		if md := m.out.federated[federation.Meaning(l.feature, d.Name())]; md != nil {
			md.definition = def
		}
	}
}

// carryDirectives prepares what reaches routers as @join__directive.
func (m *merger) carryDirectives(applied []map[string]bool) {
	cached := &mergedDirective{name: "federation__cacheTag", meaning: federation.AtCacheTag, carried: true}
	users := m.users(federation.AtCacheTag, applied)
	for _, sub := range users {
		name := m.subgraphs[sub].NameOf(federation.AtCacheTag)
		cached.definition = m.subgraphs[sub].Schema.Definition(name)
		m.directives[sub][name] = cached
	}
	if len(users) > 0 {
		m.out.links = append(m.out.links, &link{feature: &federation.Feature{
			Identity: federation.IdentityCacheTag, Name: "cacheTag", Alias: "cacheTag", Version: federation.Version{Major: 0, Minor: 1}, Purpose: "EXECUTION",
		}})
	}
	m.carryConnectors()
}

// connectVersion is the version of the connect specification that routers are
// told of, unless a subgraph links a newer one.
var connectVersion = federation.Version{Major: 0, Minor: 3}

// carryConnectors hands the connect specification through to routers, links
// included.
func (m *merger) carryConnectors() {
	latest, linked := connectVersion, false
	byName := map[string]*mergedDirective{}
	for i, s := range m.subgraphs {
		f := s.Links.Find(federation.IdentityConnect)
		if f == nil {
			continue
		}
		latest, linked = later(latest, f.Version), true
		for _, d := range federation.Definitions(f) {
			if d.Directive == nil {
				continue
			}
			name := f.InSchema(d.Name())[1:]
			if byName[name] == nil {
				byName[name] = &mergedDirective{name: name, carried: true, definition: s.Schema.Definition(name)}
			}
			m.directives[i][name] = byName[name]
		}
		m.carryLink(i, f)
	}
	if linked {
		m.out.links = append(m.out.links, &link{feature: &federation.Feature{
			Identity: federation.IdentityConnect, Name: "connect", Alias: "connect", Version: latest, Purpose: "EXECUTION",
		}})
	}
}

func (m *merger) carryLink(sub int, f *federation.Feature) {
	for _, d := range m.subgraphs[sub].Schema.Directives {
		if d.Position == f.Position {
			m.out.carried = addCarried(m.out.carried, sub, "link", d.Arguments)
		}
	}
}

// addCarried adds an application to those with the same arguments.
func addCarried(list []carriedDirective, sub int, name string, args ast.ArgumentList) []carriedDirective {
	for i := range list {
		if list[i].name == name && equalArguments(list[i].args, args) {
			if !slices.Contains(list[i].graphs, sub) {
				list[i].graphs = append(list[i].graphs, sub)
			}
			return list
		}
	}
	return append(list, carriedDirective{graphs: []int{sub}, name: name, args: args})
}

func equalArguments(a, b ast.ArgumentList) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		if y := b.ForName(x.Name); y == nil || !sdl.EqualValues(x.Value, y.Value) {
			return false
		}
	}
	return true
}
