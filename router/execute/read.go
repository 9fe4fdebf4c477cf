package execute

import (
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// parser reads an answer into the values of its fetch's segment. The answer's
// text is checked to be JSON and otherwise left as it is: texts are places in
// it. Whatever the subgraph answered instead of what was asked, the values have
// the shape that the reader gives: unknown names are skipped, and what is not an
// object or list where one belongs is Wrong.
//
// Methods take the offset at which to read and return the one after it, or a
// negative one as the functions of package rawjson do.
type parser struct {
	text    []byte
	values  []Value
	segment uint32
	types   *Types
	// list collects the elements of lists that are being read.
	list []Value
	// limit bounds the number of values; full says that it was met.
	limit int
	full  bool
	// last is the type that was read last: often the next one's as well.
	last TypeID
}

func (p *parser) value(i int, read *reader, depth int) (Value, int) {
	if read == nil {
		return p.leaf(i, depth)
	}
	if i >= len(p.text) {
		return Value{}, ^i
	}
	switch p.text[i] {
	case '{':
		return p.object(i, read, depth+1)
	case '[':
		return p.elements(i, read, depth+1)
	}
	v, end := p.leaf(i, depth)
	if v.Kind() != Null {
		v.meta = p.segment<<segmentShift | uint32(Wrong)
	}
	return v, end
}

func (p *parser) leaf(i, depth int) (Value, int) {
	if i >= len(p.text) {
		return Value{}, ^i
	}
	kind := Number
	end := 0
	switch p.text[i] {
	case '"':
		kind, end = String, rawjson.String(p.text, i)
	case '{':
		kind, end = Map, rawjson.Value(p.text, i, depth)
	case '[':
		kind, end = Array, rawjson.Value(p.text, i, depth)
	case 't':
		kind, end = True, rawjson.Value(p.text, i, depth)
	case 'f':
		kind, end = False, rawjson.Value(p.text, i, depth)
	case 'n':
		kind, end = Null, rawjson.Value(p.text, i, depth)
	default:
		end = rawjson.Number(p.text, i)
	}
	if end < 0 {
		return Value{}, end
	}
	return Value{off: uint32(i), size: uint32(end - i), meta: p.segment<<segmentShift | uint32(kind)}, end
}

// newObject adds an object without anything in its slots; false when there is
// no room for it.
func (p *parser) newObject(read *reader) (Value, bool) {
	at := len(p.values)
	end := at + 1 + read.slots
	if end > p.limit {
		p.full = true
		return Value{}, false
	}
	if end > cap(p.values) {
		p.values = slices.Grow(p.values, 1+read.slots)
	}
	p.values = p.values[:end]
	clear(p.values[at+1:])
	p.values[at] = Value{off: uint32(read.typ), size: uint32(read.slots), meta: uint32(header)}
	return Value{off: uint32(at), meta: p.segment<<segmentShift | uint32(Object)}, true
}

func (p *parser) object(i int, read *reader, depth int) (Value, int) {
	v, ok := p.newObject(read)
	if !ok || depth > rawjson.MaxDepth {
		return v, ^i
	}
	at := int(v.off) + 1
	b := p.text
	if i = rawjson.Space(b, i+1); i < len(b) && b[i] == '}' {
		p.omitted(at, read)
		return v, i + 1
	}
	for next, found := 0, 0; ; {
		field, end := read.match(b, i, next)
		if end < 0 {
			return v, end
		}
		i = rawjson.Space(b, end)
		if field < 0 {
			i = rawjson.Value(b, i, depth)
		} else {
			next = field + 1
			found++
			i = p.field(i, &read.fields[field], at, depth)
		}
		if i < 0 {
			return v, i
		}
		if i = rawjson.Space(b, i); i >= len(b) {
			return v, ^i
		}
		if b[i] == '}' {
			if found < len(read.fields) {
				p.omitted(at, read)
			}
			return v, i + 1
		}
		if b[i] != ',' {
			return v, ^i
		}
		i = rawjson.Space(b, i+1)
	}
}

// field reads a field's value into its slot; at is where the slots begin.
func (p *parser) field(i int, f *readField, at, depth int) int {
	if f.slot < 0 {
		return p.typename(i, depth, at-1)
	}
	var v Value
	if f.reader == nil && i < len(p.text) && p.text[i] == '"' {
		start := i
		if i = rawjson.String(p.text, i); i < 0 {
			return i
		}
		v = Value{off: uint32(start), size: uint32(i - start), meta: p.segment<<segmentShift | uint32(String)}
	} else {
		v, i = p.value(i, f.reader, depth)
	}
	if f.shared && i >= 0 {
		v = p.unite(p.values[at+f.slot], v)
	}
	p.values[at+f.slot] = v
	return i
}

// unite returns what two response names that are read into one slot say
// together: a field that is selected by an interface and by a type and has
// different types there goes by two names.
func (p *parser) unite(a, b Value) Value {
	switch {
	case a.Kind() == Object && b.Kind() == Object:
		into, from := int(a.off), int(b.off)
		if TypeID(p.values[into].off) == UnknownType {
			p.values[into].off = p.values[from].off
		}
		for slot := 1; slot <= int(p.values[into].size); slot++ {
			p.values[into+slot] = p.unite(p.values[into+slot], p.values[from+slot])
		}
	case a.Kind() == List && b.Kind() == List && a.size == b.size:
		for n := range int(a.size) {
			p.values[int(a.off)+n] = p.unite(p.values[int(a.off)+n], p.values[int(b.off)+n])
		}
	case a.Kind() <= Null:
		return b
	}
	return a
}

// omitted notes which fields of an object are not there, where all should be:
// if the object can have other types, some are for others.
func (p *parser) omitted(at int, read *reader) {
	if read.typ == UnknownType {
		return
	}
	for i := range read.fields {
		if slot := read.fields[i].slot; slot >= 0 && p.values[at+slot].Kind() == Missing {
			p.values[at+slot].meta = uint32(Omitted)
		}
	}
}

// match finds the field whose name is at i, -1 for a name that was not asked
// for, and returns the offset after the colon. Subgraphs answer in the order of
// the request, so it is most likely the next one.
func (r *reader) match(b []byte, i, next int) (field, end int) {
	if next < len(r.fields) {
		name := r.fields[next].name
		if len(b)-i >= len(name) && string(b[i:i+len(name)]) == name {
			return next, i + len(name)
		}
	}
	return r.find(b, i, next)
}

func (r *reader) find(b []byte, i, next int) (field, end int) {
	if i >= len(b) || b[i] != '"' {
		return -1, ^i
	}
	nameEnd := rawjson.String(b, i)
	if nameEnd < 0 {
		return -1, nameEnd
	}
	name := b[i:nameEnd]
	if end = rawjson.Colon(b, nameEnd); end < 0 {
		return -1, end
	}
	if slices.Contains(name, '\\') {
		name = rawjson.AppendString(nil, rawjson.Text(name))
	}
	if r.byName != nil {
		if field, ok := r.byName[string(name)]; ok {
			return field, end
		}
		return -1, end
	}
	for n := range r.fields {
		// Those after the expected one first: fields of other types were skipped.
		if field = next + n; field >= len(r.fields) {
			field -= len(r.fields)
		}
		if strings.TrimSuffix(r.fields[field].name, ":") == string(name) {
			return field, end
		}
	}
	return -1, end
}

// typename reads the runtime type of the object whose header is given. Anything
// but a string leaves it unknown.
func (p *parser) typename(i, depth, header int) int {
	v, end := p.leaf(i, depth)
	if end < 0 || v.Kind() != String {
		return end
	}
	name := p.text[i+1 : end-1]
	if p.types.names[p.last] != string(name) || len(name) == 0 {
		p.last = ForeignType
		if id, ok := p.types.ids[string(name)]; ok {
			p.last = id
		}
	}
	p.values[header].off = uint32(p.last)
	return end
}

func (p *parser) elements(i int, read *reader, depth int) (Value, int) {
	if depth > rawjson.MaxDepth {
		return Value{}, ^i
	}
	b := p.text
	base := len(p.list)
	if i = rawjson.Space(b, i+1); i < len(b) && b[i] == ']' {
		i++
	} else {
		for {
			var v Value
			if v, i = p.value(i, read, depth); i < 0 {
				return v, i
			}
			p.list = append(p.list, v)
			if i = rawjson.Space(b, i); i >= len(b) || b[i] != ',' && b[i] != ']' {
				return v, ^i
			}
			i++
			if b[i-1] == ']' {
				break
			}
			i = rawjson.Space(b, i)
		}
	}
	return p.endList(base, i)
}

// endList makes a list of the elements collected since base.
func (p *parser) endList(base, i int) (Value, int) {
	elements := p.list[base:]
	if len(p.values)+len(elements) > p.limit {
		p.full = true
		return Value{}, ^i
	}
	v := Value{off: uint32(len(p.values)), size: uint32(len(elements)), meta: p.segment<<segmentShift | uint32(List)}
	p.values = append(p.values, elements...)
	p.list = p.list[:base]
	return v, i
}
