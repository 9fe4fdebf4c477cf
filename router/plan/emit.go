package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
)

// emitter turns drafts into the fetches of a plan.
type emitter struct {
	walker *walker
	op     *operation.Operation
	plan   *Plan
}

// batch is the steps that share a request.
type batch struct {
	level, subgraph int
	steps           []*step
}

// add appends the draft's fetches to the plan, to run after all that are there.
func (e *emitter) add(d *draft) {
	tasks := d.schedule()
	first, offset := len(e.plan.Fetches), 0
	for _, f := range e.plan.Fetches {
		offset = max(offset, f.Step+1)
	}
	fetchOf := map[*step]*Fetch{}
	for _, b := range batches(d, tasks) {
		f := e.fetch(b)
		f.Index, f.Step = len(e.plan.Fetches), offset+b.level
		for _, s := range b.steps {
			fetchOf[s] = f
		}
		e.plan.Fetches = append(e.plan.Fetches, f)
	}
	for _, s := range d.order {
		f := fetchOf[s]
		for _, before := range s.waits {
			f.DependsOn = append(f.DependsOn, fetchOf[before.step].Index)
		}
		if len(s.waits) == 0 {
			for i := range first {
				f.DependsOn = append(f.DependsOn, i)
			}
		}
	}
	for _, f := range e.plan.Fetches[first:] {
		slices.Sort(f.DependsOn)
		f.DependsOn = slices.Compact(f.DependsOn)
	}
}

// batches groups the draft's steps into requests, level by level.
func batches(d *draft, tasks []task) []*batch {
	type kind struct {
		level, subgraph int
		entities        bool
	}
	first := make(map[kind]*batch, len(d.order))
	var out []*batch
	for i, s := range d.order {
		t := tasks[i]
		k := kind{t.level, t.subgraph, s.start.entry != nil}
		if b := first[k]; b != nil && !t.alone {
			b.steps = append(b.steps, s)
			continue
		}
		b := &batch{level: t.level, subgraph: t.subgraph, steps: []*step{s}}
		if first[k] == nil {
			first[k] = b
		}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b *batch) int {
		return cmp.Or(a.level-b.level, a.subgraph-b.subgraph)
	})
	return out
}

func (e *emitter) fetch(b *batch) *Fetch {
	start := b.steps[0].start
	f := &Fetch{Subgraph: start.node.Subgraph(), Kind: ast.Query}
	names := newNames()
	if start.entry == nil {
		f.Path = start.place.path()
		if len(f.Path) == 0 {
			f.Kind = e.op.Kind
		}
		f.Root = names.read(start.place.layout, []*node{b.steps[0].root})
		f.text = names.text(b.steps[0].root)
	} else {
		names.contexts = e.contextVariables(start)
		e.addEntities(f, names, calls(e.walker, b.steps))
		e.addContexts(f.Entities[0], start, names.contexts)
	}
	e.finish(f)
	return f
}

// contextVariables names a variable for each argument that the start's field
// takes from an enclosing object, by the argument.
func (e *emitter) contextVariables(s *start) map[string]string {
	if len(s.contexts) == 0 {
		return nil
	}
	variables := map[string]string{}
	for i, c := range s.requires.Field.Contexts {
		variables[c.Name] = e.freeVariable("context", i)
	}
	return variables
}

func (e *emitter) addContexts(ent *Entities, s *start, variables map[string]string) {
	b := inputBuilder{supergraph: e.walker.supergraph, subgraph: s.node.Subgraph()}
	for i, source := range s.contexts {
		c := s.requires.Field.Contexts[i]
		set := fromFieldSet(e.walker.supergraph, source.typ, c.Selection)
		ent.Contexts = append(ent.Contexts, Context{
			Variable: variables[c.Name], Steps: source.place.length, Type: c.Type,
			Value: b.inputs(source.layout, source.typ, b.subgraph.Types[source.typ], set),
		})
	}
}

// addEntities gives the fetch an `_entities` field for each call. Calls that ask
// the same of the same representations share one.
func (e *emitter) addEntities(f *Fetch, names *names, calls []*call) {
	shared := map[string]*Entities{}
	for _, c := range calls {
		target := Target{Path: c.place().path(), Layout: c.place().layout, declared: c.place().declared}
		var roots []*node
		var fragments []*textNode
		for _, p := range c.parts {
			target.Representations = append(target.Representations, &Representation{Types: p.types, Typename: p.typename, Fields: p.inputs})
			for _, s := range p.steps {
				roots = append(roots, s.root)
			}
		}
		target.Read = names.read(target.Layout, roots)
		for _, p := range c.parts {
			t := &textNode{text: "... on " + p.steps[0].start.node.Type.Name}
			for _, s := range p.steps {
				t.children = append(t.children, names.text(s.root)...)
			}
			t.children = withoutRepeats(t.children)
			fragments = append(fragments, t)
		}
		if len(c.parts) > 1 {
			target.Read.Typename = ""
		}
		key := compact(fragments) + "|" + target.signature()
		if ent := shared[key]; ent != nil {
			ent.Targets = append(ent.Targets, target)
			continue
		}
		ent := &Entities{ResponseName: "_entities", Variable: e.freeVariable("representations", len(f.Entities)), Targets: []Target{target}, text: fragments}
		if len(calls) > 1 {
			ent.ResponseName = "_e" + strconv.Itoa(len(f.Entities))
		}
		shared[key] = ent
		f.Entities = append(f.Entities, ent)
	}
	if len(f.Entities) == 1 {
		f.Entities[0].ResponseName = "_entities"
	}
}

// freeVariable returns a variable name that the client does not use, nor with
// something after it.
func (e *emitter) freeVariable(name string, n int) string {
	if n > 0 {
		name += strconv.Itoa(n)
	}
	for slices.ContainsFunc(e.op.Variables, func(v *operation.Variable) bool { return strings.HasPrefix(v.Name, name) }) {
		name += "_"
	}
	return name
}

// finish writes the text of the request, with its name and variables.
func (e *emitter) finish(f *Fetch) {
	used := map[string]bool{}
	for _, n := range f.nodes() {
		n.variables(func(name string) { used[name] = true })
	}
	for _, v := range e.op.Variables {
		if !used[v.Name] {
			continue
		}
		f.Variables = append(f.Variables, v.Name)
		param := "$" + v.Name + ": " + v.Type.String()
		if v.Default != nil {
			param += " = " + operation.FormatValue(v.Default)
		}
		f.params = append(f.params, param)
	}
	if e.op.Name != "" {
		f.Name = e.op.Name + "__" + graphqlName(f.Subgraph.Name) + "__" + strconv.Itoa(len(e.plan.Fetches))
	}
	f.Text = f.TextOf(1)
}

// graphqlName makes a subgraph's name fit for a GraphQL name.
func graphqlName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
