package plan

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

func (w *walker) newLayout() *Layout {
	l := &Layout{Index: len(w.layouts)}
	w.layouts = append(w.layouts, l)
	return l
}

// place returns the place of the key, which is as given when there is none yet.
func (w *walker) place(p place) *place {
	known := w.places[p.placeKey]
	if known == nil {
		known = &p
		w.places[p.placeKey] = known
	}
	return known
}

// rootPlace is the place of the objects that an operation starts from.
func (w *walker) rootPlace(layout *Layout, typ string) *place {
	return w.place(place{placeKey: placeKey{layout: layout, typ: typ, declared: typ}})
}

// narrowed is the place for the objects of p that are of a type.
func (w *walker) narrowed(p *place, typ string) *place {
	narrowed := *p
	narrowed.typ = typ
	return w.place(narrowed)
}

// child is the place of a composite field's objects.
func (w *walker) child(p *place, s *selection) (*place, int) {
	slot := slotFor(p.layout, s)
	if p.layout.Slots[slot].Layout == nil {
		p.layout.Slots[slot].Layout = w.newLayout()
	}
	types := w.runtimeTypes(p)
	key := placeKey{p.layout.Slots[slot].Layout, p.scope, s.typ, s.typ}
	if types != nil {
		key.scope += fmt.Sprintf("%d:%s ", p.length, strings.Join(types, "|"))
	}
	step := PathStep{Types: types, Slot: slot, Lists: s.lists, name: s.responseName}
	return w.place(place{placeKey: key, above: p, step: step, length: p.length + 1}), slot
}

func slotFor(l *Layout, s *selection) int {
	if i := l.Find(s.responseName, s.field, s.argumentText); i >= 0 {
		return i
	}
	return l.add(Slot{ResponseName: s.responseName, Field: s.field, Arguments: s.argumentText})
}

// runtimeTypes are the types whose objects are at the place, nil when these are
// all of its layout.
func (w *walker) runtimeTypes(p *place) []string {
	if p.typ == p.declared {
		return nil
	}
	return w.supergraph.Possible(p.typ)
}

func (w *walker) isAbstract(typ string) bool {
	def := w.supergraph.Definitions[typ]
	return def != nil && def.Kind != ast.Object
}
