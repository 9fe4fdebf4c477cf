package random

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// store is the data of a world while it is made up.
type store struct {
	*world
	objects map[string]map[string]any
	ofType  map[string][]string
}

// data makes up objects and their fields: of entities a few, which refer to
// each other, of value types one for every use.
func (w *world) data() []byte {
	st := &store{world: w, objects: map[string]map[string]any{}, ofType: map[string][]string{}}
	w.soften()
	for _, o := range w.entities() {
		for i := range w.between(2, 4) {
			name := fmt.Sprintf("%s%d", strings.ToLower(o.name), i+1)
			st.objects[name] = map[string]any{"__typename": o.name}
			st.ofType[o.name] = append(st.ofType[o.name], name)
		}
	}
	for _, o := range w.entities() {
		for _, name := range st.ofType[o.name] {
			st.fill(name, o)
		}
		st.lose(o)
	}
	for _, root := range []*object{w.query, w.mutation} {
		st.objects[root.name] = map[string]any{}
		for _, f := range root.fields {
			st.objects[root.name][f.name] = st.fieldValue(f, root == w.mutation)
		}
	}
	text, err := json.MarshalIndent(st.objects, "", " ")
	if err != nil {
		panic(err) // a value that is no JSON: a mistake of this package
	}
	return text
}

// soften keeps errors from objects of which something is required: what fails of
// them for the client would be missing for others too.
func (w *world) soften() {
	for _, o := range w.objects {
		required := slices.ContainsFunc(o.fields, func(f *field) bool { return f.input })
		for _, f := range o.fields {
			f.soft = f.soft || required
		}
	}
}

// fill gives an entity its fields: keys that no other has, and the rest.
func (st *store) fill(name string, o *object) {
	fields := st.objects[name]
	for _, f := range o.fields {
		if f.isKey {
			fields[f.name] = st.keyValue(name, f)
		} else {
			fields[f.name] = st.fieldValue(f, false)
		}
	}
	for _, a := range o.of {
		if a.object == nil {
			continue
		}
		for _, f := range a.object.fields {
			if !f.isKey && !f.common {
				fields[f.name] = st.fieldValue(f, false)
			}
		}
	}
}

// lose lets a subgraph not find one of an entity's objects. Its fields are null
// then: so it must be one that has nothing else to say of the entity.
func (st *store) lose(o *object) {
	for s := range st.subgraphs {
		if !st.canLose(o, s) || !st.chance(0.5) {
			continue
		}
		fields := st.objects[pick(st.dice, st.ofType[o.name])]
		fields["$absent"] = []string{subgraphName(s)}
		for _, f := range o.fields {
			if f.resolves(s) && !f.isKey {
				fields[f.name] = nil
			}
		}
		return
	}
}

// canLose says whether a subgraph only adds to an entity nullable fields of its
// own: it never returns one by a field, and nothing leads through it.
func (st *store) canLose(o *object, s int) bool {
	if p := o.presence[s]; p == nil || s == o.hub || len(p.keys) != 1 || len(o.of) > 0 {
		return false
	}
	for _, f := range o.fields {
		// A key's object can lead further: another way than by its own key.
		if f.resolves(s) && f.isKey && f.typ.Name() != "Ref" && st.isComposite(f.typ.Name()) {
			return false
		}
		if f.resolves(s) && !f.isKey && (f.typ.NonNull || f.input || f.provided || len(f.resolvers(st.world)) > 1) {
			return false
		}
	}
	for _, other := range st.everyObject() {
		for _, f := range other.fields {
			if f.resolves(s) && f.typ.Name() == o.name {
				return false
			}
		}
	}
	return true
}

func (st *store) keyValue(object string, f *field) any {
	switch f.name {
	case "id":
		return object
	case "zone":
		return len(object)
	case "sku":
		return "sku-" + object
	case "ref":
		return st.ref("ref-" + object)
	case "parent":
		return map[string]any{"$ref": pick(st.dice, st.ofType[f.typ.NamedType])}
	case "refs":
		return []any{st.ref("a-" + object), st.ref("b")}
	}
	return []any{"mark", object}
}

// ref makes a Ref for a key: code is part of the key "refs { id code }".
func (st *store) ref(id string) any {
	name := fmt.Sprintf("Ref#%d", len(st.objects))
	st.objects[name] = map[string]any{"__typename": "Ref", "id": id, "code": "c" + id}
	for _, f := range st.object("Ref").fields[2:] {
		st.objects[name][f.name] = st.fieldValue(f, false)
	}
	return map[string]any{"$ref": name}
}

// fieldValue gives a field its value, or a choice by its inputs if it has any.
func (st *store) fieldValue(f *field, mutation bool) any {
	if !mutation && !f.requires && len(f.args) == 0 {
		if (!f.typ.NonNull || st.hardErrors && !f.soft) && !f.input && !f.common && !st.neverNull(f) && st.chance(0.03) {
			return map[string]any{"$error": "made-up error of " + f.name}
		}
		return st.value(f.typ, f)
	}
	if f.typ.Elem == nil && slices.Contains([]string{"Int", "Float", "String", "ID", "Boolean"}, f.typ.NamedType) {
		return map[string]any{"$hash": f.typ.NamedType}
	}
	choices := make([]any, 4)
	for i := range choices {
		choices[i] = st.value(f.typ, f)
	}
	return map[string]any{"$pick": choices}
}

// neverNull says whether one subgraph promises more than the others.
func (st *store) neverNull(f *field) bool {
	for _, r := range f.roles {
		if r.nonNull {
			return true
		}
	}
	return false
}

func (st *store) value(t *ast.Type, f *field) any {
	outermost := t == f.typ
	if !t.NonNull && !(outermost && st.neverNull(f)) && st.chance(0.2) {
		return nil
	}
	if t.Elem != nil {
		items := make([]any, st.between(0, 3))
		for i := range items {
			items[i] = st.value(t.Elem, f)
		}
		return items
	}
	return st.leafOrObject(t, f)
}

func (st *store) leafOrObject(t *ast.Type, f *field) any {
	switch t.NamedType {
	case "Int":
		return st.between(-5, 50)
	case "Float":
		return float64(st.between(-8, 80)) / 4
	case "Boolean":
		return st.chance(0.5)
	case "String", "ID":
		return pick(st.dice, []string{"", "a", "b", "kärntner \"straße\"", "x\ny", "long " + strings.Repeat("text ", st.IntN(5))})
	}
	if l := st.leaf(t.NamedType); l != nil {
		if l.values != nil {
			return pick(st.dice, l.values)
		}
		return pick(st.dice, []any{"2026-01-01", 12.5, map[string]any{"at": []any{1, nil}}, true})
	}
	name := t.NamedType
	if a := st.abstract(name); a != nil {
		types := st.runtimeTypes(a, f)
		if len(types) == 0 {
			return nil
		}
		name = pick(st.dice, types)
	}
	return st.instance(st.object(name))
}

// instance gives one of an entity's objects, or a new object of a value type.
func (st *store) instance(o *object) any {
	if o.isEntity() {
		return map[string]any{"$ref": pick(st.dice, st.ofType[o.name])}
	}
	name := fmt.Sprintf("%s#%d", o.name, len(st.objects))
	fields := map[string]any{"__typename": o.name}
	st.objects[name] = fields
	for _, f := range o.fields {
		fields[f.name] = st.fieldValue(f, false)
		if f.name == "id" {
			fields["id"] = name
		}
	}
	return map[string]any{"$ref": name}
}

// literal makes up a GraphQL literal of an input type.
func (w *world) literal(t *ast.Type, depth int) string {
	if !t.NonNull && w.chance(0.1) {
		return "null"
	}
	if t.Elem != nil {
		parts := make([]string, w.between(0, 2))
		for i := range parts {
			parts[i] = w.literal(t.Elem, depth-1)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch t.NamedType {
	case "Int":
		return fmt.Sprint(w.between(0, 9))
	case "Float":
		return fmt.Sprintf("%d.5", w.between(0, 9))
	case "Boolean":
		return fmt.Sprint(w.chance(0.5))
	case "String", "ID", "Stamp":
		return fmt.Sprintf("%q", pick(w.dice, []string{"a", "b", "c"}))
	}
	if l := w.leaf(t.NamedType); l != nil {
		return pick(w.dice, l.values)
	}
	var parts []string
	for _, a := range w.input(t.NamedType).fields {
		if a.typ.NonNull && a.byDefault == "" || depth > 0 && w.chance(0.5) {
			parts = append(parts, a.name+": "+w.literal(a.typ, depth-1))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
