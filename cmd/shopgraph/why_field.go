package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

func whyField(ctx context.Context, args []string, io stdio) int {
	coordinate, g, status, ok := whySubject(ctx, "field", args, io)
	if !ok {
		return status
	}
	text, err := explainField(g, coordinate)
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph why: %v\n", err)
		return exitUsage
	}
	fmt.Fprint(io.out, text)
	return exitOK
}

// explainField tells who resolves a field.
func explainField(g *graph.Graph, coordinate string) (string, error) {
	typeName, name, ok := strings.Cut(coordinate, ".")
	if !ok || name == "" {
		return "", fmt.Errorf("say which field as Type.field, not %q", coordinate)
	}
	def := g.Supergraph.Definitions[typeName]
	if def == nil {
		return "", fmt.Errorf("the supergraph has no type %s%s", typeName, federation.Suggest(typeName, slices.Collect(maps.Keys(g.Supergraph.Definitions))))
	}
	field := def.Fields.ForName(name)
	if field == nil || def.Kind == ast.InputObject {
		var names []string
		for _, f := range def.Fields {
			names = append(names, f.Name)
		}
		return "", fmt.Errorf("%s has no field %q that subgraphs resolve%s", typeName, name, federation.Suggest(name, names))
	}
	w := fieldWhy{graph: g, typeName: typeName, name: name}
	w.line(0, "%s: %s", coordinate, field.Type)
	if api := g.Supergraph.API.Types[typeName]; api == nil || api.Fields.ForName(name) == nil {
		w.line(0, "It is @inaccessible: clients do not see it, subgraphs may need it.")
	}
	for _, sub := range g.Supergraph.Subgraphs {
		w.subgraph(sub)
	}
	return w.String(), nil
}

// fieldWhy collects what is told of a field.
type fieldWhy struct {
	strings.Builder
	graph          *graph.Graph
	typeName, name string
}

func (w *fieldWhy) line(indent int, format string, args ...any) {
	fmt.Fprintf(w, strings.Repeat("  ", indent)+format+"\n", args...)
}

func (w *fieldWhy) subgraph(sub *supergraph.Subgraph) {
	t := sub.Types[w.typeName]
	if t == nil {
		t = w.interfaceObject(sub)
	}
	if t == nil {
		w.line(1, "%s does not: it has no type %s", sub.Name, w.typeName)
		return
	}
	f := t.Fields[w.name]
	switch {
	case f == nil:
		w.line(1, "%s does not: its %s has no such field%s", sub.Name, t.Name, asInterface(t, w.typeName))
	case f.Overridden:
		w.line(1, "%s does not: another subgraph took the field over (@override); it is named there for a key or @requires", sub.Name)
	case f.External:
		w.external(sub, t)
	default:
		w.resolves(sub, t, f)
	}
}

// interfaceObject is the interface of the type that a subgraph has as an object
// type, or nil.
func (w *fieldWhy) interfaceObject(sub *supergraph.Subgraph) *supergraph.Type {
	for _, name := range w.graph.Supergraph.Definitions[w.typeName].Interfaces {
		if t := sub.Types[name]; t != nil && t.InterfaceObject {
			return t
		}
	}
	return nil
}

func asInterface(t *supergraph.Type, typeName string) string {
	if t.Name == typeName {
		return ""
	}
	return " (an @interfaceObject that stands for " + typeName + ")"
}

func (w *fieldWhy) external(sub *supergraph.Subgraph, t *supergraph.Type) {
	var provided []string
	for _, n := range w.graph.Nodes() {
		for _, f := range n.Type.FieldNames {
			e := n.Field(f)
			if e != nil && e.To != nil && e.To.Type == t && len(e.To.Provided) > 0 && e.To.Field(w.name) != nil {
				provided = append(provided, n.Type.Name+"."+f)
			}
		}
	}
	if provided == nil {
		w.line(1, "%s does not: the field is @external there, named for a key or @requires and resolved elsewhere", sub.Name)
		return
	}
	slices.Sort(provided)
	w.line(1, "%s does, below %s: @provides says so; elsewhere the field is @external there", sub.Name, strings.Join(slices.Compact(provided), ", "))
}

func (w *fieldWhy) resolves(sub *supergraph.Subgraph, t *supergraph.Type, f *supergraph.Field) {
	w.line(1, "%s does%s", sub.Name, asInterface(t, w.typeName))
	if f.Requires != nil {
		w.line(2, "once it is given %s of the object (@requires), which others resolve", f.RequiresText)
	}
	if f.Label != "" {
		w.line(2, "where the label %q of a progressive @override is %s", f.Label, map[bool]string{true: "on", false: "off"}[f.LabelOn])
	}
	for _, c := range f.Contexts {
		w.line(2, "with its argument %s taken from context %s (@fromContext)", c.Name, c.Context)
	}
	if supergraph.RootName(ast.Query) == w.typeName || supergraph.RootName(ast.Mutation) == w.typeName || supergraph.RootName(ast.Subscription) == w.typeName {
		w.line(2, "routers ask for it at the root")
		return
	}
	entered := false
	for _, k := range t.Keys {
		if k.Resolvable {
			entered = true
			w.line(2, "routers enter by @key(fields: %q)%s", graph.Text(k.Fields), w.from(sub, t, k))
		} else {
			w.line(2, "routers cannot enter by @key(fields: %q): resolvable is false", graph.Text(k.Fields))
		}
	}
	if leads := w.leads(sub, t); len(leads) > 0 {
		w.line(2, "fields of %s lead there: %s", sub.Name, someOf(leads))
	} else if !entered {
		w.line(2, "nothing leads there: no key that is resolvable, and no field of %s", sub.Name)
	}
}

// from lists the subgraphs that can give a key, each by itself.
func (w *fieldWhy) from(sub *supergraph.Subgraph, t *supergraph.Type, k *supergraph.Key) string {
	var names []string
	for _, other := range w.graph.Supergraph.Subgraphs {
		n := w.graph.Node(other, w.typeName)
		if other == sub || n == nil {
			continue
		}
		if _, ok := w.graph.Resolves([]*graph.Node{n}, w.typeName, k.Fields); ok {
			names = append(names, other.Name)
		}
	}
	if names == nil {
		return ""
	}
	return ", from " + strings.Join(names, ", ")
}

// leads are the fields of a subgraph that answer objects of the type.
func (w *fieldWhy) leads(sub *supergraph.Subgraph, t *supergraph.Type) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(sub.Types)) {
		for _, f := range sub.Types[name].FieldNames {
			field := sub.Types[name].Fields[f]
			to := sub.Types[field.Type.Name()]
			if to != nil && !field.External && slices.Contains(to.Possible, t.Name) {
				out = append(out, name+"."+f)
			}
		}
	}
	return out
}

func someOf(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
