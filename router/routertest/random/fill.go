package random

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Fill makes up data (mock.Graph) for a supergraph of anyone's making, such that
// each subgraph can show its part: a field's objects have types that all the
// subgraphs with the field can return, and keys that no other object has.
func Fill(s *supergraph.Supergraph, seed uint64) []byte {
	f := &filler{dice: newDice(seed, 3), supergraph: s, objects: map[string]map[string]any{}, pools: map[string][]string{}}
	for _, name := range sortedNames(s.Definitions) {
		if f.supergraph.API.Types[name] != nil && f.isEntity(name) {
			for range f.between(2, 3) {
				f.declare(name)
			}
		}
	}
	for _, name := range sortedNames(s.Definitions) {
		for _, object := range slices.Clone(f.pools[name]) {
			f.fill(object, name, 0)
		}
	}
	for _, kind := range []ast.Operation{ast.Query, ast.Mutation} {
		if root := supergraph.RootName(kind); s.Definitions[root] != nil {
			f.objects[root] = map[string]any{}
			f.fill(root, root, 0)
		}
	}
	text, err := json.MarshalIndent(f.objects, "", " ")
	if err != nil {
		panic(err) // a value that is no JSON: a mistake of this package
	}
	return text
}

type filler struct {
	dice
	supergraph *supergraph.Supergraph
	objects    map[string]map[string]any
	// pools are the objects of an entity that any field may refer to.
	pools map[string][]string
}

func sortedNames(defs map[string]*ast.Definition) []string {
	var names []string
	for name := range defs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// types are the subgraphs' views of an object type: its own, and the interface
// objects that stand for it.
func (f *filler) types(name string) []*supergraph.Type {
	var out []*supergraph.Type
	for _, g := range f.supergraph.Subgraphs {
		if t := g.Types[name]; t != nil {
			out = append(out, t)
		}
		for _, i := range f.supergraph.Definitions[name].Interfaces {
			if t := g.Types[i]; t != nil && t.InterfaceObject {
				out = append(out, t)
			}
		}
	}
	return out
}

func (f *filler) isEntity(name string) bool {
	return f.supergraph.Definitions[name].Kind == ast.Object &&
		slices.ContainsFunc(f.types(name), func(t *supergraph.Type) bool { return len(t.Keys) > 0 })
}

// declare makes an object, without fields yet.
func (f *filler) declare(typename string) (object string) {
	object = fmt.Sprintf("%s#%d", typename, len(f.objects))
	f.objects[object] = map[string]any{"__typename": typename}
	if f.isEntity(typename) {
		f.pools[typename] = append(f.pools[typename], object)
	}
	return object
}

func (f *filler) fill(object, typename string, depth int) {
	for _, def := range f.supergraph.Definitions[typename].Fields {
		use := f.use(typename, def)
		f.objects[object][def.Name] = f.field(object, def, use, depth)
	}
}

// use is what the subgraphs demand of a field.
type use struct {
	nonNull  []bool // by level of lists
	isKey    bool
	computed bool // its value depends on more than its object
	types    []string
}

func (f *filler) use(typename string, def *ast.FieldDefinition) use {
	u := use{computed: len(def.Arguments) > 0 || typename == "Mutation"}
	for t := def.Type; t != nil; t = t.Elem {
		u.nonNull = append(u.nonNull, t.NonNull)
	}
	u.types = remove(f.supergraph.Possible(def.Type.Name()), func(name string) bool { return f.supergraph.API.Types[name] == nil })
	for _, t := range f.types(typename) {
		for _, k := range t.Keys {
			u.isKey = u.isKey || names(k.Fields, def.Name)
		}
		field := t.Fields[def.Name]
		if field == nil {
			continue
		}
		u.computed = u.computed || field.Requires != nil
		for at, i := field.Type, 0; at != nil; at, i = at.Elem, i+1 {
			u.nonNull[i] = u.nonNull[i] || at.NonNull
		}
		if below := t.Subgraph.Types[field.Type.Name()]; below != nil && !below.InterfaceObject {
			u.types = common(u.types, below.Possible)
		}
	}
	return u
}

// names says whether a field set names a field, at any depth.
func names(set ast.SelectionSet, name string) bool {
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		switch s := s.(type) {
		case *ast.Field:
			return s.Name == name
		case *ast.InlineFragment:
			return names(s.SelectionSet, name)
		}
		return false
	})
}

func common(a, b []string) []string {
	return remove(a, func(s string) bool { return !slices.Contains(b, s) })
}

func (f *filler) field(object string, def *ast.FieldDefinition, u use, depth int) any {
	if u.computed && !u.isKey {
		if def.Type.Elem == nil && slices.Contains([]string{"Int", "Float", "String", "ID", "Boolean"}, def.Type.NamedType) {
			return map[string]any{"$hash": def.Type.NamedType}
		}
		return map[string]any{"$pick": []any{f.value(object, def, def.Type, u, 0, depth), f.value(object, def, def.Type, u, 0, depth), f.value(object, def, def.Type, u, 0, depth)}}
	}
	return f.value(object, def, def.Type, u, 0, depth)
}

func (f *filler) value(object string, def *ast.FieldDefinition, t *ast.Type, u use, level, depth int) any {
	composite := f.supergraph.Definitions[def.Type.Name()]
	isObject := composite != nil && composite.IsCompositeType()
	if !u.nonNull[level] && !u.isKey && (f.chance(0.15) || isObject && (depth > 3 || len(u.types) == 0)) {
		return nil
	}
	if t.Elem != nil {
		n := f.between(0, 3)
		if depth > 3 || isObject && len(u.types) == 0 {
			n = 0
		}
		if u.isKey {
			n = f.between(1, 2)
		}
		items := make([]any, n)
		for i := range items {
			items[i] = f.value(object, def, t.Elem, u, level+1, depth)
		}
		return items
	}
	if isObject {
		return f.reference(u, depth)
	}
	return f.leaf(object, def, u)
}

// reference refers to an object of the pool, or a new one: of a value type, and
// where the object must be its alone since it is part of a key.
func (f *filler) reference(u use, depth int) any {
	typename := pick(f.dice, u.types)
	if pool := f.pools[typename]; len(pool) > 0 && !u.isKey {
		return map[string]any{"$ref": pick(f.dice, pool)}
	}
	object := f.declare(typename)
	f.fill(object, typename, depth+1)
	return map[string]any{"$ref": object}
}

func (f *filler) leaf(object string, def *ast.FieldDefinition, u use) any {
	switch name := def.Type.Name(); name {
	case "Int":
		return len(object)*1000 + len(f.objects)*10 + f.IntN(10)
	case "Float":
		return float64(len(f.objects)*10+f.IntN(10)) + 0.5
	case "Boolean":
		return f.chance(0.5)
	case "String", "ID":
		return def.Name + " of " + strings.ReplaceAll(object, "#", " ") + fmt.Sprint(" ", f.IntN(1000))
	default:
		if values := f.everywhere(name); len(values) > 0 {
			return pick(f.dice, values)
		}
		return "custom " + name
	}
}

// everywhere are the values of an enum that all its subgraphs have and clients
// see.
func (f *filler) everywhere(name string) []string {
	def := f.supergraph.Definitions[name]
	if def == nil || def.Kind != ast.Enum {
		return nil
	}
	subgraphs := func(v *ast.EnumValueDefinition) int { return len(v.Directives.ForNames("join__enumValue")) }
	most := 0
	for _, v := range def.EnumValues {
		most = max(most, subgraphs(v))
	}
	var values []string
	for _, v := range def.EnumValues {
		if subgraphs(v) == most && f.supergraph.API.Types[name].EnumValues.ForName(v.Name) != nil {
			values = append(values, v.Name)
		}
	}
	return values
}
