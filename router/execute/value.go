package execute

// Kind is what a Value is.
type Kind uint8

const (
	// Missing is a field that no subgraph answered: it was not asked for, the
	// fetch failed, or the entity does not exist.
	Missing Kind = iota
	// Omitted is a field that the subgraph left out of an object although it was
	// asked for it.
	Omitted
	Null
	String
	Number
	True
	False
	// Array and Map are JSON arrays and objects that are the value of a scalar
	// or a list of scalars. They are text, like the kinds before.
	Array
	Map
	// Object is an object with slots.
	Object
	// List is a list of objects, of lists, and of what stands in their place.
	List
	// Wrong stands where an object or list belongs and a subgraph answered a
	// string, number or boolean. It is text.
	Wrong

	header
)

// Value is one value of a request's data: an object or list in an arena of the
// Result, or a text in a subgraph's answer. It has no pointers, so that the
// garbage collector has nothing to look at in an arena, and means something
// only together with its Result.
type Value struct {
	// off and size are a text's place in the segment's answer, the place of a
	// list's elements in the segment's values, or the place of an object's
	// header there. A header holds the object's type in off and the number of
	// its slots, which follow it, in size.
	off, size uint32
	// meta is the segment's index, a bit for lists that subgraphs disagree
	// about, and the kind.
	meta uint32
}

const (
	kindBits     = 0x0f
	disputedBit  = 0x10
	segmentShift = 8
)

// Kind says what the value is.
func (v Value) Kind() Kind { return Kind(v.meta & kindBits) }

// Disputed says of a list that another subgraph answered it with another
// length, which was left out.
func (v Value) Disputed() bool { return v.meta&disputedBit != 0 }

func (v Value) segment() uint32 { return v.meta >> segmentShift }

// isNothing says whether the value is Missing, Omitted or Null.
func (v Value) isNothing() bool { return v.Kind() <= Null }

// same says whether two objects are one and the same.
func (v Value) same(w Value) bool { return v.off == w.off && v.segment() == w.segment() }

// segment is what one fetch answered: its text, and the objects and lists in it.
type segment struct {
	text   []byte
	values []Value
}

// Slots returns the slots of an object, by the indexes of its layout.
func (r *Result) Slots(v Value) []Value {
	values := r.segments[v.segment()].values[v.off:]
	return values[1 : 1+values[0].size]
}

// Type returns the runtime type of an object.
func (r *Result) Type(v Value) TypeID {
	return TypeID(r.segments[v.segment()].values[v.off].off)
}

// Elements returns the elements of a list.
func (r *Result) Elements(v Value) []Value {
	return r.segments[v.segment()].values[v.off:][:v.size]
}

// Text returns the JSON of a value that is neither Missing, an Object nor a
// List, as the subgraph wrote it. It is only valid until Release.
func (r *Result) Text(v Value) []byte {
	return r.segments[v.segment()].text[v.off:][:v.size]
}
