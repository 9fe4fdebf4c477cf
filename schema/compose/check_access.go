package compose

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// access is what somebody must fulfil to see an element.
type access struct {
	authenticated    bool
	scopes, policies formula
}

// and demands both.
func (a access) and(b access) access {
	return access{a.authenticated || b.authenticated, andFormula(a.scopes, b.scopes), andFormula(a.policies, b.policies)}
}

func andFormula(f, g formula) formula {
	switch {
	case f == nil:
		return g
	case g == nil:
		return f
	default:
		return f.and(g)
	}
}

// implies says whether whoever fulfils a fulfils b.
func (a access) implies(b access) bool {
	return (a.authenticated || !b.authenticated) && impliesFormula(a.scopes, b.scopes) && impliesFormula(a.policies, b.policies)
}

func impliesFormula(f, g formula) bool {
	if g == nil {
		return true
	}
	if f == nil {
		f = formula{nil}
	}
	return f.implies(g)
}

// accessCheck looks for data that is fetched for a field on behalf of somebody
// who may see the field but not the data.
type accessCheck struct {
	*supergraphCheck
	names map[federation.Directive]string
}

// transitiveAccess demands that a field whose value depends on others, by
// @requires or @fromContext, is at least as protected as they are.
func (c *supergraphCheck) transitiveAccess() {
	a := &accessCheck{supergraphCheck: c, names: map[federation.Directive]string{}}
	for d, md := range c.federated {
		if isAccessControl(d) {
			a.names[d] = md.name
		}
	}
	if len(a.names) == 0 {
		return
	}
	for i, s := range c.subgraphs {
		for _, t := range s.Schema.Types {
			if c.types[t.Name] == nil {
				continue
			}
			for _, f := range t.Fields {
				a.field(i, s, f)
			}
		}
	}
}

func (a *accessCheck) field(sub int, s *subgraph.Subgraph, f *sdl.Field) {
	requires, contexts := s.Requires[f], s.Contexts[f]
	if requires == nil && len(contexts) == 0 {
		return
	}
	merged := a.types[f.Parent.Name].Field(f.Name)
	if merged == nil {
		return
	}
	granted := a.ofType(f.Parent.Name).and(a.of(merged.Directives))
	if requires != nil {
		if hidden := a.beyond(granted, requires.Selections); hidden != "" {
			a.report(sub, f, requires.Position(), hidden, "its @requires selects")
		}
	}
	for _, c := range contexts {
		for _, taken := range c.Taken {
			hidden := taken.Setter.Name
			if granted.implies(a.ofType(hidden)) {
				hidden = a.beyond(granted, taken.Selections)
			}
			if hidden != "" {
				a.report(sub, f, c.Applied.Position, hidden, "its @fromContext selects from")
			}
		}
	}
}

func (a *accessCheck) report(sub int, f *sdl.Field, pos *ast.Position, hidden, how string) {
	e := a.fail(federation.MissingTransitiveAuthRequirements, pos, "protect it at least as much, by @authenticated, @requiresScopes or @policy",
		"%q is less protected than %q, which %s", f.Coordinate(), hidden, how)
	e.Subgraph, e.Places[0].Subgraph = a.subgraphs[sub].Name, a.subgraphs[sub].Name
	typeName, _, _ := strings.Cut(hidden, ".")
	if t := a.types[typeName]; t != nil {
		pos := t.Position()
		if f := t.Field(strings.TrimPrefix(hidden, typeName+".")); f != nil {
			pos = f.Position
		}
		e.Places = append(e.Places, federation.Place{Position: pos, Note: "the more protected"})
	}
}

// beyond returns the first element selected that is not covered by what is
// granted, or "".
func (a *accessCheck) beyond(granted access, selections []*subgraph.Selection) string {
	for _, sel := range selections {
		switch {
		case sel.Name == "" && sel.Condition != sel.Parent && !granted.implies(a.ofType(sel.Condition.Name)):
			return sel.Condition.Name
		case sel.Field != nil && a.types[sel.Parent.Name] != nil:
			f := a.types[sel.Parent.Name].Field(sel.Name)
			if f == nil {
				continue
			}
			if !granted.implies(a.of(f.Directives)) {
				return f.Coordinate()
			}
			if !granted.implies(a.ofType(f.Type.Name())) {
				return f.Type.Name()
			}
		}
		if hidden := a.beyond(granted, sel.Selections); hidden != "" {
			return hidden
		}
	}
	return ""
}

func (a *accessCheck) ofType(name string) access {
	t := a.types[name]
	if t == nil {
		return access{}
	}
	list := make(ast.DirectiveList, len(t.Type.Directives))
	for i, d := range t.Type.Directives {
		list[i] = d.Directive
	}
	return a.of(list)
}

func (a *accessCheck) of(list ast.DirectiveList) access {
	var out access
	for _, d := range list {
		switch d.Name {
		case a.names[federation.AtAuthenticated]:
			out.authenticated = true
		case a.names[federation.AtRequiresScopes]:
			out.scopes = formulaOf(sdl.ArgumentValue(d, "scopes"))
		case a.names[federation.AtPolicy]:
			out.policies = formulaOf(sdl.ArgumentValue(d, "policies"))
		}
	}
	return out
}
