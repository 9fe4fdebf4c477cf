package plausible

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/mock"
)

// maker makes the value of one field.
type maker struct {
	*world
	object *object
	field  *ast.FieldDefinition
	args   map[string]any
	dice   dice
}

func (m maker) value(t *ast.Type) any {
	switch {
	case !t.NonNull && m.dice.below(100) < m.options.Nulls && !m.object.mutation:
		return nil
	case t.Elem != nil:
		return m.list(t)
	}
	def := m.ast.Types[t.NamedType]
	if !def.IsCompositeType() {
		return m.leaf(def)
	}
	if o := m.composite(def); o != nil {
		return o
	}
	return nil // an interface that nothing implements
}

// key makes a field of a numbered object's key: its number, or what follows
// from it.
func (m maker) key(t *ast.Type) any {
	if t.NamedType == "ID" || t.NamedType == "Int" {
		return strconv.Itoa(m.object.number)
	}
	if t.NamedType == "String" {
		return lower(m.object.def.Name) + "-" + strconv.Itoa(m.object.number)
	}
	whole := *m.world
	whole.options.Nulls = 0 // a key has none
	m.world = &whole
	return m.value(t)
}

// list gives as many elements as an argument asks for, or a few.
func (m maker) list(t *ast.Type) any {
	n := 2 + m.dice.below(4)
	for _, name := range []string{"first", "last", "limit", "take", "count", "size", "pageSize", "perPage"} {
		if v, ok := m.args[name].(int64); ok && v >= 0 {
			n = int(min(v, 100))
			break
		}
	}
	start := m.dice.below(objects)
	items := make([]any, n)
	for i := range items {
		element := m
		element.dice = m.dice.fork(i)
		if def := m.ast.Types[t.Elem.Name()]; t.Elem.Elem == nil && def.IsCompositeType() && len(m.keys(def)) > 0 {
			if o := m.numbered(def, 1+(start+i)%objects); o != nil {
				items[i] = o
			}
			continue // one after the other, so that none comes twice in a short list
		}
		if t.Elem.Elem != nil {
			element.args = nil
		}
		items[i] = element.value(t.Elem)
	}
	return items
}

// composite picks an object: the one that the arguments name, or any.
func (m maker) composite(def *ast.Definition) mock.Object {
	var o *object
	switch {
	case m.object.mutation:
		o = m.result(def)
	case m.object.root:
		o = m.byArguments(def)
	}
	if o == nil {
		o = m.any(def)
	}
	if o == nil {
		return nil
	}
	return o
}

func (m maker) any(def *ast.Definition) *object {
	if len(m.keys(def)) > 0 {
		return m.numbered(def, 1+m.dice.below(objects))
	}
	concrete := m.concrete(def, m.dice)
	switch {
	case concrete == nil:
		return nil
	case len(m.keys(concrete)) > 0:
		return m.numbered(concrete, 1+m.dice.below(objects))
	}
	return &object{world: m.world, def: concrete, identity: m.object.identity + "." + m.field.Name + "/" + strconv.FormatUint(m.dice.state, 36)}
}

// result is what a mutation gives, or an object of its payload: it shows what
// the mutation was told.
func (m maker) result(def *ast.Definition) *object {
	known := m.object.known
	if m.object.root {
		known = m.input()
	}
	o := m.byValues(def, known)
	if o == nil {
		o = m.any(def)
	}
	if o != nil {
		o.known = known
		o.mutation = len(m.keys(def)) == 0 // a payload hands on what it knows
	}
	return o
}

// byArguments finds the object whose key the arguments give.
func (m maker) byArguments(def *ast.Definition) *object {
	o := m.byValues(def, m.args)
	if o == nil {
		return nil
	}
	o.known = map[string]any{} // the arguments may say more than the key
	for name, v := range m.args {
		if o.inKey(name) {
			o.known[name] = v
		}
	}
	return o
}

// input is what a mutation was told, input objects opened: its result shows it.
func (m maker) input() map[string]any {
	known := map[string]any{}
	for name, v := range m.args {
		if fields, ok := v.(map[string]any); ok {
			for inner, value := range fields {
				known[inner] = value
			}
			continue
		}
		known[name] = v
	}
	return known
}
