package validate

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// maxMerged bounds the fields that the rule looks at. Its work grows with the
// document's size, but fragments spread under each other under different response
// names can be arranged so that their combinations multiply.
const maxMerged = 250_000

// The specification compares every pair of fields that can meet in one response
// object. Comparing whole groups says the same in less time: at each place of the
// response, all selection sets that end up there are taken together, their fields
// are grouped by response name, and each field of a group is compared with the
// first only, because "same name and arguments" and "same shape" are equivalences.
//
// Two fields of different object types never meet in one response, so they may
// differ in name and arguments, not in shape. Hence two questions per place:
// mergeable (for fields that may meet) and sameShape (for all). The second is only
// asked separately below a group that has fields of two object types.
var overlappingFieldsCanBeMerged = &Rule{
	Name:    "OverlappingFieldsCanBeMerged",
	Section: "5.3.2 Field Selection Merging",
	document: func(v *validator) {
		m := merger{validator: v, mergeable: map[string]bool{}, shaped: map[string]bool{}, reported: map[[2]*field]bool{}}
		for _, d := range append(v.unused(), v.operations...) {
			m.checkMergeable([]*selectionSet{d.set})
		}
	},
}

type merger struct {
	*validator
	// mergeable and shaped are the combinations of selection sets that were
	// already looked at: fragments bring the same ones up again and again.
	mergeable, shaped map[string]bool
	reported          map[[2]*field]bool
	visited           int
}

// group are the fields of one place with one response name.
type group []*field

func (m *merger) checkMergeable(sets []*selectionSet) {
	sets, key := m.canonical(sets)
	if m.mergeable[key] || m.exhausted() {
		return
	}
	m.mergeable[key], m.shaped[key] = true, true
	for _, g := range m.groups(sets) {
		parts := g.mayMeet()
		for _, part := range parts {
			m.compare(part, callConflict)
		}
		m.compare(g, shapeConflict)
		for _, part := range parts {
			m.checkMergeable(part.sets())
		}
		if len(parts) > 1 {
			m.checkShapes(g.sets())
		}
	}
}

func (m *merger) checkShapes(sets []*selectionSet) {
	sets, key := m.canonical(sets)
	if m.shaped[key] || m.exhausted() {
		return
	}
	m.shaped[key] = true
	for _, g := range m.groups(sets) {
		m.compare(g, shapeConflict)
		m.checkShapes(g.sets())
	}
}

func (m *merger) exhausted() bool {
	if m.visited <= maxMerged {
		return m.full()
	}
	if m.visited < 1<<40 {
		m.visited = 1 << 40 // report once
		m.report(nil, "The document's fragments combine in too many ways to check that their fields can be merged.")
	}
	return true
}

// groups are the fields that the selection sets select together, by response
// name, in the order of their first occurrence.
func (m *merger) groups(sets []*selectionSet) []group {
	fields := m.flatten(sets).fields
	m.visited += len(fields) + 1
	var groups []group
	index := make(map[string]int, len(fields))
	for _, f := range fields {
		i, ok := index[f.Alias]
		if !ok {
			i = len(groups)
			index[f.Alias] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

// mayMeet splits the group into parts whose fields can meet in one response
// object: for each object type the fields of that type and of all interfaces.
func (g group) mayMeet() []group {
	var objects []*apischema.Type
	for _, f := range g {
		if f.parent != nil && f.parent.Kind == ast.Object && !slices.Contains(objects, f.parent) {
			objects = append(objects, f.parent)
		}
	}
	if len(objects) < 2 {
		return []group{g}
	}
	parts := make([]group, len(objects))
	for i, object := range objects {
		for _, f := range g {
			if f.parent == nil || f.parent.Kind != ast.Object || f.parent == object {
				parts[i] = append(parts[i], f)
			}
		}
	}
	return parts
}

func (g group) sets() []*selectionSet {
	var sets []*selectionSet
	for _, f := range g {
		if f.set != nil {
			sets = append(sets, f.set)
		}
	}
	return sets
}

// canonical sorts and deduplicates sets and names the combination. A set that only
// spreads fragments stands for these: "{ ...F }" occurs in many places.
func (m *merger) canonical(sets []*selectionSet) ([]*selectionSet, string) {
	m.mark++
	var own []*selectionSet
	for len(sets) > 0 {
		set := sets[len(sets)-1]
		sets = sets[:len(sets)-1]
		if set.mark == m.mark {
			continue
		}
		set.mark = m.mark
		if len(set.fields) > 0 {
			own = append(own, set)
			continue
		}
		for _, d := range set.targets {
			sets = append(sets, d.set)
		}
	}
	slices.SortFunc(own, func(a, b *selectionSet) int { return a.id - b.id })
	key := make([]byte, 0, 3*len(own))
	for _, set := range own {
		key = binary.AppendUvarint(key, uint64(set.id))
	}
	return own, string(key)
}

// compare reports the fields of the group that conflict with its first.
func (m *merger) compare(g group, conflict func(*validator, *field, *field) string) {
	var first *field
	for _, f := range g {
		switch {
		case f.def == nil: // has its own error
		case first == nil:
			first = f
		default:
			if why := conflict(m.validator, first, f); why != "" && !m.reported[[2]*field{first, f}] {
				m.reported[[2]*field{first, f}], m.reported[[2]*field{f, first}] = true, true
				m.report(at(first.Position, f.Position), "Fields %q conflict because %s. Use different aliases on the fields to fetch both if this was intentional.", f.Alias, why)
			}
		}
	}
}

func callConflict(_ *validator, a, b *field) string {
	if a.Name != b.Name {
		return `"` + a.Name + `" and "` + b.Name + `" are different fields`
	}
	if !SameArguments(a.Arguments, b.Arguments) {
		return "they have differing arguments"
	}
	return ""
}

// shapeConflict is SameResponseShape without its recursion.
func shapeConflict(v *validator, a, b *field) string {
	if sameShape(v.schema, a.def.Type, b.def.Type) {
		return ""
	}
	return `they return conflicting types "` + a.def.Type.String() + `" and "` + b.def.Type.String() + `"`
}

func sameShape(schema *apischema.Schema, a, b *ast.Type) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return sameShape(schema, a.Elem, b.Elem)
	}
	return a.NamedType == b.NamedType || schema.Type(a.NamedType).IsCompositeType() && schema.Type(b.NamedType).IsCompositeType()
}

// SameArguments says whether two lists of arguments give the same values, in
// whatever order.
func SameArguments(a, b ast.ArgumentList) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) > 1 {
		a, b = slices.Clone(a), slices.Clone(b)
		byName := func(x, y *ast.Argument) int { return strings.Compare(x.Name, y.Name) }
		slices.SortStableFunc(a, byName)
		slices.SortStableFunc(b, byName)
	}
	return slices.EqualFunc(a, b, func(x, y *ast.Argument) bool { return x.Name == y.Name && sameValue(x.Value, y.Value) })
}

// sameValue says whether two literals are the same; the order of an input
// object's fields does not count.
func sameValue(a, b *ast.Value) bool {
	isString := func(v *ast.Value) bool { return v.Kind == ast.StringValue || v.Kind == ast.BlockValue }
	if a.Kind != b.Kind && !(isString(a) && isString(b)) || a.Raw != b.Raw || len(a.Children) != len(b.Children) {
		return false
	}
	x, y := a.Children, b.Children
	if a.Kind == ast.ObjectValue && len(x) > 1 {
		x, y = slices.Clone(x), slices.Clone(y)
		byName := func(c, d *ast.ChildValue) int { return strings.Compare(c.Name, d.Name) }
		slices.SortStableFunc(x, byName)
		slices.SortStableFunc(y, byName)
	}
	return slices.EqualFunc(x, y, func(c, d *ast.ChildValue) bool { return c.Name == d.Name && sameValue(c.Value, d.Value) })
}
