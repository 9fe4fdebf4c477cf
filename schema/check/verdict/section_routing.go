package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// routing reports what changed in the supergraph and is not seen in the API: who
// resolves what, by which keys, at which address, and the directives that
// routers obey.
func (v *verdict) routing() {
	old, new := v.Old.Supergraph, v.New.Supergraph
	if old == nil || new == nil {
		return
	}
	r := router{old: old, new: new}
	r.subgraphs()
	r.directives()
	s := report.Section{Name: "Supergraph", Findings: r.findings}
	n := report.Count(len(r.findings), "change", "changes")
	switch {
	case len(r.findings) == 0:
		s.Summary = "no changes beside the API's"
	case len(v.api) == 0:
		s.Summary = n + " of how the API is resolved; the API is the same"
	default:
		s.Summary = n + " of how the API is resolved"
	}
	v.add(s)
}

type router struct {
	old, new *supergraph.Supergraph
	findings []report.Finding
}

func (r *router) found(code, subject, format string, args ...any) {
	r.findings = append(r.findings, report.Finding{
		Level: report.Note, Label: "routing", Code: code, Subject: subject, Message: fmt.Sprintf(format, args...),
	})
}

func (r *router) subgraphs() {
	for _, sub := range r.old.Subgraphs {
		if r.new.Subgraph(sub.Name) == nil {
			r.found(SubgraphRemoved, sub.Name, "subgraph %s was removed", sub.Name)
		}
	}
	for _, sub := range r.new.Subgraphs {
		before := r.old.Subgraph(sub.Name)
		switch {
		case before == nil:
			r.found(SubgraphAdded, sub.Name, "subgraph %s was added", sub.Name)
			continue
		case before.URL != sub.URL:
			r.found(SubgraphURLChanged, sub.Name, "subgraph %s is at %q now, not at %q", sub.Name, sub.URL, before.URL)
		}
		for _, name := range slices.Sorted(maps.Keys(both(before.Types, sub.Types))) {
			r.types(name, before.Types[name], sub.Types[name])
		}
	}
}

// both are the types that either has and that the API of both sides knows.
func both(a, b map[string]*supergraph.Type) map[string]bool {
	out := map[string]bool{}
	for name := range a {
		out[name] = true
	}
	for name := range b {
		out[name] = true
	}
	return out
}

func (r *router) types(name string, old, new *supergraph.Type) {
	was, is := keys(old), keys(new)
	for _, k := range slices.Sorted(maps.Keys(was)) {
		if !is[k] {
			r.found(KeyRemoved, name, "subgraph %s no longer has %s on %s", subgraphOf(old, new), k, name)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(is)) {
		if !was[k] {
			r.found(KeyAdded, name, "subgraph %s has %s on %s now", subgraphOf(old, new), k, name)
		}
	}
	for _, field := range r.fieldNames(name) {
		r.field(name+"."+field, fieldOf(old, field), fieldOf(new, field), subgraphOf(old, new))
	}
}

// fieldNames are the fields of a type that both supergraphs have: what was added
// or removed as a whole is a change of the API.
func (r *router) fieldNames(name string) []string {
	old, new := r.old.Definitions[name], r.new.Definitions[name]
	if old == nil || new == nil {
		return nil
	}
	var out []string
	for _, f := range new.Fields {
		if old.Fields.ForName(f.Name) != nil {
			out = append(out, f.Name)
		}
	}
	return out
}

func subgraphOf(types ...*supergraph.Type) string {
	for _, t := range types {
		if t != nil {
			return t.Subgraph.Name
		}
	}
	return ""
}

func keys(t *supergraph.Type) map[string]bool {
	out := map[string]bool{}
	if t == nil {
		return out
	}
	for _, k := range t.Keys {
		text := "@key(fields: " + strconv.Quote(graph.Text(k.Fields))
		if !k.Resolvable {
			text += ", resolvable: false"
		}
		out[text+")"] = true
	}
	return out
}

func fieldOf(t *supergraph.Type, name string) *supergraph.Field {
	if t == nil {
		return nil
	}
	return t.Fields[name]
}

func (r *router) field(coordinate string, old, new *supergraph.Field, subgraph string) {
	before, after := resolves(old), resolves(new)
	switch {
	case before && !after:
		r.found(FieldResolverRemoved, coordinate, "subgraph %s no longer resolves %s", subgraph, coordinate)
	case !before && after:
		r.found(FieldResolverAdded, coordinate, "subgraph %s resolves %s now", subgraph, coordinate)
	case before && after:
		r.conditions(coordinate, old, new, subgraph)
	}
}

func resolves(f *supergraph.Field) bool { return f != nil && !f.External }

func (r *router) conditions(coordinate string, old, new *supergraph.Field, subgraph string) {
	for _, c := range []struct{ code, what, was, is string }{
		{RequiresChanged, "@requires", graph.Text(old.Requires), graph.Text(new.Requires)},
		{ProvidesChanged, "@provides", graph.Text(old.Provides), graph.Text(new.Provides)},
		{OverrideLabelChanged, "the label of @override", old.Label, new.Label},
	} {
		if c.was != c.is {
			r.found(c.code, coordinate, "%s of %s in subgraph %s is %q now, not %q", c.what, coordinate, subgraph, c.is, c.was)
		}
	}
}

// directives compares the directives that routers obey: who may see what, what
// it costs, which contracts it is in. One that newly restricts who may ask is a
// warning.
func (r *router) directives() {
	restricts := restricting(r.new.Links)
	for _, c := range check.Diff(withoutJoin(r.old), withoutJoin(r.new)) {
		if !strings.HasPrefix(string(c.Kind), "DIRECTIVE_USAGE_") {
			continue // the API's changes
		}
		name, _, _ := strings.Cut(c.Detail, "(")
		level := report.Note
		if c.Class == check.Dangerous && restricts[name] {
			level = report.Warning
		}
		r.findings = append(r.findings, report.Finding{
			Level: level, Label: "routing", Code: string(c.Kind), Subject: c.Coordinate, ID: c.ID(), Message: c.Message,
		})
	}
}

// restricting are the directives that make routers refuse some clients.
func restricting(links supergraph.Links) map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{"authenticated", "requiresScopes", "policy"} {
		if local, ok := links.Directive("https://specs.apollo.dev/"+name, name); ok {
			out["@"+local] = true
		}
	}
	return out
}

// withoutJoin are the definitions with the directives that say neither how they
// are composed nor what the API shows.
func withoutJoin(s *supergraph.Supergraph) *ast.Schema {
	join := "join__"
	if l, ok := s.Links.Find("https://specs.apollo.dev/join"); ok {
		join = l.Alias + "__"
	}
	keep := func(list ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(slices.Clone(list), func(d *ast.Directive) bool {
			return strings.HasPrefix(d.Name, join) || d.Name == "specifiedBy" || d.Name == "oneOf"
		})
	}
	out := &ast.Schema{Types: map[string]*ast.Definition{}}
	for name, def := range s.Definitions {
		own := *def
		own.Directives = keep(def.Directives)
		own.Fields, own.EnumValues = nil, nil
		for _, f := range def.Fields {
			field := *f
			field.Directives = keep(f.Directives)
			field.Arguments = nil
			for _, a := range f.Arguments {
				arg := *a
				arg.Directives = keep(a.Directives)
				field.Arguments = append(field.Arguments, &arg)
			}
			own.Fields = append(own.Fields, &field)
		}
		for _, v := range def.EnumValues {
			value := *v
			value.Directives = keep(v.Directives)
			own.EnumValues = append(own.EnumValues, &value)
		}
		out.Types[name] = &own
	}
	return out
}
