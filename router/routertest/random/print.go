package random

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// finish makes the last decisions, which everything else must be known for.
func (w *world) finish() {
	w.dropUnusedExternals()
	w.hide()
	for _, o := range w.everyObject() {
		for _, f := range o.fields {
			if a := w.abstract(f.typ.Name()); a != nil && len(w.runtimeTypes(a, f)) == 0 {
				f.typ = nullableOf(f.typ) // there is no object that all its resolvers know
			}
			w.vary(f)
		}
	}
	w.federation1 = make([]bool, w.subgraphs)
	if s := w.IntN(w.subgraphs); w.chance(0.3) && w.isFederation1(s) {
		w.federation1[s] = true
	}
}

// vary lets one of a field's resolvers promise more than the others: not null,
// or always the same type.
func (w *world) vary(f *field) {
	owners := f.resolvers(w)
	if len(owners) < 2 || f.common {
		return
	}
	s := pick(w.dice, owners)
	if !f.typ.NonNull && !w.hardErrors && w.chance(0.1) {
		f.roles[s].nonNull = true
	}
	if a := w.abstract(f.typ.Name()); a != nil && !a.entity && f.roles[s].provides == "" && !f.hasLabel() && w.chance(0.3) {
		if types := w.runtimeTypes(a, f); len(types) > 0 {
			f.roles[s].only = pick(w.dice, types)
		}
	}
}

// hide makes some fields, arguments and enum values inaccessible.
func (w *world) hide() {
	for _, o := range append(w.entities(), w.query) {
		for i, f := range o.fields {
			if !f.common && i > 1 && len(f.roles) > 0 && w.chance(0.05) {
				f.inaccessible = true
			}
			for j, a := range f.args {
				if (a.byDefault != "" || !a.typ.NonNull) && w.chance(0.1) {
					f.args[j].inaccessible = true
				}
			}
		}
	}
}

// isFederation1 says whether a subgraph can be written as Federation 1.
func (w *world) isFederation1(s int) bool {
	for _, a := range w.abstracts {
		if a.entity {
			return false
		}
	}
	for _, o := range w.everyObject() {
		if p := o.presence[s]; p != nil && slices.ContainsFunc(p.keys, func(k keyUse) bool { return !k.resolvable }) {
			return false
		}
		for _, f := range o.fields {
			hidden := f.inaccessible || slices.ContainsFunc(f.args, func(a argument) bool { return a.inaccessible })
			if r := f.roles[s]; r != nil && (hidden || r.override >= 0 || r.overridden) {
				return false
			}
		}
	}
	return true
}

// withBase gives a type of the same shape with another name inside.
func withBase(t *ast.Type, name string) *ast.Type {
	copied := *t
	if t.Elem != nil {
		copied.Elem = withBase(t.Elem, name)
	} else {
		copied.NamedType = name
	}
	return &copied
}

func nullableOf(t *ast.Type) *ast.Type {
	copied := *t
	copied.NonNull = false
	if copied.Elem != nil {
		copied.Elem = nullableOf(copied.Elem)
	}
	return &copied
}

// runtimeTypes are the types that every resolver of a field can return.
func (w *world) runtimeTypes(a *abstract, f *field) []string {
	var names []string
	for _, m := range a.members {
		everywhere := true
		for _, s := range f.resolvers(w) {
			only := f.roles[s].only
			everywhere = everywhere && (a.guests[s] || slices.Contains(a.in[s], m.name)) && (only == "" || only == m.name)
		}
		if everywhere {
			names = append(names, m.name)
		}
	}
	return names
}

func subgraphName(s int) string { return []string{"ants", "bees", "cats", "dogs", "emus", "foxes"}[s] }

// print writes the subgraphs' SDLs.
func (w *world) print() []Subgraph {
	var out []Subgraph
	for s := range w.subgraphs {
		p := &printer{world: w, s: s, used: map[string]bool{}}
		if sdl := p.subgraph(); sdl != "" {
			out = append(out, Subgraph{subgraphName(s), sdl})
		}
	}
	return out
}

// printer writes one subgraph.
type printer struct {
	*world
	s    int
	out  strings.Builder
	used map[string]bool // leaf and input types
}

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject"])
`

func (p *printer) subgraph() string {
	for _, o := range p.everyObject() {
		p.object(o)
	}
	for _, a := range p.abstracts {
		if p.s >= 0 && a.in[p.s] != nil {
			p.abstractType(a)
		}
	}
	if p.out.Len() == 0 {
		return ""
	}
	for i := range p.inputs { // may use leaves
		if in := &p.inputs[len(p.inputs)-1-i]; p.used[in.name] {
			fmt.Fprintf(&p.out, "input %s { %s }\n", in.name, strings.Join(p.arguments(in.fields), " "))
		}
	}
	for _, l := range p.leaves {
		switch {
		case !p.used[l.name]:
		case l.values == nil:
			fmt.Fprintf(&p.out, "scalar %s\n", l.name)
		default:
			fmt.Fprintf(&p.out, "enum %s { %s }\n", l.name, strings.Join(l.values, " "))
		}
	}
	if p.federation1[p.s] {
		return p.out.String()
	}
	return header + p.out.String()
}

// object writes an object type, if the subgraph has any of its fields.
func (p *printer) object(o *object) {
	var fields []string
	for _, f := range o.fields {
		if r := f.roles[p.s]; r != nil {
			fields = append(fields, "  "+p.field(o, f, r))
		}
	}
	if len(fields) == 0 {
		return
	}
	var head strings.Builder
	if pr := o.presence[p.s]; pr != nil && pr.extend {
		head.WriteString("extend ")
	}
	fmt.Fprintf(&head, "type %s", o.name)
	separator := " implements "
	for _, a := range o.of {
		if !a.union && slices.Contains(a.in[p.s], o.name) {
			head.WriteString(separator + a.name)
			separator = " & "
		}
	}
	if pr := o.presence[p.s]; pr != nil {
		for _, use := range pr.keys {
			resolvable := ", resolvable: false"
			if use.resolvable {
				resolvable = ""
			}
			fmt.Fprintf(&head, ` @key(fields: "%s"%s)`, o.keys[use.index].text, resolvable)
		}
	}
	if a := p.abstract(o.name); a != nil {
		head.WriteString(" @interfaceObject")
	}
	if !o.isEntity() && !o.root && !o.split && !p.federation1[p.s] {
		head.WriteString(" @shareable")
	}
	fmt.Fprintf(&p.out, "%s {\n%s\n}\n", head.String(), strings.Join(fields, "\n"))
}

func (p *printer) field(o *object, f *field, r *role) string {
	typ := f.typ
	if r.only != "" {
		typ = withBase(typ, r.only)
	}
	if r.nonNull {
		typ = nonNullOf(typ)
	}
	text := f.name
	if len(f.args) > 0 {
		text += "(" + strings.Join(p.arguments(f.args), ", ") + ")"
	}
	text += ": " + typ.String()
	p.used[typ.Name()] = true
	add := func(when bool, format string, args ...any) {
		if when {
			text += " " + fmt.Sprintf(format, args...)
		}
	}
	pr := o.presence[p.s]
	external := r.external || f.isKey && pr != nil && pr.extend && p.declaresKeyOf(o, f)
	add(external, "@external")
	add(r.requires != "", `@requires(fields: %q)`, r.requires)
	add(r.provides != "", `@provides(fields: %q)`, r.provides)
	if p.federation1[p.s] {
		return text
	}
	add(r.override >= 0 && r.label == "", `@override(from: %q)`, subgraphName(max(r.override, 0)))
	add(r.override >= 0 && r.label != "", `@override(from: %q, label: %q)`, subgraphName(max(r.override, 0)), r.label)
	shared := (o.isEntity() || o.root || o.split) && !external && (len(f.resolvers(p.world)) > 1 && !f.hasLabel() || f.isKey || f.provided)
	add(shared, "@shareable")
	add(f.inaccessible && !r.external, "@inaccessible")
	return text
}

// hasLabel says whether the field is overridden progressively: then two
// subgraphs resolve it, and it is still not shared.
func (f *field) hasLabel() bool {
	for _, r := range f.roles {
		if r.label != "" {
			return true
		}
	}
	return false
}

// declaresKeyOf says whether a field is part of a key that the subgraph has.
func (p *printer) declaresKeyOf(o *object, f *field) bool {
	return slices.ContainsFunc(o.presence[p.s].keys, func(k keyUse) bool { return slices.Contains(o.keys[k.index].fields, f.name) })
}

func (p *printer) arguments(args []argument) []string {
	var out []string
	for _, a := range args {
		text := a.name + ": " + a.typ.String()
		if a.byDefault != "" {
			text += " = " + a.byDefault
		}
		if a.inaccessible {
			text += " @inaccessible"
		}
		p.used[a.typ.Name()] = true
		if in := p.input(a.typ.Name()); in != nil {
			p.arguments(in.fields)
		}
		out = append(out, text)
	}
	return out
}

func (p *printer) abstractType(a *abstract) {
	members := a.in[p.s]
	if a.union {
		fmt.Fprintf(&p.out, "union %s = %s\n", a.name, strings.Join(members, " | "))
		return
	}
	key := ""
	if a.entity && p.s == a.home {
		key = ` @key(fields: "id")`
	}
	fields := "  id: ID!\n" + p.common(a, members)
	implements := ""
	if a.base != nil {
		implements = " implements " + a.base.name
	}
	fmt.Fprintf(&p.out, "interface %s%s%s {\n%s}\n", a.name, implements, key, fields)
}

// common writes the fields of an interface that all its members here have.
func (p *printer) common(a *abstract, members []string) string {
	fields := ""
	for _, name := range a.common {
		typ := a.members[0].field(name).typ
		everyone := true
		for _, m := range a.members {
			everyone = everyone && (!slices.Contains(members, m.name) || p.hasField(m, name))
		}
		if everyone {
			p.used[typ.Name()] = true
			fields += fmt.Sprintf("  %s: %s\n", name, typ)
		}
	}
	return fields
}

// hasField says whether the subgraph has a member's field, be it overridden.
func (p *printer) hasField(o *object, name string) bool {
	r := o.field(name).roles[p.s]
	return r != nil && !r.external
}
