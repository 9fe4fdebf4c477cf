package execute

import (
	"hash/maphash"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/plan"
)

// representation is a plan.Representation made ready.
type representation struct {
	types typeSet
	// head is the object up to the first field, without the type's name where
	// the object's own is sent.
	head []byte
	// own says that head lacks the object's own type name.
	own    bool
	fields []input
}

// input is a plan.Input made ready.
type input struct {
	// key is the name with a comma before it and a colon after it.
	key      []byte
	slot     int
	types    typeSet
	nonNull  bool
	typename bool
	leaf     bool
	fields   []input
}

func (c *compiler) representations(list []*plan.Representation) []representation {
	out := make([]representation, len(list))
	for i, r := range list {
		out[i] = representation{types: c.types.set(r.Types), own: r.Typename == "", fields: c.inputs(r.Fields), head: []byte(typenameKey)}
		if !out[i].own {
			out[i].head = rawjson.AppendString(out[i].head, r.Typename)
		}
	}
	return out
}

const typenameKey = `{"__typename":`

func (c *compiler) inputs(list []plan.Input) []input {
	out := make([]input, len(list))
	for i, f := range list {
		out[i] = input{
			key: append([]byte{','}, key(f.Name)...), slot: f.Slot, types: c.types.set(f.Types),
			nonNull: f.NonNull, typename: f.Typename, leaf: f.Fields == nil, fields: c.inputs(f.Fields),
		}
	}
	return out
}

// batch is the representations of one _entities field while a request runs.
type batch struct {
	// entries are the represented objects, in the order of the targets.
	entries []entry
	// unique are the representations that are sent.
	unique []unique
	// table finds them by hash: indexes of unique plus one, open addressing.
	table []uint32
}

// entry is an object that is represented.
type entry struct {
	object Value
	// entity is the entity that the subgraph answered, as an object of the
	// target's layout; it stands in the first entry of each target.
	entity Value
	target uint32
	// next is the next entry with the same representation plus one, or 0.
	next uint32
}

// unique is a representation that others may equal: its place in the request's
// body and the entries that it stands for.
type unique struct {
	from, to    uint32
	hash        uint64
	first, last uint32
}

// reset empties the batch. The table keeps the size that it needed this time.
func (b *batch) reset() {
	for len(b.table) > 16 && len(b.table) > 4*len(b.unique) {
		b.table = b.table[:len(b.table)/2]
	}
	clear(b.table)
	b.entries, b.unique = b.entries[:0], b.unique[:0]
}

var hashSeed = maphash.MakeSeed()

// represent appends the representations of all objects of the targets, without
// duplicates, with commas between them.
func (r *Result) represent(body []byte, b *batch, targets []target) []byte {
	for t := range targets {
		r.objects = r.collect(r.objects[:0], r.root, targets[t].place)
		for _, object := range r.objects {
			body = r.representOne(body, b, object, t, targets[t].representations)
		}
	}
	return body
}

func (r *Result) representOne(body []byte, b *batch, object Value, target int, choices []representation) []byte {
	before := len(body)
	if len(b.unique) > 0 {
		body = append(body, ',')
	}
	from := len(body)
	body, ok := r.appendFirst(body, object, choices)
	if !ok {
		return body[:before]
	}
	number := uint32(len(b.entries))
	b.entries = append(b.entries, entry{object: object, target: uint32(target)})
	hash := maphash.Bytes(hashSeed, body[from:])
	if i := b.find(hash, body, from); i >= 0 {
		u := &b.unique[i]
		b.entries[u.last].next = number + 1
		u.last = number
		return body[:before]
	}
	b.add(unique{from: uint32(from), to: uint32(len(body)), hash: hash, first: number, last: number})
	return body
}

// find returns the representation that equals body[from:], or -1.
func (b *batch) find(hash uint64, body []byte, from int) int {
	if len(b.table) == 0 {
		return -1
	}
	mask := uint64(len(b.table) - 1)
	for at := hash & mask; b.table[at] != 0; at = (at + 1) & mask {
		u := &b.unique[b.table[at]-1]
		if u.hash == hash && string(body[u.from:u.to]) == string(body[from:]) {
			return int(b.table[at] - 1)
		}
	}
	return -1
}

func (b *batch) add(u unique) {
	b.unique = append(b.unique, u)
	if 2*len(b.unique) <= len(b.table) {
		b.enter(len(b.unique) - 1)
		return
	}
	if n := max(16, 2*len(b.table)); n <= cap(b.table) {
		b.table = b.table[:n]
		clear(b.table)
	} else {
		b.table = make([]uint32, n)
	}
	for i := range b.unique {
		b.enter(i)
	}
}

func (b *batch) enter(i int) {
	mask := uint64(len(b.table) - 1)
	at := b.unique[i].hash & mask
	for b.table[at] != 0 {
		at = (at + 1) & mask
	}
	b.table[at] = uint32(i + 1)
}

// appendFirst appends the object by the first representation that applies to
// it; false when none does or when something that it needs is not there.
func (r *Result) appendFirst(body []byte, object Value, choices []representation) ([]byte, bool) {
	typ := r.Type(object)
	for i := range choices {
		c := &choices[i]
		if !c.types.has(typ) {
			continue
		}
		body = append(body, c.head...)
		if c.own {
			if typ < firstType {
				return body, false
			}
			body = rawjson.AppendString(body, r.program.types.names[typ])
		}
		var ok bool
		if body, ok = r.appendInputs(body, object, c.fields); !ok {
			return body, false
		}
		return append(body, '}'), true
	}
	return body, false
}

func (r *Result) appendInputs(body []byte, object Value, fields []input) ([]byte, bool) {
	slots := r.Slots(object)
	for i := range fields {
		f := &fields[i]
		if f.types != nil && !f.types.has(r.Type(object)) {
			continue
		}
		v := slots[f.slot]
		if v.Kind() < Null || v.Kind() == Null && f.nonNull {
			return body, false
		}
		body = append(body, f.key...)
		if f.leaf || v.Kind() == Null {
			body = append(body, r.Text(v)...)
			continue
		}
		var ok bool
		if body, ok = r.appendInput(body, v, f); !ok {
			return body, false
		}
	}
	return body, true
}

func (r *Result) appendInput(body []byte, v Value, f *input) ([]byte, bool) {
	ok := true
	switch v.Kind() {
	case Null:
		return append(body, "null"...), true
	case List:
		body = append(body, '[')
		for i, element := range r.Elements(v) {
			if i > 0 {
				body = append(body, ',')
			}
			if body, ok = r.appendInput(body, element, f); !ok {
				return body, false
			}
		}
		return append(body, ']'), true
	case Object:
		return r.appendInputObject(body, v, f)
	}
	return body, false
}

func (r *Result) appendInputObject(body []byte, v Value, f *input) ([]byte, bool) {
	if f.typename {
		typ := r.Type(v)
		if typ < firstType {
			return body, false
		}
		body = append(body, typenameKey...)
		body = rawjson.AppendString(body, r.program.types.names[typ])
	} else {
		body = append(body, '{')
	}
	start := len(body)
	body, ok := r.appendInputs(body, v, f.fields)
	if !ok {
		return body, false
	}
	if !f.typename && len(body) > start {
		// Without a type name before it, the first field has a comma too many.
		body = append(body[:start], body[start+1:]...)
	}
	return append(body, '}'), true
}

// collect appends the objects at the end of a path that begins at v.
func (r *Result) collect(objects []Value, v Value, path []step) []Value {
	switch v.Kind() {
	case List:
		for _, element := range r.Elements(v) {
			objects = r.collect(objects, element, path)
		}
	case Object:
		if len(path) == 0 {
			return append(objects, v)
		}
		if path[0].types == nil || path[0].types.has(r.Type(v)) {
			return r.collect(objects, r.Slots(v)[path[0].slot], path[1:])
		}
	}
	return objects
}
