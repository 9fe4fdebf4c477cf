package compose

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// appliedSource is the directives on an element in one subgraph.
type appliedSource struct {
	sub  int
	list ast.DirectiveList
	// accessOnly says that the element is another one, of which only access
	// control is inherited.
	accessOnly bool
}

// application is one directive on an element, with its arguments in a form in
// which equal ones are equal.
type application struct {
	sub int
	*ast.Directive
	form string
}

// mergeApplied merges the directives on an element.
func (m *merger) mergeApplied(where string, sources []appliedSource) (out ast.DirectiveList, carried []carriedDirective) {
	var order []*mergedDirective
	var byDirective map[*mergedDirective][]application
	for _, src := range sources {
		for _, d := range src.list {
			md := m.directives[src.sub][d.Name]
			if md == nil || src.accessOnly && !isAccessControl(md.meaning) {
				continue
			}
			if md.carried {
				carried = addCarried(carried, src.sub, md.name, d.Arguments)
				continue
			}
			if byDirective == nil {
				byDirective = map[*mergedDirective][]application{}
			}
			if byDirective[md] == nil {
				order = append(order, md)
			}
			byDirective[md] = append(byDirective[md], m.application(src.sub, md, d))
		}
	}
	for _, md := range order {
		out = append(out, m.mergeApplications(where, md, byDirective[md])...)
	}
	slices.SortStableFunc(out, func(a, b *ast.Directive) int { return m.rank(a) - m.rank(b) })
	return out, carried
}

// rank puts @inaccessible before all others.
func (m *merger) rank(d *ast.Directive) int {
	if md := m.out.federated[federation.AtInaccessible]; md != nil && md.name == d.Name {
		return 0
	}
	return 1
}

func isAccessControl(d federation.Directive) bool {
	return d == federation.AtAuthenticated || d == federation.AtRequiresScopes || d == federation.AtPolicy
}

// application prepares a directive for the supergraph: under its name there,
// and with the name of a context made unique by the subgraph's.
func (m *merger) application(sub int, md *mergedDirective, d *ast.Directive) application {
	out := &ast.Directive{Name: md.name, Arguments: d.Arguments, Position: d.Position}
	if md.meaning == federation.AtContext {
		name, _ := sdl.StringArgument(d, "name")
		out.Arguments = ast.ArgumentList{{Name: "name", Value: text(m.contextName(sub, name))}}
	}
	return application{sub, out, argumentForm(md.definition, out)}
}

func (m *merger) contextName(sub int, name string) string {
	return m.subgraphs[sub].Name + "__" + name
}

func text(s string) *ast.Value { return &ast.Value{Kind: ast.StringValue, Raw: s} }

// argumentForm writes the arguments of an application, defaults included, so
// that equal ones have equal texts.
func argumentForm(def *ast.DirectiveDefinition, d *ast.Directive) string {
	if len(d.Arguments) == 0 && len(def.Arguments) == 0 {
		return ""
	}
	var b []byte
	for _, arg := range def.Arguments {
		v := sdl.ArgumentValue(d, arg.Name)
		if v == nil {
			v = arg.DefaultValue
		}
		b = append(append(b, arg.Name...), ':')
		if v != nil {
			b = sdl.AppendCanonical(b, v)
		}
		b = append(b, ' ')
	}
	return string(b)
}

func (m *merger) mergeApplications(where string, md *mergedDirective, all []application) ast.DirectiveList {
	var distinct []application
	count := map[string]int{}
	for _, a := range all {
		if count[a.form] == 0 {
			distinct = append(distinct, a)
		}
		count[a.form]++
	}
	switch {
	case len(distinct) == 1:
		return ast.DirectiveList{distinct[0].Directive}
	case md.definition.IsRepeatable:
		out := make(ast.DirectiveList, len(distinct))
		for i, a := range distinct {
			out[i] = a.Directive
		}
		return out
	case hasStrategies(md.meaning):
		merged := mergeArguments(md, distinct)
		m.hint(federation.MergedNonRepeatableDirectiveArguments, where, m.applicationPlaces(distinct),
			"@%s on %q has different arguments in the subgraphs; the supergraph has their combination, %s", md.name, where, sdl.DirectiveText(merged))
		return ast.DirectiveList{merged}
	default:
		best := distinct[0]
		for _, a := range distinct {
			if count[a.form] > count[best.form] {
				best = a
			}
		}
		m.hint(federation.InconsistentNonRepeatableDirectiveArguments, where, m.applicationPlaces(distinct),
			"@%s on %q has different arguments in the subgraphs; the supergraph has the most frequent, %s", md.name, where, sdl.DirectiveText(best.Directive))
		return ast.DirectiveList{best.Directive}
	}
}

func (m *merger) applicationPlaces(all []application) []federation.Place {
	places := make([]federation.Place, len(all))
	for i, a := range all {
		places[i] = m.place(a.sub, a.Position, "")
	}
	return places
}

// mergeTypeDirectives merges the directives on a type; an interface inherits
// access control from its implementations.
func (m *merger) mergeTypeDirectives(mt *mergedType) {
	var sources []appliedSource
	add := func(of *mergedType, accessOnly bool) {
		for _, src := range of.sources {
			if len(src.Directives) == 0 {
				continue
			}
			list := make(ast.DirectiveList, len(src.Directives))
			for i, d := range src.Directives {
				list[i] = d.Directive
			}
			sources = append(sources, appliedSource{src.sub, list, accessOnly})
		}
	}
	add(mt, false)
	if mt.Kind == ast.Interface && m.controlsAccess() {
		for _, t := range m.out.schema.PossibleTypes(mt.Type) {
			add(m.out.types[t.Name], true)
		}
	}
	if len(sources) == 0 {
		return
	}
	var list ast.DirectiveList
	list, mt.carried = m.mergeApplied(mt.Name, sources)
	for _, d := range list {
		mt.Directives = append(mt.Directives, sdl.Applied{Directive: d})
	}
}

// controlsAccess says whether any access control is in use.
func (m *merger) controlsAccess() bool {
	return m.out.federated[federation.AtAuthenticated] != nil || m.out.federated[federation.AtRequiresScopes] != nil || m.out.federated[federation.AtPolicy] != nil
}
