package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// composition is one directive that one subgraph asks to be composed.
type composition struct {
	sub      int
	name     string // "@foo", in the subgraph
	feature  *federation.Feature
	element  string
	position *ast.Position
}

// composeDirectives reads the @composeDirective applications and prepares the
// directives that they name.
func (m *merger) composeDirectives() {
	var all []composition
	for i, s := range m.subgraphs {
		name := s.NameOf(federation.AtComposeDirective)
		if name == "" {
			continue
		}
		for _, d := range s.Schema.Directives.ForNames(name) {
			if c, ok := m.readComposition(i, d); ok {
				all = append(all, c)
			}
		}
	}
	if len(m.errors) > 0 {
		return
	}
	m.checkVersions(all)
	m.checkNames(all)
	if len(m.errors) == 0 {
		m.addComposed(all)
	}
}

func (m *merger) composeError(sub int, pos *ast.Position, help, format string, args ...any) {
	m.fail(federation.DirectiveCompositionError, []federation.Place{m.place(sub, pos, "")}, help, format, args...).Subgraph = m.subgraphs[sub].Name
}

// composedByDefault reach the supergraph without @composeDirective.
var composedByDefault = []federation.Directive{
	federation.AtTag, federation.AtInaccessible, federation.AtAuthenticated, federation.AtRequiresScopes, federation.AtPolicy, federation.AtContext,
}

// notComposable are the specifications whose directives have a meaning of their
// own in composition.
var notComposable = []string{
	federation.IdentityCore, federation.IdentityJoin, federation.IdentityLink, federation.IdentityTag, federation.IdentityInaccessible,
	federation.IdentityFederation, federation.IdentityAuthenticated, federation.IdentityRequiresScopes, federation.IdentitySource,
	federation.IdentityContext, federation.IdentityCost,
}

func (m *merger) readComposition(sub int, d *ast.Directive) (c composition, ok bool) {
	s := m.subgraphs[sub]
	name, _ := sdl.StringArgument(d, "name")
	const nameHelp = `name a directive, as in @composeDirective(name: "@foo")`
	if name == "" {
		m.composeError(sub, d.Position, nameHelp, "@%s names no directive", d.Name)
		return c, false
	}
	if !strings.HasPrefix(name, "@") {
		m.composeError(sub, d.Position, fmt.Sprintf("write %q", "@"+name), "@%s(name: %q) lacks the @ of the directive's name", d.Name, name)
		return c, false
	}
	def := s.Schema.Definition(name[1:])
	if def == nil {
		m.composeError(sub, d.Position, "define the directive in this subgraph, or correct the name",
			"%s cannot be composed: it is not defined%s", name, federation.Suggest(name, directiveNames(s.Schema)))
		return c, false
	}
	feature, element, _ := s.Links.Element(name)
	if feature == nil {
		m.composeError(sub, d.Position, fmt.Sprintf(`link a specification of yours that has it: @link(url: "https://example.com/mySpec/v1.0", import: [%q])`, name),
			"%s cannot be composed: it belongs to no linked specification, so that routers could not know what it means", name)
		return c, false
	}
	if slices.Contains(composedByDefault, s.Meaning(name[1:])) {
		m.hint(federation.DirectiveCompositionInfo, name, []federation.Place{m.place(sub, d.Position, "")}, "%s is composed anyway; @%s(name: %q) has no effect", name, d.Name, name)
		return c, false
	}
	if slices.Contains(notComposable, feature.Identity) {
		m.composeError(sub, d.Position, "remove the application", "%s of %q cannot be composed: composition gives it a meaning of its own", name, feature.Identity)
		return c, false
	}
	return composition{sub, name, feature, element, d.Position}, m.checkTakenName(sub, name, d.Position)
}

func directiveNames(s *sdl.Schema) []string {
	names := make([]string, len(s.Definitions))
	for i, d := range s.Definitions {
		names[i] = "@" + d.Name
	}
	return names
}

// checkTakenName refuses names that @tag or @inaccessible have in a subgraph.
func (m *merger) checkTakenName(sub int, name string, pos *ast.Position) bool {
	for i, s := range m.subgraphs {
		for _, d := range []federation.Directive{federation.AtTag, federation.AtInaccessible} {
			if "@"+s.NameOf(d) == name {
				m.composeError(sub, pos, "import one of them under another name", "%s cannot be composed: subgraph %q has %s under that name", name, m.subgraphs[i].Name, d)
				return false
			}
		}
	}
	return true
}

// checkVersions refuses to compose from different major versions of a
// specification; where only some compose from it, the others are mentioned.
func (m *merger) checkVersions(all []composition) {
	first := map[string]linkedVersion{}
	for _, c := range all {
		if _, ok := first[c.feature.Identity]; !ok {
			first[c.feature.Identity] = linkedVersion{c.sub, c.feature}
		}
	}
	done := map[string]bool{}
	for i, s := range m.subgraphs {
		for _, f := range s.Links.Features {
			other, ok := first[f.Identity]
			if !ok {
				first[f.Identity] = linkedVersion{i, f}
				continue
			}
			if other.Version.Major == f.Version.Major || done[f.Identity] {
				continue
			}
			done[f.Identity] = true
			places := []federation.Place{m.place(other.sub, other.Position, "links "+other.Version.String()), m.place(i, f.Position, "links "+f.Version.String())}
			if slices.ContainsFunc(all, func(c composition) bool { return c.sub == i && c.feature == f }) {
				m.fail(federation.DirectiveCompositionError, places, "link one major version everywhere",
					"directives of %q cannot be composed: the subgraphs link different major versions of it", f.Identity)
				continue
			}
			m.hint(federation.DirectiveCompositionInfo, "", places, "the subgraphs link different major versions of %q, which cannot be composed", f.Identity)
		}
	}
}

// linkedVersion is a feature in one subgraph.
type linkedVersion struct {
	sub int
	*federation.Feature
}

// checkNames demands that a name means one thing, and that each thing has one
// name, wherever directives are composed.
func (m *merger) checkNames(all []composition) {
	type thing struct{ identity, element string }
	byName, byThing := map[string]*composition{}, map[thing]*composition{}
	for i := range all {
		c := &all[i]
		t := thing{c.feature.Identity, c.element}
		places := func(first *composition) []federation.Place {
			return []federation.Place{m.place(first.sub, first.position, ""), m.place(c.sub, c.position, "")}
		}
		if first := byName[c.name]; first != nil && (first.feature.Identity != t.identity || first.element != t.element) {
			m.fail(federation.DirectiveCompositionError, places(first), "import one of them under another name",
				"%s cannot be composed: it is %s of %q in subgraph %q but %s of %q in subgraph %q", c.name,
				first.element, first.feature.Identity, m.subgraphs[first.sub].Name, c.element, c.feature.Identity, m.subgraphs[c.sub].Name)
			continue
		}
		if first := byThing[t]; first != nil && first.name != c.name {
			m.fail(federation.DirectiveCompositionError, places(first), "import it under one name everywhere",
				"%s of %q cannot be composed: it is called %s in subgraph %q but %s in subgraph %q", c.element, t.identity,
				first.name, m.subgraphs[first.sub].Name, c.name, m.subgraphs[c.sub].Name)
			continue
		}
		if byThing[t] == nil {
			m.hintOtherNames(c, all)
		}
		byName[c.name], byThing[t] = c, c
	}
}

func (m *merger) hintOtherNames(c *composition, all []composition) {
	for i, s := range m.subgraphs {
		f := s.Links.Find(c.feature.Identity)
		composes := slices.ContainsFunc(all, func(o composition) bool {
			return o.sub == i && o.feature.Identity == c.feature.Identity && o.element == c.element
		})
		if f == nil || composes {
			continue
		}
		if name := f.InSchema(c.element); name != c.name && s.Schema.Definition(name[1:]) != nil {
			m.hint(federation.DirectiveCompositionWarn, "", []federation.Place{m.place(i, f.Position, "calls it "+name)},
				"%s of %q is called %s in subgraph %q, which does not compose it; to compose it there too it must be called %s", c.element, f.Identity, name, s.Name, c.name)
		}
	}
}

// addComposed links the specifications and defines the directives, as the
// latest version has them.
func (m *merger) addComposed(all []composition) {
	links := map[string]*link{}
	done := map[string]*mergedDirective{}
	for _, c := range all {
		l := links[c.feature.Identity]
		if l == nil {
			l = &link{feature: m.latest(c.feature.Identity, all)}
			links[c.feature.Identity] = l
			m.out.links = append(m.out.links, l)
		}
		md := done[c.name]
		if md == nil {
			md = m.composed(c, l)
			if md == nil {
				continue
			}
			done[c.name] = md
			l.feature.Imports = append(l.feature.Imports, federation.Import{Element: c.element, As: c.name})
			m.out.schema.AddDefinition(md.definition)
		}
		m.directives[c.sub][c.name[1:]] = md
	}
}

// latest returns the link of the supergraph to a specification: the latest
// version among the subgraphs that compose directives of it.
func (m *merger) latest(identity string, all []composition) *federation.Feature {
	out := &federation.Feature{Identity: identity}
	for _, c := range all {
		if c.feature.Identity == identity {
			out.Name, out.Version = c.feature.Name, later(out.Version, c.feature.Version)
		}
	}
	out.Alias = out.Name
	for n := 0; slices.ContainsFunc(m.out.links, func(l *link) bool { return l.feature.Alias == out.Alias }); n++ {
		out.Alias = fmt.Sprintf("_%d%s", n, out.Name)
	}
	return out
}

// composed takes a directive's definition from the last subgraph that links the
// latest version and has one.
func (m *merger) composed(c composition, l *link) *mergedDirective {
	for i := len(m.subgraphs) - 1; i >= 0; i-- {
		s := m.subgraphs[i]
		f := s.Links.Find(l.feature.Identity)
		if f == nil || f.Version != l.feature.Version {
			continue
		}
		if def := s.Schema.Definition(f.InSchema(c.element)[1:]); def != nil {
			return &mergedDirective{name: c.name[1:], definition: sdl.Instantiate(def, c.name[1:], nil), composed: true}
		}
	}
	m.composeError(c.sub, c.position, fmt.Sprintf("define it in a subgraph that links %s", l.feature.URL()),
		"%s cannot be composed: no subgraph that links the latest version of %q defines it", c.name, l.feature.Identity)
	return nil
}
