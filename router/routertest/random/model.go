package random

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// world is the model of a supergraph while it is being made.
type world struct {
	dice
	subgraphs   int
	leaves      []leaf
	inputs      []input
	objects     []*object // entities and value types
	abstracts   []*abstract
	query       *object
	mutation    *object
	federation1 []bool // by subgraph
	parts       int    // split value types so far, for their names
	hardErrors  bool   // errors also in non-null places; then all subgraphs agree on these
}

// leaf is an enum or custom scalar; built-in scalars are known by name.
type leaf struct {
	name   string
	values []string // nil for a scalar
}

type input struct {
	name   string
	fields []argument
}

// object is an object type of the supergraph, and what each subgraph has of it.
type object struct {
	name     string
	keys     []key // of an entity
	hub      int   // the subgraph that has all keys of an entity
	root     bool
	split    bool              // a value type of which each subgraph has a part
	presence map[int]*presence // by subgraph
	fields   []*field
	of       []*abstract // interfaces and unions it belongs to
}

// presence is an entity's keys in one subgraph, as indexes in keys; of other
// types it only says that the subgraph has it.
type presence struct {
	keys   []keyUse
	extend bool // written as an extension, with external keys
}

type keyUse struct {
	index      int
	resolvable bool
}

// key is a key of an entity: its text, and the fields it names at its top.
type key struct {
	text   string
	fields []string
}

// field is a field of the supergraph, and its role in each subgraph that has it.
type field struct {
	name         string
	typ          *ast.Type
	args         []argument
	roles        map[int]*role
	isKey        bool
	common       bool // demanded by an interface
	inaccessible bool
	input        bool // something requires it
	provided     bool // some subgraph gives it by @provides
	requires     bool // some subgraph computes it from required fields
	soft         bool // it fails only where null may stand
}

type argument struct {
	name         string
	typ          *ast.Type
	byDefault    string // "" for none
	inaccessible bool
}

// role is what a subgraph does for a field.
type role struct {
	external   bool
	overridden bool   // another subgraph took it over
	override   int    // from this subgraph, -1 for none
	label      string // of a progressive override
	requires   string
	provides   string
	nonNull    bool   // declared non-null although others are nullable
	only       string // declared as this member of the abstract type that others have
}

// abstract is an interface or union, and what each subgraph has of it.
type abstract struct {
	name    string
	union   bool
	members []*object
	common  []string         // fields that every member has, besides id
	in      map[int][]string // members by subgraph
	base    *abstract        // an interface that this one implements

	// An interface that is an entity has a home, where all members are, and
	// subgraphs that have it as an interface object with fields of their own.
	entity bool
	home   int
	guests map[int]bool
	object *object // the interface object's fields
}

func (o *object) isEntity() bool { return len(o.keys) > 0 }

func (o *object) field(name string) *field {
	for _, f := range o.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// enters says whether a subgraph can be entered at an entity by a key.
func (o *object) enters(s int) bool {
	p := o.presence[s]
	return p != nil && slices.ContainsFunc(p.keys, func(k keyUse) bool { return k.resolvable })
}

// entrances are the subgraphs where an entity can be entered, in order.
func (o *object) entrances(w *world) []int {
	var list []int
	for s := range w.subgraphs {
		if o.enters(s) {
			list = append(list, s)
		}
	}
	return list
}

// resolves says whether a subgraph gives the field's value by itself.
func (f *field) resolves(s int) bool {
	r := f.roles[s]
	return r != nil && !r.external && !r.overridden
}

// resolvers are the subgraphs that give the field's value, in order.
func (f *field) resolvers(w *world) []int {
	var list []int
	for s := range w.subgraphs {
		if f.resolves(s) {
			list = append(list, s)
		}
	}
	return list
}

// give makes subgraphs resolve a field.
func (f *field) give(subgraphs ...int) *field {
	for _, s := range subgraphs {
		f.roles[s] = &role{override: -1}
	}
	return f
}

// object finds an object type by its name, roots excluded.
func (w *world) object(name string) *object {
	for _, o := range w.objects {
		if o.name == name {
			return o
		}
	}
	return nil
}

func (w *world) abstract(name string) *abstract {
	for _, a := range w.abstracts {
		if a.name == name {
			return a
		}
	}
	return nil
}

func (w *world) leaf(name string) *leaf {
	for i := range w.leaves {
		if w.leaves[i].name == name {
			return &w.leaves[i]
		}
	}
	return nil
}

func (w *world) input(name string) *input {
	for i := range w.inputs {
		if w.inputs[i].name == name {
			return &w.inputs[i]
		}
	}
	return nil
}

// isComposite says whether values of the type have fields.
func (w *world) isComposite(name string) bool {
	return w.object(name) != nil || w.abstract(name) != nil
}

// allowed says whether a subgraph may have a type. One that has an interface
// object must not have the interface's members, nor what leads to them.
func (w *world) allowed(name string, s int) bool { return w.allows(name, s, map[string]bool{}) }

// allows remembers in known what it found; a type that is being looked at counts
// as allowed, so that circles end.
func (w *world) allows(name string, s int, known map[string]bool) bool {
	if allowed, ok := known[name]; ok {
		return allowed
	}
	known[name] = true
	allowed := true
	if a := w.abstract(name); a != nil {
		allowed = w.allowsAbstract(a, s, known)
	} else if o := w.object(name); o != nil {
		allowed = w.allowsObject(o, s, known)
	}
	known[name] = allowed
	return allowed
}

func (w *world) allowsAbstract(a *abstract, s int, known map[string]bool) bool {
	if a.entity {
		return s == a.home || a.guests[s]
	}
	return slices.ContainsFunc(a.members, func(m *object) bool { return w.allows(m.name, s, known) })
}

func (w *world) allowsObject(o *object, s int, known map[string]bool) bool {
	switch {
	case slices.ContainsFunc(o.of, func(a *abstract) bool { return a.entity && a.guests[s] }):
		return false
	case o.split:
		return o.presence[s] != nil
	case o.isEntity():
		return true
	}
	return !slices.ContainsFunc(o.fields, func(f *field) bool { return !w.allows(f.typ.Name(), s, known) })
}
