package execute

// merger brings what a fetch answered into the data. What comes from several
// fetches for one field comes together: objects field by field, lists element by
// element; an object or list wins over null. The first objects that an answer is
// for get the very objects of the answer's segment, further ones get copies, so
// that the data stays a tree: a later fetch may tell something different for
// each place.
//
// Only one merger runs at a time in a request.
type merger struct {
	*Result
	// segment is that of the fetch: the answer's, and where copies go.
	segment uint32
	// copying says that the answer's objects were already given away.
	copying bool
	// full says that there was no room for a copy.
	full bool
}

// object merges the answered object src into dst.
func (m *merger) object(dst, src Value, read *reader) {
	if typ := m.Type(src); typ != UnknownType && m.Type(dst) == UnknownType {
		m.segments[dst.segment()].values[dst.off].off = uint32(typ)
	}
	// By index, not by slice: copying moves the values of the fetch's segment.
	from, into := src.off+1, dst.off+1
	for i := range read.fields {
		f := &read.fields[i]
		if f.slot < 0 {
			continue
		}
		v := m.segments[src.segment()].values[from+uint32(f.slot)]
		if v.Kind() == Missing {
			continue
		}
		at := into + uint32(f.slot)
		merged := m.value(m.segments[dst.segment()].values[at], v, f.reader)
		m.segments[dst.segment()].values[at] = merged
	}
}

// value returns what becomes of the value dst when src is answered as well.
func (m *merger) value(dst, src Value, read *reader) Value {
	switch {
	case src.isNothing() && dst.Kind() != Missing:
		return dst
	case dst.isNothing():
		return m.take(src)
	case read == nil || src.Kind() == Wrong || dst.same(src):
		return dst
	case dst.Kind() == Wrong:
		return m.take(src)
	case dst.Kind() == Object && src.Kind() == Object:
		m.object(dst, src, read)
		return dst
	case dst.Kind() == List && src.Kind() == List && dst.size == src.size:
		m.list(dst, src, read)
		return dst
	}
	// They do not fit: the longer list stays, so that it does not matter which
	// answer came first.
	if dst.Kind() == Object || src.Kind() == List && src.size > dst.size {
		dst = m.take(src)
	}
	dst.meta |= disputedBit
	return dst
}

func (m *merger) list(dst, src Value, read *reader) {
	for i := range dst.size {
		merged := m.value(m.segments[dst.segment()].values[dst.off+i], m.segments[src.segment()].values[src.off+i], read)
		m.segments[dst.segment()].values[dst.off+i] = merged
	}
}

// take returns the value itself the first time, and a copy after.
func (m *merger) take(v Value) Value {
	if m.copying {
		switch v.Kind() {
		case Object:
			return m.copy(v, v.off, 1+m.segments[v.segment()].values[v.off].size)
		case List:
			return m.copy(v, v.off, v.size)
		}
	}
	return v
}

// copy returns a value that is kept in n values of its segment, with copies of
// them.
func (m *merger) copy(v Value, from, n uint32) Value {
	at, ok := m.reserve(m.segments[v.segment()].values[from:][:n])
	if !ok {
		return Value{}
	}
	for i := range n {
		taken := m.take(m.segments[m.segment].values[at+i])
		m.segments[m.segment].values[at+i] = taken
	}
	return Value{off: at, size: v.size, meta: m.segment<<segmentShift | uint32(v.Kind())}
}

// reserve appends the values to the fetch's segment.
func (m *merger) reserve(values []Value) (at uint32, ok bool) {
	s := &m.segments[m.segment]
	if len(values) > m.room {
		m.full = true
		return 0, false
	}
	m.room -= len(values)
	at = uint32(len(s.values))
	s.values = append(s.values, values...)
	return at, true
}
