package random

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// makeKeys gives every entity its keys. One subgraph, the hub, has them all; the
// others have some, so that every subgraph can be had from every other, by the
// hub where they have no key in common.
func (w *world) makeKeys() {
	ref := w.object("Ref")
	ref.fields = append(ref.fields, newField("id", nonNull("ID")), newField("code", named("String")))
	for _, o := range w.objects {
		if o.isEntity() {
			w.makeKeysOf(o)
		}
	}
	for _, o := range w.entities() {
		for s := range o.presence {
			w.giveKeys(o, s) // again, for parents now known
		}
	}
}

func (w *world) makeKeysOf(o *object) {
	o.keys = nil
	id := newField("id", nonNull("ID"))
	id.isKey = true
	o.fields = append(o.fields, id)
	o.keys = append(o.keys, key{"id", []string{"id"}})
	if entity := o.entityInterface(); entity != nil {
		o.hub = entity.home
	} else {
		var free []int
		for s := range w.subgraphs {
			if w.allowed(o.name, s) {
				free = append(free, s)
			}
		}
		o.hub = pick(w.dice, free)
		if w.chance(0.2) {
			w.addKey(o, 0)
			o.keys = o.keys[1:] // not by id alone
		}
	}
	for range w.between(0, 2) {
		w.addKey(o, w.IntN(6))
	}
	for s := range w.subgraphs {
		if s == o.hub || w.allowed(o.name, s) && w.chance(0.5) {
			w.enter(o, s)
		}
	}
}

// entityInterface is the interface of a type that is an entity itself.
func (o *object) entityInterface() *abstract {
	for _, a := range o.of {
		if a.entity {
			return a
		}
	}
	return nil
}

// addKey adds a key of one of several shapes, with its fields.
func (w *world) addKey(o *object, shape int) {
	add := func(name string, typ *ast.Type, text string, fields ...string) {
		if o.field(name) == nil {
			f := newField(name, typ)
			f.isKey = true
			o.fields = append(o.fields, f)
			o.keys = append(o.keys, key{text, append(fields, name)})
		}
	}
	switch shape {
	case 0:
		add("zone", nonNull("Int"), "id zone", "id")
	case 1:
		add("sku", nonNull("String"), "sku")
	case 2:
		add("ref", nonNull("Ref"), "ref { id }")
	case 3:
		add("refs", nonNullOf(list(nonNull("Ref"))), "refs { id code }")
	case 5:
		if other := w.plainEntity(o); other != nil {
			add("parent", nonNull(other.name), "id parent { id }", "id")
		}
	case 4:
		add("marks", nonNullOf(list(nonNull("String"))), "id marks", "id")
	}
}

// plainEntity finds another entity that every subgraph may have.
func (w *world) plainEntity(o *object) *object {
	others := remove(w.entities(), func(other *object) bool { return other == o || other.entityInterface() != nil })
	if len(others) == 0 {
		return nil
	}
	return pick(w.dice, others)
}

// enter gives a subgraph an entity with some of its keys.
func (w *world) enter(o *object, s int) {
	p := &presence{}
	o.presence[s] = p
	for _, i := range some(w.dice, indexes(len(o.keys)), 0.5) {
		p.keys = append(p.keys, keyUse{i, w.chance(0.85)})
	}
	if s == o.hub {
		p.keys = nil
		for i := range o.keys {
			p.keys = append(p.keys, keyUse{i, true})
		}
	} else if w.chance(0.9) {
		p.keys[0].resolvable = true
	}
	w.giveKeys(o, s)
	p.extend = s != o.hub && w.chance(0.15) && len(o.of) == 0
}

// giveKeys makes a subgraph resolve the fields of its keys, and id where an
// interface wants it.
func (w *world) giveKeys(o *object, s int) {
	for _, use := range o.presence[s].keys {
		for _, name := range o.keys[use.index].fields {
			o.field(name).give(s)
		}
	}
	if len(o.of) > 0 || w.isParent(o) {
		o.field("id").give(s)
	}
}

// isParent says whether an entity's id is part of another's key.
func (w *world) isParent(o *object) bool {
	return slices.ContainsFunc(w.objects, func(other *object) bool {
		f := other.field("parent")
		return f != nil && f.typ.NamedType == o.name
	})
}
