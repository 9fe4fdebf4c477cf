package random

import (
	"fmt"
	"slices"
	"strings"
)

// complete gives every subgraph the types that its fields refer to: stubs of
// entities, value types whole, interfaces and unions with some of their members.
func (w *world) complete() {
	for _, a := range w.abstracts {
		if a.entity {
			w.needAbstract(a, a.home)
		}
	}
	for before := -1; before != w.extent(); {
		before = w.extent()
		for s := range w.subgraphs {
			for _, o := range w.everyObject() {
				for _, f := range o.fields {
					if f.roles[s] != nil {
						w.need(f.typ.Name(), s)
					}
				}
			}
		}
	}
}

// extent counts what the subgraphs have: it stops growing when all is there.
func (w *world) extent() int {
	n := 0
	for _, o := range w.everyObject() {
		n += len(o.presence)
		for _, f := range o.fields {
			n += len(f.roles)
		}
	}
	for _, a := range w.abstracts {
		n += len(a.in)
	}
	return n
}

// everyObject are all types with fields: objects, interface objects and roots.
func (w *world) everyObject() []*object {
	all := append([]*object{w.query, w.mutation}, w.objects...)
	for _, a := range w.abstracts {
		if a.object != nil {
			all = append(all, a.object)
		}
	}
	return all
}

// need gives a subgraph a type.
func (w *world) need(name string, s int) {
	if a := w.abstract(name); a != nil {
		w.needAbstract(a, s)
		return
	}
	o := w.object(name)
	if o == nil || o.presence[s] != nil {
		return
	}
	if o.isEntity() {
		w.stub(o, s)
		return
	}
	o.presence[s] = &presence{}
	for _, f := range o.fields {
		f.give(s)
	}
}

// stub gives a subgraph an entity that it only refers to.
func (w *world) stub(o *object, s int) {
	o.presence[s] = &presence{keys: []keyUse{{w.IntN(len(o.keys)), w.chance(0.6)}}}
	w.giveKeys(o, s)
}

func (w *world) needAbstract(a *abstract, s int) {
	if a.guests[s] || a.in[s] != nil {
		return
	}
	members := remove(a.members, func(m *object) bool { return !w.allowed(m.name, s) })
	if !a.entity {
		// The first is everywhere: subgraphs that share a field must have a type
		// in common.
		members = append(members[:1:1], remove(members[1:], func(*object) bool { return w.chance(0.4) })...)
	}
	for _, m := range members {
		w.addMember(a, m, s)
	}
}

// addMember makes a subgraph have an object as a member of an interface or
// union, and of the interface's base.
func (w *world) addMember(a *abstract, m *object, s int) {
	if !slices.Contains(a.in[s], m.name) {
		a.in[s] = append(a.in[s], m.name)
	}
	w.need(m.name, s)
	if a.base != nil {
		w.addMember(a.base, m, s)
	}
}

// foreign finds fields that an entity has and a subgraph does not resolve.
func (w *world) foreign(o *object, s int) []*field {
	return remove(o.fields, func(f *field) bool {
		return f.resolves(s) || f.isKey || len(f.resolvers(w)) == 0 || !w.allowed(f.typ.Name(), s)
	})
}

// external makes a field external in a subgraph that does not resolve it.
func (w *world) external(f *field, s int) {
	if f.roles[s] == nil {
		f.roles[s] = &role{override: -1}
		w.need(f.typ.Name(), s)
	}
	f.roles[s].external = true
}

// makeProvides lets some fields provide what their subgraph has only there.
func (w *world) makeProvides() {
	for _, o := range w.everyObject() {
		for _, f := range slices.Clone(o.fields) {
			for s := range w.subgraphs {
				if f.resolves(s) && !f.isKey && w.isComposite(f.typ.Name()) && w.chance(0.25) {
					f.roles[s].provides = w.provided(f.typ.Name(), s, 2)
				}
			}
		}
	}
}

// provided makes up a selection of foreign fields below a type: "" if there are
// none.
func (w *world) provided(name string, s, depth int) string {
	if a := w.abstract(name); a != nil {
		return w.providedOfMembers(a, s, depth)
	}
	o := w.object(name)
	if o == nil || !o.isEntity() || o.presence[s] == nil {
		return ""
	}
	var parts []string
	for _, f := range some(w.dice, w.foreign(o, s), 0.3) {
		if len(f.args) > 0 || f.roles[s] != nil && f.roles[s].overridden {
			continue
		}
		if !w.isComposite(f.typ.Name()) {
			w.external(f, s)
			f.provided = true
			parts = append(parts, f.name)
			continue
		}
		if depth > 0 && w.object(f.typ.Name()) != nil {
			if below := w.below(f, s, depth-1); below != "" {
				parts = append(parts, f.name+" { "+below+" }")
			}
		}
	}
	return strings.Join(parts, " ")
}

// below makes up the selection below a provided object.
func (w *world) below(f *field, s, depth int) string {
	o := w.object(f.typ.Name())
	if o.split {
		return ""
	}
	w.external(f, s)
	f.provided = true
	w.complete()
	if o.isEntity() {
		text := w.provided(o.name, s, depth)
		return strings.TrimSpace(o.keys[o.presence[s].keys[0].index].text + " " + text)
	}
	return w.leavesOf(o)
}

// leavesOf selects some leaves of a value type.
func (w *world) leavesOf(o *object) string {
	var names []string
	for _, f := range o.fields {
		if !w.isComposite(f.typ.Name()) && len(f.args) == 0 {
			names = append(names, f.name)
		}
	}
	return strings.Join(some(w.dice, names, 0.5), " ")
}

func (w *world) providedOfMembers(a *abstract, s, depth int) string {
	var parts []string
	for _, name := range a.in[s] {
		if text := w.provided(name, s, depth); text != "" && w.chance(0.7) {
			parts = append(parts, fmt.Sprintf("... on %s { %s }", name, text))
		}
	}
	return strings.Join(parts, " ")
}

// makeOverrides lets some subgraphs take fields over from others.
func (w *world) makeOverrides() {
	for _, o := range w.entities() {
		for _, f := range o.fields {
			owners := f.resolvers(w)
			if f.isKey || len(owners) != 1 || f.roles[owners[0]].provides != "" || w.object(f.typ.Name()) != nil && w.object(f.typ.Name()).split || !w.chance(0.12) {
				continue
			}
			from := owners[0]
			for _, s := range o.entrances(w) {
				if f.roles[s] == nil && w.allowed(f.typ.Name(), s) {
					f.give(s)
					f.roles[s].override = from
					if w.chance(0.2) {
						f.roles[s].label = "never"
					} else {
						f.roles[from].overridden = true
					}
					break
				}
			}
		}
	}
	w.complete()
}

// makeRequires lets some subgraphs compute fields from others' fields.
func (w *world) makeRequires() {
	for _, o := range w.entities() {
		for i := range w.between(0, 2) {
			if s := pick(w.dice, o.entrances(w)); s >= 0 {
				w.addComputed(o, s, fmt.Sprintf("computed%d", i))
			}
		}
	}
	for _, a := range w.abstracts {
		for s := range w.subgraphs {
			if a.guests[s] && w.chance(0.4) {
				w.addComputedOfInterface(a, s)
			}
		}
	}
	w.complete()
}

func (w *world) addComputed(o *object, s int, name string) {
	var parts []string
	for _, f := range some(w.dice, w.foreign(o, s), 0.3) {
		if text := w.required(f, s, 2); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return
	}
	f := newField(name, w.anyType([]int{s})).give(s)
	f.requires = true
	f.roles[s].requires = strings.Join(parts, " ")
	if w.chance(0.3) {
		f.args = w.arguments()
	}
	o.fields = append(o.fields, f)
	w.complete()
}

// required makes up how a field is required: with arguments, and a selection
// below it.
func (w *world) required(f *field, s, depth int) string {
	text := f.name + w.literalArguments(f)
	if w.isComposite(f.typ.Name()) {
		w.external(f, s)
		w.complete()
		below := w.requiredBelow(f, s, depth-1)
		if below == "" {
			return ""
		}
		text += " { " + below + " }"
	}
	w.external(f, s)
	f.input = true
	return text
}

func (w *world) requiredBelow(f *field, s, depth int) string {
	if a := w.abstract(f.typ.Name()); a != nil {
		return w.requiredOfMembers(a, f, s, depth)
	}
	return w.requiredOf(f.typ.Name(), s, depth)
}

func (w *world) requiredOf(name string, s, depth int) string {
	o := w.object(name)
	if !o.isEntity() {
		if o.split {
			return ""
		}
		text := w.leavesOf(o)
		for _, name := range strings.Fields(text) {
			o.field(name).input = true
		}
		return text
	}
	k := o.keys[o.presence[s].keys[0].index]
	parts := []string{k.text}
	if depth > 0 {
		for _, f := range some(w.dice, w.foreign(o, s), 0.2) {
			if !w.isComposite(f.typ.Name()) {
				parts = append(parts, w.required(f, s, depth))
			}
		}
	}
	return strings.Join(parts, " ")
}

func (w *world) requiredOfMembers(a *abstract, f *field, s, depth int) string {
	if a.guests[s] {
		return "id"
	}
	// Only types that the field's resolvers can return: others cannot be had.
	known := remove(w.runtimeTypes(a, f), func(name string) bool { return !slices.Contains(a.in[s], name) })
	var parts []string
	for _, name := range some(w.dice, known, 0.6) {
		if text := w.requiredOf(name, s, depth); text != "" {
			parts = append(parts, fmt.Sprintf("... on %s { %s }", name, text))
		}
	}
	return strings.Join(parts, " ")
}

// addComputedOfInterface lets an interface object compute a field from what the
// interface has at home.
func (w *world) addComputedOfInterface(a *abstract, s int) {
	if len(a.common) == 0 {
		return
	}
	name := pick(w.dice, a.common)
	home := a.members[0].field(name)
	outside := a.object.field(name)
	if outside == nil {
		outside = newField(name, home.typ)
		outside.common = true
		a.object.fields = append(a.object.fields, outside)
	}
	w.external(outside, s)
	for _, m := range a.members {
		m.field(name).input = true
	}
	f := newField(fmt.Sprintf("outside%d", s), w.leafType()).give(s)
	f.requires = true
	f.roles[s].requires = name
	a.object.fields = append(a.object.fields, f)
}

// literalArguments writes arguments as a @requires has them.
func (w *world) literalArguments(f *field) string {
	var parts []string
	for _, a := range f.args {
		if a.typ.NonNull && a.byDefault == "" || w.chance(0.6) {
			parts = append(parts, a.name+": "+w.literal(a.typ, 2))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
