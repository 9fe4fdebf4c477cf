package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

func (w *walker) newLayout() *Layout {
	l := &Layout{Index: len(w.layouts)}
	w.layouts = append(w.layouts, l)
	return l
}

func (w *walker) place(key placeKey, path Path) *place {
	if w.places[key] == nil {
		w.places[key] = &place{placeKey: key, path: path}
	}
	return w.places[key]
}

// rootPlace is the place of the objects that an operation starts from.
func (w *walker) rootPlace(layout *Layout, typ string) *place {
	return w.place(placeKey{layout: layout, typ: typ, declared: typ}, nil)
}

// narrowed is the place for the objects of p that are of a type.
func (w *walker) narrowed(p *place, typ string) *place {
	key := p.placeKey
	key.typ = typ
	return w.place(key, p.path)
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
		key.scope += fmt.Sprintf("%d:%s ", len(p.path), strings.Join(types, "|"))
	}
	path := append(slices.Clip(p.path), PathStep{Types: types, Slot: slot, Lists: s.lists, name: s.responseName})
	return w.place(key, path), slot
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
