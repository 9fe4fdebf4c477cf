package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
)

// Graph is the data of a whole supergraph: one set of objects, of which each
// subgraph shows the part its SDL has, and the monolith everything. What a
// router puts together from the subgraphs must be what the monolith says.
//
// As JSON it is {"<name>": {"__typename": T, field: value, …}, …}; the names are
// free but for "Query" and "Mutation", the roots. A value is a scalar, null, a
// list, a custom scalar's object, or one of:
//
//	{"$ref": name}       the object of that name
//	{"$error": message}  the field fails
//	{"$pick": [v, …]}    one of these, chosen by the field's inputs
//	{"$hash": T}         a value of the built-in scalar T made from the field's inputs
//
// An object's "$absent" lists the subgraphs that do not find it as an entity.
//
// A field's inputs are its object, its arguments (those equal to their default
// left out) and, of a field with @requires, the required values: the monolith
// takes them from the data, a subgraph from the representation it got. Wrong or
// missing inputs so give a wrong value. Fields of Mutation also count how many
// of them have run, in all subgraphs together: the wrong order gives wrong
// values.
//
// A subgraph fails fields it must not be asked for: external ones that are no
// key and not provided where they are, overridden ones, and ones with @requires
// that were not reached by a representation.
type Graph struct {
	objects    map[string]*graphObject
	names      []string
	subgraphs  map[string]*Schema
	requires   map[coordinate]requirement
	overridden map[string]map[coordinate]bool // by the subgraph that lost the field
	// implementers gives an interface's concrete types, by any subgraph.
	implementers map[string]map[string]bool
	interfaces   map[string][]string // the reverse, sorted

	mu    sync.Mutex
	byKey map[keyOf]map[string]*graphObject
}

type coordinate struct{ typename, field string }

type requirement struct {
	schema *Schema
	set    ast.SelectionSet
}

type keyOf struct {
	schema   *Schema
	typename string
	key      int
}

type graphObject struct {
	name, typename string
	fields         map[string]any
	absent         []string // subgraphs that do not find it
}

type (
	reference struct{ to *graphObject }
	picked    []any
	hashed    string
)

// ParseGraph reads the data of a supergraph of these subgraphs.
func ParseGraph(text []byte, subgraphs map[string]*Schema) (*Graph, error) {
	var objects map[string]map[string]any
	if err := decodeJSON(text, &objects); err != nil {
		return nil, fmt.Errorf("a graph is a JSON object of objects: %w", err)
	}
	g := &Graph{objects: map[string]*graphObject{}, names: sortedKeys(objects), subgraphs: subgraphs, byKey: map[keyOf]map[string]*graphObject{}}
	for _, name := range g.names {
		typename, _ := objects[name]["__typename"].(string)
		if name == "Query" || name == "Mutation" {
			typename = name
		}
		if typename == "" {
			return nil, fmt.Errorf("object %q has no __typename", name)
		}
		g.objects[name] = &graphObject{name: name, typename: typename, fields: map[string]any{}}
	}
	for _, name := range g.names {
		for field, v := range objects[name] {
			if field == "$absent" {
				g.objects[name].absent = texts(v)
				continue
			}
			value, err := g.parseValue(v)
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", name, field, err)
			}
			g.objects[name].fields[field] = value
		}
	}
	g.learn()
	return g, nil
}

func texts(v any) []string {
	items, _ := v.([]any)
	var out []string
	for _, item := range items {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func (g *Graph) parseValue(v any) (any, error) {
	switch value := v.(type) {
	case []any:
		return g.parseList(value)
	case map[string]any:
		return g.parseSpecial(value)
	}
	return v, nil
}

func (g *Graph) parseList(items []any) (any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		value, err := g.parseValue(item)
		if err != nil {
			return nil, err
		}
		out[i] = value
	}
	return out, nil
}

func (g *Graph) parseSpecial(v map[string]any) (any, error) {
	if name, ok := v["$ref"].(string); ok {
		if o := g.objects[name]; o != nil {
			return reference{o}, nil
		}
		return nil, fmt.Errorf("there is no object %q", name)
	}
	if message, ok := v["$error"].(string); ok {
		return errors.New(message), nil
	}
	if list, ok := v["$pick"].([]any); ok && len(list) > 0 {
		values, err := g.parseList(list)
		if err != nil {
			return nil, err
		}
		return picked(values.([]any)), nil
	}
	if typ, ok := v["$hash"].(string); ok && slices.Contains([]string{"Int", "Float", "String", "ID", "Boolean"}, typ) {
		return hashed(typ), nil
	}
	for name := range v {
		if strings.HasPrefix(name, "$") {
			return nil, fmt.Errorf("%s has the wrong shape", preview(v))
		}
	}
	return v, nil
}

// learn takes from the subgraphs' SDLs what the values depend on.
func (g *Graph) learn() {
	g.requires = map[coordinate]requirement{}
	g.overridden = map[string]map[coordinate]bool{}
	g.implementers = map[string]map[string]bool{}
	for _, name := range sortedKeys(g.subgraphs) {
		schema := g.subgraphs[name]
		for _, t := range schema.types {
			for _, f := range t.inOrder {
				g.learnField(schema, coordinate{t.name, f.name}, f.facts)
			}
			if t.kind == ast.Interface || t.kind == ast.Union {
				g.learnPossible(t)
			}
		}
	}
	g.interfaces = map[string][]string{}
	for _, iface := range sortedKeys(g.implementers) {
		for name := range g.implementers[iface] {
			g.interfaces[name] = append(g.interfaces[name], iface)
		}
	}
}

func (g *Graph) learnField(schema *Schema, at coordinate, f *fieldFacts) {
	if f.requires != nil {
		g.requires[at] = requirement{schema, f.requires}
	}
	if f.override == "" || f.label != "" || g.subgraphs[f.override] == nil {
		return
	}
	if g.overridden[f.override] == nil {
		g.overridden[f.override] = map[coordinate]bool{}
	}
	g.overridden[f.override][at] = true
}

func (g *Graph) learnPossible(t *namedType) {
	if g.implementers[t.name] == nil {
		g.implementers[t.name] = map[string]bool{}
	}
	for name := range t.possible {
		g.implementers[t.name][name] = true
	}
}

// Run starts an operation: a view of the graph with the state of its mutations.
func (g *Graph) Run() *Run { return &Run{graph: g} }

// Run is the graph while one operation runs, seen by all subgraphs. It is safe
// for concurrent use.
type Run struct {
	graph *Graph
	steps atomic.Int64 // mutation fields that have run
}

// Monolith gives all the data, under the API schema.
func (r *Run) Monolith(api *Schema) Data { return &graphView{run: r, schema: api} }

// Subgraph gives a subgraph's part of the data.
func (r *Run) Subgraph(name string) Data {
	return &graphView{run: r, schema: r.graph.subgraphs[name], subgraph: name}
}

// value resolves a field: args are canonical, inputs the required values.
func (r *Run) value(o *graphObject, field, args, inputs string) any {
	v := o.fields[field]
	seed := o.name + "." + field + args + inputs
	if o.name == "Mutation" {
		seed = fmt.Sprintf("%s after %d", seed, r.steps.Add(1)-1)
	}
	for {
		switch value := v.(type) {
		case picked:
			v = value[hashOf(seed)%uint64(len(value))]
		case hashed:
			return value.from(hashOf(seed))
		default:
			return v
		}
	}
}

// hashOf is FNV-1a, which is stable between runs and programs, mixed once more
// so that its low bits are good too.
func hashOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

func (t hashed) from(h uint64) any {
	switch t {
	case "Int":
		return int64(h % 100_000)
	case "Float":
		return float64(h%100_000) / 4
	case "Boolean":
		return h%2 == 0
	}
	return fmt.Sprintf("h%x", h&0xffffffffff)
}

// canonical writes a JSON value so that equal values give equal texts: sorted
// fields, numbers by value.
func canonical(out []byte, v any) []byte {
	switch value := v.(type) {
	case map[string]any:
		out = append(out, '{')
		for i, name := range sortedKeys(value) {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendString(out, name), ':')
			out = canonical(out, value[name])
		}
		return append(out, '}')
	case []any:
		out = append(out, '[')
		for i, item := range value {
			if i > 0 {
				out = append(out, ',')
			}
			out = canonical(out, item)
		}
		return append(out, ']')
	case string:
		return appendString(out, value)
	}
	if n, ok := toNumber(v); ok {
		if f, ok := n.float(); ok {
			return appendFloat(out, f)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Appendf(out, "%T", v)
	}
	return append(out, text...)
}

// canonicalArguments leaves out what equals its default: an argument that
// clients do not see has its default in the subgraph and is absent in the
// monolith.
func canonicalArguments(f *field, args map[string]any) string {
	if len(args) == 0 {
		return ""
	}
	given := make(map[string]any, len(args))
	for _, in := range f.args {
		value, has := args[in.name]
		if has && !(in.ready && equalJSON(value, in.value)) {
			given[in.name] = value
		}
	}
	if len(given) == 0 {
		return ""
	}
	return string(canonical(nil, given))
}
