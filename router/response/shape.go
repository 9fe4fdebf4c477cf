package response

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// shape says how the objects at one position of the response are written.
type shape struct {
	layout *plan.Layout
	// declared is the type of the field that leads here.
	declared *ast.Definition
	// sets are the selections that come together here.
	sets []operation.SelectionSet
	// fields are those of an object type's objects; nil for abstract types.
	fields *fields
	// byType are the fields by runtime type, found when a type is first met: a
	// short operation may have more combinations of types than can be prepared.
	byType atomic.Pointer[map[execute.TypeID]*fields]
	mu     sync.Mutex
	// untyped are the fields of objects of an abstract type whose runtime type
	// nobody knows; nil where it is needed.
	untyped *fields
}

// fields are what is written of an object, in the client's order. A nil *fields
// in shape.byType stands for a type that clients may not see here.
type fields struct {
	list []field
}

// field is what every value needs; what else there is to know of it is behind a
// pointer, so that the fields of an object are near each other.
type field struct {
	// key is the response name with quotes and colon, and before it the brace of
	// the first field or the comma of the others; for __typename the value too.
	key  []byte
	slot int32
	// accepts are the kinds of values, as bits, that are written as they are.
	accepts uint16
	leaf    leaf
	*completion
}

// completion says how a field's values are completed.
type completion struct {
	// lists is how many lists are around the leaf or object, and nonNull has a
	// bit for each, the outermost the lowest, and one for what is inside.
	lists   int
	nonNull uint64
	enum    map[string]bool
	shape   *shape
	// source is where the client selected the field, parent the type it is on.
	source *operation.Field
	parent *ast.Definition
	typ    *ast.Type
}

// Fields that no plan fetches: introspection's, __typename, and those that the
// client may not see, even where the plan has fetched them for itself.
const (
	noSlot       = -1
	typenameSlot = -2
	withheldSlot = -3
)

// compiler makes shapes. Other than its schema it has no state, so that shapes
// can go on using it while requests run.
type compiler struct {
	supergraph *supergraph.Supergraph
	api        *ast.Schema
	types      *execute.Types
}

func (c *compiler) shape(layout *plan.Layout, declared *ast.Definition, sets []operation.SelectionSet) *shape {
	s := &shape{layout: layout, declared: declared, sets: sets}
	switch {
	case !declared.IsAbstractType():
		s.fields = c.fields(s, declared)
	case !slices.ContainsFunc(sets, dependsOnType) && !c.hides(declared.Name):
		s.untyped = c.fields(s, declared)
	}
	s.byType.Store(&map[execute.TypeID]*fields{})
	return s
}

// hides says whether objects of the abstract type may be of a type that clients
// may not see.
func (c *compiler) hides(name string) bool {
	return slices.ContainsFunc(c.supergraph.Possible(name), func(object string) bool { return c.api.Types[object] == nil })
}

// dependsOnType says whether what is written of a selection set depends on the
// object's runtime type.
func dependsOnType(set operation.SelectionSet) bool {
	return slices.ContainsFunc(set, func(s operation.Selection) bool {
		f, ok := s.(*operation.Field)
		return !ok || f.IsTypename()
	})
}

// forType returns the fields of objects of an abstract type by their runtime
// type; nil if clients may not see objects of the type here.
func (c *compiler) forType(s *shape, id execute.TypeID) *fields {
	if f, ok := (*s.byType.Load())[id]; ok {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := *s.byType.Load()
	if f, ok := known[id]; ok {
		return f
	}
	var f *fields
	def := c.api.Types[c.types.Name(id)]
	if def != nil && slices.Contains(c.api.GetPossibleTypes(s.declared), def) {
		f = c.fields(s, def)
	}
	more := maps.Clone(known)
	more[id] = f
	s.byType.Store(&more)
	return f
}

// fields lists the fields of objects of the type.
func (c *compiler) fields(s *shape, typ *ast.Definition) *fields {
	out := &fields{}
	for i, group := range collect(s.sets, typ) {
		f := c.field(s, typ, group)
		f.key = append([]byte{','}, rawjson.AppendString(nil, f.source.ResponseName)...)
		f.key = append(f.key, ':')
		if f.slot == typenameSlot {
			f.key = rawjson.AppendString(f.key, typ.Name)
		}
		if i == 0 {
			f.key[0] = '{'
		}
		out.list = append(out.list, f)
	}
	return out
}

// group is what an operation selects under one response name.
type group struct {
	first *operation.Field
	below []operation.SelectionSet
	// withheld says that one of the selections is; then all are, as they select one
	// field of one type.
	withheld bool
}

// collect merges the selections that apply to objects of the type (GraphQL
// specification, CollectFields).
func collect(sets []operation.SelectionSet, typ *ast.Definition) []group {
	var groups []group
	index := map[string]int{}
	var add func(set operation.SelectionSet)
	add = func(set operation.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *operation.InlineFragment:
				if _, ok := slices.BinarySearch(s.PossibleTypes, typ.Name); ok {
					add(s.Selections)
				}
			case *operation.Field:
				i, ok := index[s.ResponseName]
				if !ok {
					i = len(groups)
					index[s.ResponseName] = i
					groups = append(groups, group{first: s})
				}
				groups[i].below = append(groups[i].below, s.Selections)
				groups[i].withheld = groups[i].withheld || s.Withheld
			}
		}
	}
	for _, set := range sets {
		add(set)
	}
	return groups
}

func (c *compiler) field(s *shape, typ *ast.Definition, g group) field {
	f := field{slot: noSlot, completion: &completion{source: g.first, parent: typ, typ: g.first.Definition.Type}}
	if g.first.IsTypename() {
		f.slot = typenameSlot
		return f
	}
	// The object type's own definition may be stricter than the interface's.
	if own := typ.Fields.ForName(g.first.Name); own != nil {
		f.typ = own.Type
	}
	named := f.wrappers()
	if g.first.IsIntrospection() {
		return f
	}
	if g.withheld {
		f.slot = withheldSlot
		return f
	}
	f.slot = int32(s.layout.Find(g.first.ResponseName, g.first.Name, plan.ArgumentText(g.first.Arguments)))
	def := c.api.Types[named]
	switch {
	case def.IsCompositeType() && f.slot != noSlot:
		f.shape = c.shape(s.layout.Slots[f.slot].Layout, def, g.below)
	case def.Kind == ast.Enum:
		f.leaf, f.enum = leafEnum, map[string]bool{}
		for _, value := range def.EnumValues {
			f.enum[string(rawjson.AppendString(nil, value.Name))] = true
		}
	default:
		f.leaf, f.accepts = leafOf(named)
	}
	if f.lists > 0 {
		f.accepts = 0
	}
	return f
}

// wrappers reads the lists and non-nulls off the field's type and returns the
// name of the type inside.
func (f *completion) wrappers() string {
	for t := f.typ; ; t = t.Elem {
		if t.NonNull && f.lists < 64 {
			f.nonNull |= 1 << f.lists
		}
		if t.Elem == nil {
			return t.NamedType
		}
		f.lists++
	}
}

// isNonNull says whether null is not allowed at the list level.
func (f *completion) isNonNull(level int) bool { return f.nonNull>>level&1 != 0 }

// leaf is how a scalar's or enum's values are checked.
type leaf uint8

const (
	leafNone leaf = iota
	leafString
	leafID
	leafInt
	leafFloat
	leafBoolean
	leafEnum
	leafCustom
)

func leafOf(name string) (l leaf, accepts uint16) {
	switch name {
	case "String":
		return leafString, 1 << execute.String
	case "ID":
		return leafID, 1 << execute.String
	case "Int":
		return leafInt, 0
	case "Float":
		return leafFloat, 1 << execute.Number
	case "Boolean":
		return leafBoolean, 1<<execute.True | 1<<execute.False
	}
	return leafCustom, 1<<execute.String | 1<<execute.Number | 1<<execute.True | 1<<execute.False | 1<<execute.Array | 1<<execute.Map
}
