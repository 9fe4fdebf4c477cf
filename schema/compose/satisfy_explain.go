package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// unsatisfied reports a path that nothing resolves, with the reason for each
// dead end: for each subgraph in which one could be, why one cannot go on there
// and why one cannot move to where one could.
func (w *walker) unsatisfied(s state, path *apiPath) {
	if w.steps > w.most {
		return // what was cut off proves nothing
	}
	e := explanation{walker: w, bySubgraph: map[string][]string{}}
	for _, p := range s.positions {
		e.deadEnd(s, p, path)
		for _, r := range w.reach(p, nil) {
			e.deadEnd(s, r, path)
		}
	}
	reasons := e.text()
	where := path.typ
	if path.field != nil {
		where += "." + path.field.Name
	}
	if key := where + "\n" + reasons; w.reported[key] {
		return
	} else {
		w.reported[key] = true
	}
	w.errors = append(w.errors, &federation.Error{
		Code:    federation.SatisfiabilityError,
		Message: fmt.Sprintf("this query of the API cannot be resolved by the subgraphs:\n%s\nbecause\n%s", w.query(path), reasons),
		Places:  w.pathPlaces(path),
		Help:    e.help(path),
	})
}

func (w *walker) pathPlaces(path *apiPath) []federation.Place {
	if path.field != nil {
		return w.fieldPlaces(path.typ, path.field.Name)
	}
	var places []federation.Place
	if t := w.out.types[path.typ]; t != nil {
		for _, src := range t.sources {
			places = append(places, federation.Place{Subgraph: w.subgraphs[src.sub].Name, Position: src.Position()})
		}
	}
	return places
}

// explanation collects the reasons of one error.
type explanation struct {
	*walker
	order      []string
	bySubgraph map[string][]string
	keyless    string // a type to which a key would help
}

func (e *explanation) add(p int32, format string, args ...any) {
	name := e.positions[p].node.Subgraph().Name
	reason := fmt.Sprintf(format, args...)
	if e.bySubgraph[name] == nil {
		e.order = append(e.order, name)
	}
	if !slices.Contains(e.bySubgraph[name], reason) {
		e.bySubgraph[name] = append(e.bySubgraph[name], reason)
	}
}

func (e *explanation) text() string {
	var b strings.Builder
	for i, name := range e.order {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "- from subgraph %q:", name)
		if reasons := e.bySubgraph[name]; len(reasons) == 1 {
			b.WriteString(" " + reasons[0])
		} else {
			for _, r := range reasons {
				b.WriteString("\n  - " + r)
			}
		}
	}
	return b.String()
}

func (e *explanation) help(path *apiPath) string {
	if e.keyless != "" {
		return fmt.Sprintf("give %q a @key that both subgraphs resolve, or resolve the field (as @shareable) where the type is reached", e.keyless)
	}
	if path.field != nil {
		return fmt.Sprintf("make a key of %q resolvable where the type is reached, or resolve the field there", path.typ)
	}
	return fmt.Sprintf("define %q where its interface or union is reached, or give it a key there", path.typ)
}

// deadEnd says why one cannot go on from a position, nor move from it.
func (e *explanation) deadEnd(s state, p int32, path *apiPath) {
	if path.field == nil {
		e.noCast(p, path.typ)
		return
	}
	e.noField(p, path)
	node := e.positions[p].node
	for _, sub := range e.super.Subgraphs {
		if sub != node.Subgraph() {
			e.noMove(p, sub, path)
		}
	}
}

func (e *explanation) noCast(p int32, typeName string) {
	node := e.positions[p].node
	if node.Type.InterfaceObject {
		e.add(p, "%q is an @interfaceObject, and no subgraph can be reached that knows the concrete types of its values", node.Type.Name)
		return
	}
	e.add(p, "there is no type %q", typeName)
}

// noField says why a field cannot be had at a position itself.
func (e *explanation) noField(p int32, path *apiPath) {
	where := path.typ + "." + path.field.Name
	at := e.at(p, path.typ)
	if at < 0 {
		e.add(p, "there is no type %q", path.typ)
		return
	}
	t := e.positions[at].node.Type
	f := t.Fields[path.field.Name]
	switch {
	case f == nil:
		e.add(p, "there is no field %q", where)
	case f.Overridden:
		e.add(p, "field %q is overridden by another subgraph", where)
	case f.External && e.positions[at].node.Field(f.Name) == nil:
		e.add(p, "field %q is @external", where)
	case !labelAllows(f, path.label):
		e.add(p, "field %q is not to be used while label %q is %v", where, f.Label, !f.LabelOn)
	case len(f.Contexts) > 0:
		e.add(p, "the context that field %q takes an argument from is not set on this path, or its value cannot be had", where)
	case f.Requires != nil:
		e.noRequirement(p, at, f, where)
	}
}

func (e *explanation) noRequirement(p, at int32, f *supergraph.Field, where string) {
	t := e.positions[at].node.Type
	if e.holds(at, f, f.Requires, nil) {
		e.add(p, "what field %q requires can be had, but then there is no way back: %q has no @key here that this subgraph resolves", where, t.Name)
		return
	}
	hint := ""
	if slices.ContainsFunc(t.Keys, func(k *supergraph.Key) bool { return selectsExternal(t, k.Fields) }) {
		hint = " (is a key field @external here that should not be?)"
	}
	e.add(p, "what field %q requires, %q, cannot be had%s", where, f.RequiresText, hint)
}

// noMove says why one cannot move to a subgraph, if that would help.
func (e *explanation) noMove(p int32, to *supergraph.Subgraph, path *apiPath) {
	node := e.positions[p].node
	for _, entry := range e.graph.Entries(node.Type.Name) {
		if entry.Node.Subgraph() != to {
			continue
		}
		x := &excluded{entry, graph.Text(entry.Key.Fields), nil}
		if e.selectsAll(e.closure([]int32{p}, x), entry.Key.Fields, x) {
			return // one can, and why that does not help is said from there
		}
		e.add(p, "cannot move to subgraph %q by @key(fields: %q) of %q, as that cannot be resolved here", to.Name, entry.Key.Text, entry.Key.Type.Name)
	}
	if slices.ContainsFunc(e.graph.Entries(node.Type.Name), func(x *graph.Entry) bool { return x.Node.Subgraph() == to }) {
		return
	}
	t := to.Types[path.typ]
	if t == nil || t.Fields[path.field.Name] == nil || t.Fields[path.field.Name].External {
		return
	}
	where := path.typ + "." + path.field.Name
	switch {
	case node.Type.InterfaceObject && to.Types[node.Type.Name] == nil:
		e.add(p, "cannot move to subgraph %q, which has field %q, as it does not define interface %q", to.Name, where, node.Type.Name)
	case len(keysOf(to, node.Type.Name)) == 0:
		e.keyless = node.Type.Name
		e.add(p, "cannot move to subgraph %q, which has field %q, as %q has no @key there", to.Name, where, node.Type.Name)
	default:
		e.add(p, "cannot move to subgraph %q, which has field %q, as the @key of %q there is declared with resolvable: false", to.Name, where, node.Type.Name)
	}
}

func keysOf(sub *supergraph.Subgraph, typeName string) []*supergraph.Key {
	if t := sub.Types[typeName]; t != nil {
		return t.Keys
	}
	return nil
}
