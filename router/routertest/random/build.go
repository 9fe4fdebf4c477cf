package random

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// World is a made-up federation.
type World struct {
	Subgraphs []Subgraph
	// Data is the objects behind the subgraphs, as mock.ParseGraph reads them.
	Data []byte
}

// Subgraph is the name and SDL of a made-up subgraph.
type Subgraph struct{ Name, SDL string }

// Generate makes up a world.
func Generate(seed uint64) World {
	w := &world{dice: newDice(seed, 1)}
	w.subgraphs = w.between(2, 6)
	w.hardErrors = w.chance(0.3)
	w.makeLeaves()
	w.makeTypes()
	w.makeKeys()
	w.makeFields()
	w.makeRoots()
	w.complete()
	w.makeProvides()
	w.makeOverrides()
	w.makeRequires()
	w.complete()
	w.finish()
	return World{Subgraphs: w.print(), Data: w.data()}
}

// fieldNames is short, so that types share names and fragments on different
// types come to need aliases.
var fieldNames = []string{"name", "title", "size", "price", "owner", "items", "next", "part", "tags", "kind", "note", "state"}

func (w *world) makeLeaves() {
	w.leaves = []leaf{{name: "Color", values: []string{"RED", "GREEN", "BLUE"}}, {name: "Unit", values: []string{"KG", "LB"}}, {name: "Stamp"}}
	w.inputs = []input{
		{"Range", []argument{{name: "low", typ: nonNull("Int")}, {name: "high", typ: named("Int"), byDefault: "9"}}},
		{"Filter", []argument{{name: "color", typ: named("Color")}, {name: "ranges", typ: list(nonNull("Range"))}, {name: "text", typ: named("String"), byDefault: `"any"`}}},
	}
}

// makeTypes chooses the types and which belong to which interface and union.
func (w *world) makeTypes() {
	w.objects = append(w.objects, &object{name: "Ref", presence: map[int]*presence{}}) // for nested keys
	for i := range w.between(2, 5) {
		w.objects = append(w.objects, &object{name: []string{"User", "Order", "Item", "Place", "Event"}[i], keys: []key{{}}, presence: map[int]*presence{}})
	}
	for i := range w.between(0, 2) {
		w.objects = append(w.objects, &object{name: []string{"Money", "Label"}[i], presence: map[int]*presence{}})
	}
	entities := remove(w.objects, func(o *object) bool { return !o.isEntity() })
	for i := range w.between(0, 2) {
		a := &abstract{name: []string{"Node", "Thing"}[i], in: map[int][]string{}}
		if i == 0 && w.chance(0.4) {
			a.members = some(w.dice, entities, 0.6)
			w.makeEntityInterface(a)
		} else {
			a.members = some(w.dice, w.objects[1:], 0.5)
		}
		w.abstracts = append(w.abstracts, a)
	}
	if w.chance(0.5) {
		w.abstracts = append(w.abstracts, &abstract{name: "Either", union: true, members: some(w.dice, w.objects[1:], 0.6), in: map[int][]string{}})
	}
	if len(w.abstracts) > 0 && !w.abstracts[0].union && !w.abstracts[0].entity && w.chance(0.3) {
		w.makeBase(w.abstracts[0])
	}
	for _, a := range w.abstracts {
		for _, m := range a.members {
			m.of = append(m.of, a)
		}
	}
}

// makeBase gives an interface one that it implements, with at least its members.
func (w *world) makeBase(a *abstract) {
	a.base = &abstract{name: "Base", in: map[int][]string{}}
	a.base.members = remove(w.objects[1:], func(o *object) bool { return !slices.Contains(a.members, o) && w.chance(0.6) })
	w.abstracts = append(w.abstracts, a.base)
}

// makeEntityInterface chooses an interface's home and the subgraphs that have
// it as an interface object.
func (w *world) makeEntityInterface(a *abstract) {
	a.entity, a.home, a.guests = true, w.IntN(w.subgraphs), map[int]bool{}
	a.object = &object{name: a.name, keys: []key{{text: "id", fields: []string{"id"}}}, hub: a.home, presence: map[int]*presence{}}
	for s := range w.subgraphs {
		if s != a.home && w.chance(0.4) {
			a.guests[s] = true
			a.object.presence[s] = &presence{keys: []keyUse{{0, true}}}
		}
	}
}

// makeFields gives the types their fields, with the subgraphs that own them.
func (w *world) makeFields() {
	for _, o := range w.objects {
		if o.isEntity() || o.name == "Ref" {
			continue
		}
		if len(o.of) > 0 {
			o.fields = append(o.fields, newField("id", nonNull("ID")))
		}
		for range w.between(1, 3) {
			w.addField(o, w.leafType(), nil)
		}
		if w.chance(0.3) {
			w.addField(o, w.wrap(pick(w.dice, w.entities()).name), nil)
		}
	}
	for i, a := range w.abstracts {
		for j := range w.between(0, 2) {
			if a.name == "Base" {
				break // what implements it would have to have its fields everywhere
			}
			w.addCommon(a, fmt.Sprintf("common%d%d", i, j))
		}
		if a.entity && len(a.guests) > 0 {
			w.makeInterfaceObject(a)
		}
	}
	for _, o := range w.entities() {
		for range w.between(2, 5) {
			if w.chance(0.1) {
				w.addSplit(o, o.entrances(w))
				continue
			}
			owners := w.owners(o.entrances(w))
			w.addField(o, w.anyType(owners), owners)
		}
	}
}

func (w *world) entities() []*object {
	return remove(w.objects, func(o *object) bool { return !o.isEntity() })
}

// owners chooses mostly one subgraph, sometimes several.
func (w *world) owners(from []int) []int {
	if w.chance(0.3) {
		return some(w.dice, from, 0.5)
	}
	return []int{pick(w.dice, from)}
}

// addField gives a type a field of a name it does not have yet; nil if there is
// none left. Value types have no owners: whoever has them has all.
func (w *world) addField(o *object, typ *ast.Type, owners []int) *field {
	free := remove(fieldNames, func(name string) bool { return o.field(name) != nil })
	if len(free) == 0 {
		return nil
	}
	f := newField(pick(w.dice, free), typ).give(owners...)
	if w.chance(0.25) {
		f.args = w.arguments()
	}
	o.fields = append(o.fields, f)
	return f
}

// addCommon gives an interface a field, and so each of its members.
func (w *world) addCommon(a *abstract, name string) {
	if a.union {
		return
	}
	a.common = append(a.common, name)
	typ := w.leafType()
	for _, m := range a.members {
		f := newField(name, typ)
		f.common = true
		if m.isEntity() {
			f.give(w.owners(m.entrances(w))...)
		}
		if a.entity {
			f.give(a.home)
		}
		m.fields = append(m.fields, f)
	}
}

func (w *world) makeInterfaceObject(a *abstract) {
	id := newField("id", nonNull("ID"))
	id.isKey = true
	a.object.fields = append(a.object.fields, id)
	for s := range w.subgraphs {
		if !a.guests[s] {
			continue
		}
		id.give(s)
		for i := range w.between(0, 2) {
			f := newField(fmt.Sprintf("%s%d%d", []string{"extra", "stars"}[i], s, i), w.leafType()).give(s)
			f.soft = true // it is asked for of objects of any type
			if w.chance(0.3) {
				f.args = w.arguments()
			}
			a.object.fields = append(a.object.fields, f)
		}
	}
}

// addSplit gives an object a field of a value type without a key, of which each
// owner has another part: the parts must be had through the object.
func (w *world) addSplit(o *object, from []int) {
	owners := some(w.dice, from, 0.7)
	part := &object{name: fmt.Sprintf("Part%d", w.parts), split: true, presence: map[int]*presence{}}
	f := w.addField(o, named(part.name), owners)
	if f == nil {
		return
	}
	f.typ = w.wrap(part.name)
	w.parts++
	w.objects = append(w.objects, part)
	part.fields = append(part.fields, newField("shared", w.leafType()).give(owners...))
	for i, s := range owners {
		part.presence[s] = &presence{}
		part.fields = append(part.fields, newField(fmt.Sprintf("own%d", i), w.leafType()).give(s))
	}
}

// makeRoots gives the subgraphs their root fields.
func (w *world) makeRoots() {
	w.query = &object{name: "Query", root: true, presence: map[int]*presence{}}
	all := indexes(w.subgraphs)
	for i := range w.between(3, 7) {
		if w.chance(0.1) {
			w.addRoot(w.query, fmt.Sprintf("split%d", i), nil, all)
			continue
		}
		owners := w.owners(all)
		w.addRoot(w.query, fmt.Sprintf("q%d", i), w.anyType(owners), owners)
	}
	for i, s := range all { // every subgraph has a way in
		if w.chance(0.5) {
			w.addRoot(w.query, fmt.Sprintf("r%d", i), w.anyType([]int{s}), []int{s})
		}
	}
	w.mutation = &object{name: "Mutation", root: true, presence: map[int]*presence{}}
	if w.chance(0.4) {
		for i := range w.between(1, 4) {
			owners := []int{pick(w.dice, all)}
			w.addRoot(w.mutation, fmt.Sprintf("m%d", i), w.anyType(owners), owners)
		}
	}
}

// addRoot adds a root field; of a split value type when typ is nil.
func (w *world) addRoot(root *object, name string, typ *ast.Type, owners []int) {
	if typ == nil {
		w.addSplit(root, owners)
		root.fields[len(root.fields)-1].name = name
		return
	}
	f := newField(name, typ).give(owners...)
	if w.chance(0.3) {
		f.args = w.arguments()
	}
	root.fields = append(root.fields, f)
}

func newField(name string, typ *ast.Type) *field {
	return &field{name: name, typ: typ, roles: map[int]*role{}}
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
