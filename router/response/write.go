package response

import (
	"strconv"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/execute"
)

// writer writes one answer, in one pass. Methods return false where null may not
// stand: whoever called takes back what was written, and writes null where it
// may stand (GraphQL specification, "Handling Execution Errors").
type writer struct {
	*execute.Result
	projection *Projection
	options    *Options
	dst        []byte
	// limit is the length that dst must not exceed.
	limit int
	over  bool
	// path is where the object or list that is being written is.
	path []execute.PathElement
	own  []ownError
}

func (w *writer) object(v execute.Value, s *shape) bool {
	fields := s.fields
	if fields == nil {
		if fields = w.fieldsOf(v, s); fields == nil {
			return false
		}
	}
	if len(fields.list) == 0 {
		w.dst = append(w.dst, "{}"...)
		return true
	}
	if len(w.dst) > w.limit {
		w.over = true
		return false
	}
	slots := w.Slots(v)
	dst := w.dst
	for i := range fields.list {
		f := &fields.list[i]
		dst = append(dst, f.key...)
		var x execute.Value
		if f.slot >= 0 {
			x = slots[f.slot]
			if f.accepts>>x.Kind()&1 != 0 {
				dst = append(dst, w.Text(x)...)
				continue
			}
		} else if f.slot == typenameSlot {
			continue
		}
		w.dst = dst
		if !w.field(x, f) {
			return false
		}
		dst = w.dst
	}
	w.dst = append(dst, '}')
	return true
}

// fieldsOf returns the fields of an object of an abstract type; nil if it cannot
// be shown.
func (w *writer) fieldsOf(v execute.Value, s *shape) *fields {
	id := w.Type(v)
	if id == execute.UnknownType {
		if s.untyped == nil {
			w.violation(nil, "the type of this "+s.declared.Name+" is not known")
		}
		return s.untyped
	}
	fields := w.projection.compiler.forType(s, id)
	if fields == nil && id == execute.ForeignType {
		w.violation(nil, "the subgraph answered an object of a type that no "+s.declared.Name+" has")
	}
	return fields
}

// field writes a field's value, or null if it may be null.
func (w *writer) field(v execute.Value, f *field) bool {
	switch f.slot {
	case noSlot:
		return w.introspection(f)
	case withheldSlot:
		return w.withheld(f)
	}
	if f.shape == nil && f.lists == 0 {
		return w.orNull(v, f, 0)
	}
	w.path = append(w.path, execute.PathElement{Name: f.source.ResponseName})
	ok := w.orNull(v, f, 0)
	w.path = w.path[:len(w.path)-1]
	return ok
}

// orNull writes a value inside of so many lists of the field's type.
func (w *writer) orNull(v execute.Value, f *field, level int) bool {
	mark := len(w.dst)
	if v.Kind() > execute.Null && w.value(v, f, level) {
		return true
	}
	if v.Kind() == execute.Omitted && !w.explained(w.at(f)) {
		w.violation(f, "the subgraph left "+f.parent.Name+"."+f.source.Name+" out of its answer")
	}
	w.dst = w.dst[:mark]
	if f.isNonNull(level) {
		w.nullViolation(f, level)
		return false
	}
	w.dst = append(w.dst, "null"...)
	return true
}

func (w *writer) value(v execute.Value, f *field, level int) bool {
	switch {
	case f.shape == nil:
		return w.leaf(v.Kind(), w.Text(v), f, level)
	case level < f.lists && v.Kind() == execute.List:
		return w.list(v, f, level)
	case level == f.lists && v.Kind() == execute.Object:
		if v.Disputed() {
			w.violation(nil, disputed)
		}
		return w.object(v, f.shape)
	}
	w.mismatch(f, v.Kind(), level)
	return false
}

const disputed = "subgraphs answered lists of different lengths, or a list and an object: one was left out"

func (w *writer) list(v execute.Value, f *field, level int) bool {
	if v.Disputed() {
		w.violation(nil, disputed)
	}
	w.dst = append(w.dst, '[')
	at := len(w.path)
	w.path = append(w.path, execute.PathElement{})
	ok := true
	for i, element := range w.Elements(v) {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.path[at].Index = i
		if ok = w.orNull(element, f, level+1); !ok {
			break
		}
	}
	w.path = w.path[:at]
	w.dst = append(w.dst, ']')
	return ok
}

// leaf writes a scalar's or enum's value, or a list of them.
func (w *writer) leaf(kind execute.Kind, text []byte, f *field, level int) bool {
	if level < f.lists {
		if kind == execute.Array {
			return w.leaves(text, f, level)
		}
		w.mismatch(f, kind, level)
		return false
	}
	switch f.leaf {
	case leafString:
		if kind == execute.String {
			w.dst = append(w.dst, text...)
			return true
		}
	case leafID:
		if kind == execute.String {
			w.dst = append(w.dst, text...)
			return true
		}
		if kind == execute.Number && isInteger(text) {
			w.dst = append(append(append(w.dst, '"'), text...), '"')
			return true
		}
	case leafInt:
		if kind == execute.Number && w.int(text) {
			return true
		}
	case leafFloat:
		if kind == execute.Number {
			w.dst = append(w.dst, text...)
			return true
		}
	case leafBoolean:
		if kind == execute.True || kind == execute.False {
			w.dst = append(w.dst, text...)
			return true
		}
	case leafEnum:
		if kind == execute.String {
			// A value that clients may not know is null, as if there were none.
			if f.enum[string(text)] {
				w.dst = append(w.dst, text...)
				return true
			}
			return false
		}
	default:
		w.dst = append(w.dst, text...)
		return true
	}
	w.mismatch(f, kind, level)
	return false
}

// leaves writes a list of leaves from its text.
func (w *writer) leaves(text []byte, f *field, level int) bool {
	w.dst = append(w.dst, '[')
	at := len(w.path)
	w.path = append(w.path, execute.PathElement{})
	ok := true
	for element := range rawjson.Elements(text) {
		if w.path[at].Index > 0 {
			w.dst = append(w.dst, ',')
		}
		if ok = w.leafOrNull(element, f, level+1); !ok {
			break
		}
		w.path[at].Index++
	}
	w.path = w.path[:at]
	w.dst = append(w.dst, ']')
	return ok
}

func (w *writer) leafOrNull(text []byte, f *field, level int) bool {
	mark := len(w.dst)
	kind := kindOf(text)
	if kind != execute.Null && w.leaf(kind, text, f, level) {
		return true
	}
	w.dst = w.dst[:mark]
	if f.isNonNull(level) {
		w.nullViolation(f, level)
		return false
	}
	w.dst = append(w.dst, "null"...)
	return true
}

func kindOf(text []byte) execute.Kind {
	switch text[0] {
	case '"':
		return execute.String
	case '{':
		return execute.Map
	case '[':
		return execute.Array
	case 't':
		return execute.True
	case 'f':
		return execute.False
	case 'n':
		return execute.Null
	}
	return execute.Number
}

func isInteger(number []byte) bool {
	for _, c := range number {
		if c == '.' || c|0x20 == 'e' {
			return false
		}
	}
	return true
}

// int writes a number as a GraphQL Int: a signed integer of 32 bits. A number
// such as 1.0 is one, written without its fraction.
func (w *writer) int(number []byte) bool {
	if isInteger(number) && len(number) < 10 {
		w.dst = append(w.dst, number...)
		return true
	}
	n, err := strconv.ParseFloat(string(number), 64)
	if err != nil || n != float64(int32(n)) {
		return false
	}
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
	return true
}

func (w *writer) introspection(f *field) bool {
	if value := w.options.Introspection[f.source.ResponseName]; value != nil {
		w.dst = append(w.dst, value...)
		return true
	}
	if f.isNonNull(0) {
		w.nullViolation(f, 0)
		return false
	}
	w.dst = append(w.dst, "null"...)
	return true
}

// withheld writes null for a field that the client may not see, with an error.
func (w *writer) withheld(f *field) bool {
	w.path = append(w.path, execute.PathElement{Name: f.source.ResponseName})
	w.note(CodeUnauthorized, w.path, "Unauthorized field or type: "+f.parent.Name+"."+f.source.Name)
	w.path = w.path[:len(w.path)-1]
	if f.isNonNull(0) {
		return false
	}
	w.dst = append(w.dst, "null"...)
	return true
}
