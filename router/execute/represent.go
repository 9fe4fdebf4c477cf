package execute

import (
	"hash/maphash"
	"math"
	"math/bits"
	"slices"

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
	// plain says that the fields are scalars, always sent, of objects of a given
	// type: most keys. form is a number for such representations that consist of
	// the same bytes but for the values.
	plain bool
	form  uint32
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
		out[i].plain = !out[i].own && !slices.ContainsFunc(out[i].fields, func(f input) bool { return !f.leaf || f.types != nil })
		out[i].form = c.form(&out[i])
	}
	return out
}

// form numbers what plain representations consist of beside the values.
func (c *compiler) form(r *representation) uint32 {
	text := string(r.head)
	for i := range r.fields {
		text += string(r.fields[i].key)
	}
	if _, ok := c.forms[text]; !ok {
		c.forms[text] = uint32(len(c.forms))
	}
	return c.forms[text]
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
	form        uint32
	hash        uint64
	first, last uint32
}

// noForm is the form of representations that are not plain.
const noForm = math.MaxUint32

// reset empties the batch. The table keeps the size that it needed this time.
func (b *batch) reset() {
	for len(b.table) > 16 && len(b.table) > 4*len(b.unique) {
		b.table = b.table[:len(b.table)/2]
	}
	if kept(b.table, len(b.table)) == nil {
		b.table = nil
	}
	clear(b.table)
	b.entries, b.unique = kept(b.entries, len(b.entries)), kept(b.unique, len(b.unique))
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

// representOne appends an object's representation unless there is an equal one.
func (r *Result) representOne(body []byte, b *batch, object Value, target int, choices []representation) []byte {
	choice := r.choose(object, choices)
	if choice == nil {
		return body
	}
	if choice.plain {
		return r.representPlain(body, b, object, target, choice)
	}
	before := len(body)
	if len(b.unique) > 0 {
		body = append(body, ',')
	}
	from := len(body)
	body, ok := r.appendRepresentation(body, object, choice)
	if !ok {
		return body[:before]
	}
	hash := maphash.Bytes(hashSeed, body[from:])
	for i := b.find(hash); i >= 0; i = b.findNext(i) {
		if u := &b.unique[i]; u.form == noForm && string(body[u.from:u.to]) == string(body[from:]) {
			b.join(u, object, target)
			return body[:before]
		}
	}
	b.add(unique{from: uint32(from), to: uint32(len(body)), form: noForm, hash: hash}, object, target)
	return body
}

// representPlain looks for an equal representation before it writes any.
func (r *Result) representPlain(body []byte, b *batch, object Value, target int, c *representation) []byte {
	slots := r.Slots(object)
	hash, size := uint64(c.form), len(c.head)+1
	for i := range c.fields {
		v := slots[c.fields[i].slot]
		if v.Kind() < Null || v.Kind() == Null && c.fields[i].nonNull {
			return body
		}
		hash = bits.RotateLeft64(hash, 29) ^ maphash.Bytes(hashSeed, r.Text(v))
		size += len(c.fields[i].key) + int(v.size)
	}
	for i := b.find(hash); i >= 0; i = b.findNext(i) {
		if u := &b.unique[i]; u.form == c.form && int(u.to-u.from) == size && r.equalsPlain(body[u.from:u.to], slots, c) {
			b.join(u, object, target)
			return body
		}
	}
	if len(b.unique) > 0 {
		body = append(body, ',')
	}
	u := unique{from: uint32(len(body)), form: c.form, hash: hash}
	body = append(body, c.head...)
	for i := range c.fields {
		body = append(append(body, c.fields[i].key...), r.Text(slots[c.fields[i].slot])...)
	}
	body = append(body, '}')
	u.to = uint32(len(body))
	b.add(u, object, target)
	return body
}

// equalsPlain says whether a representation of the same form and size has the
// same values.
func (r *Result) equalsPlain(representation []byte, slots []Value, c *representation) bool {
	representation = representation[len(c.head):]
	for i := range c.fields {
		rest := representation[len(c.fields[i].key):]
		text := r.Text(slots[c.fields[i].slot])
		if len(rest) < len(text) || string(rest[:len(text)]) != string(text) {
			return false
		}
		if representation = rest[len(text):]; representation[0] != ',' && representation[0] != '}' {
			return false
		}
	}
	return true
}

// choose returns the first representation that applies to the object, or nil.
func (r *Result) choose(object Value, choices []representation) *representation {
	for i := range choices {
		if choices[i].types == nil || choices[i].types.has(r.Type(object)) {
			return &choices[i]
		}
	}
	return nil
}

// find returns the first representation with the hash, or -1.
func (b *batch) find(hash uint64) int {
	if len(b.table) == 0 {
		return -1
	}
	return b.probe(hash, hash)
}

// findNext returns the next representation with the same hash, or -1.
func (b *batch) findNext(i int) int {
	hash := b.unique[i].hash
	mask := uint64(len(b.table) - 1)
	at := hash & mask
	for b.table[at] != uint32(i+1) {
		at = (at + 1) & mask
	}
	return b.probe(hash, at+1)
}

func (b *batch) probe(hash, at uint64) int {
	mask := uint64(len(b.table) - 1)
	for at &= mask; b.table[at] != 0; at = (at + 1) & mask {
		if i := int(b.table[at] - 1); b.unique[i].hash == hash {
			return i
		}
	}
	return -1
}

// join adds an object to those that a representation stands for.
func (b *batch) join(u *unique, object Value, target int) {
	b.entries = append(b.entries, entry{object: object, target: uint32(target)})
	number := uint32(len(b.entries) - 1)
	b.entries[u.last].next = number + 1
	u.last = number
}

// add adds a representation that no other equals.
func (b *batch) add(u unique, object Value, target int) {
	u.first = uint32(len(b.entries))
	u.last = u.first
	b.entries = append(b.entries, entry{object: object, target: uint32(target)})
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

// appendRepresentation appends the object; false when something that it needs is
// not there.
func (r *Result) appendRepresentation(body []byte, object Value, c *representation) ([]byte, bool) {
	body = append(body, c.head...)
	if c.own {
		typ := r.Type(object)
		if typ < firstType {
			return body, false
		}
		body = rawjson.AppendString(body, r.program.types.names[typ])
	}
	body, ok := r.appendInputs(body, object, c.fields)
	return append(body, '}'), ok
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
	for {
		switch v.Kind() {
		case List:
			for _, element := range r.Elements(v) {
				objects = r.collect(objects, element, path)
			}
			return objects
		case Object:
			if len(path) == 0 {
				return append(objects, v)
			}
			if path[0].types != nil && !path[0].types.has(r.Type(v)) {
				return objects
			}
			v, path = r.Slots(v)[path[0].slot], path[1:]
		default:
			return objects
		}
	}
}
