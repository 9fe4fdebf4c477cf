package execute

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// read reads the fetch's answer into its segment.
func (r *Result) read(i int) {
	s := &r.fetches[i]
	text := s.call.Answer
	if len(text) > math.MaxUint32 {
		s.failure = sizeFailure(s.call.Subgraph, math.MaxUint32)
		return
	}
	a := answer{fetch: &r.program.fetches[i], state: s, parser: parser{
		text: text, values: r.segments[i].values[:0], segment: uint32(i), types: r.program.types, list: s.list[:0], limit: s.room,
	}}
	end := a.response()
	r.segments[i] = segment{text: text, values: a.values}
	s.list = a.list
	if end >= 0 {
		if end = rawjson.Space(text, end); end < len(text) {
			end = ^end
		}
	}
	if s.failure = a.verdict(end); a.wrong != "" {
		a.discard()
	}
}

// discard forgets the data of an answer that has errors of its own to tell and
// data of the wrong shape.
func (a *answer) discard() {
	a.state.data, a.state.hasData = Value{}, false
	for n := range a.state.batches {
		for at := range a.state.batches[n].entries {
			a.state.batches[n].entries[at].entity = Value{}
		}
	}
}

// answer reads a whole answer: what a fetch asked for, and the errors.
type answer struct {
	parser
	fetch *fetch
	state *fetchState
	// wrong says what is wrong with an answer that is JSON; "" for nothing.
	wrong string
}

// verdict returns what makes the answer useless, if anything does.
func (a *answer) verdict(end int) *Failure {
	name := a.state.call.Subgraph
	malformed := func(format string, args ...any) *Failure {
		return &Failure{Code: CodeMalformed, Message: fmt.Sprintf("subgraph %q answered ", name) + fmt.Sprintf(format, args...)}
	}
	isError := a.state.call.Status >= 300
	switch {
	case a.full:
		return malformed("with more objects than the router takes")
	case isError && (end < 0 || !a.state.hasData && len(a.state.errors) == 0):
		return statusFailure(name, a.state.call.Status)
	case end < 0:
		return malformed("with invalid JSON at byte %d", rawjson.Fault(end))
	case a.wrong != "" && len(a.state.errors) == 0:
		return malformed("%s", a.wrong)
	case !a.state.hasData && len(a.state.errors) == 0:
		return malformed("neither data nor errors")
	}
	return nil
}

// response reads the response object.
func (a *answer) response() int {
	i := rawjson.Space(a.text, 0)
	if i >= len(a.text) || a.text[i] != '{' {
		if end := rawjson.Value(a.text, i, 0); end < 0 {
			return end
		}
		a.wrong = "with something other than a JSON object"
		return len(a.text)
	}
	return a.members(i, func(name []byte, i int) int {
		switch string(name) {
		case `"data"`:
			return a.data(i)
		case `"errors"`:
			end := rawjson.Value(a.text, i, 1)
			if end >= 0 {
				a.state.errors = nil
				if a.text[i] == '[' && !isEmptyArray(a.text, i) {
					a.state.errors = a.text[i:end]
				}
			}
			return end
		default:
			return rawjson.Value(a.text, i, 1)
		}
	})
}

func isEmptyArray(b []byte, i int) bool {
	i = rawjson.Space(b, i+1)
	return b[i] == ']'
}

// members reads an object whose brace is at i, calling read at each value.
func (a *answer) members(i int, read func(name []byte, i int) int) int {
	b := a.text
	if i = rawjson.Space(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return ^i
		}
		end := rawjson.String(b, i)
		if end < 0 {
			return end
		}
		name := b[i:end]
		if i = rawjson.Colon(b, end); i < 0 {
			return i
		}
		if i = read(name, rawjson.Space(b, i)); i < 0 {
			return i
		}
		if i = rawjson.Space(b, i); i >= len(b) {
			return ^i
		}
		if b[i] == '}' {
			return i + 1
		}
		if b[i] != ',' {
			return ^i
		}
		i = rawjson.Space(b, i+1)
	}
}

func (a *answer) data(i int) int {
	a.state.hasData = false
	if i >= len(a.text) || a.text[i] != '{' {
		end := rawjson.Value(a.text, i, 1)
		if end >= 0 && a.text[i] != 'n' {
			a.wrong = "data that is not an object"
		}
		return end
	}
	a.state.hasData = true
	if a.fetch.root != nil {
		v, end := a.object(i, a.fetch.root, 2)
		a.state.data = v
		return end
	}
	lists := 0
	end := a.members(i, func(name []byte, i int) int {
		for n := range a.state.batches {
			if string(name) == a.fetch.answered(n) {
				lists++
				return a.entities(i, a.fetch.of(n), &a.state.batches[n])
			}
		}
		return rawjson.Value(a.text, i, 2)
	})
	if end >= 0 && lists < len(a.state.batches) && a.wrong == "" {
		a.wrong = "data without the entities that were asked for"
	}
	return end
}

// entities reads an _entities list: its elements belong to the representations,
// one by one. A list of another length cannot be matched, so it is refused.
func (a *answer) entities(i int, e *entities, b *batch) int {
	if i >= len(a.text) || a.text[i] != '[' {
		if end := rawjson.Value(a.text, i, 2); end < 0 {
			return end
		}
		a.wrong = "without a list of entities"
		return rawjson.Value(a.text, i, 2)
	}
	n := 0
	if i = rawjson.Space(a.text, i+1); i < len(a.text) && a.text[i] == ']' {
		i++
	} else {
		for ; ; n++ {
			if i = a.entity(i, e, b, n); i < 0 {
				return i
			}
			if i = rawjson.Space(a.text, i); i >= len(a.text) || a.text[i] != ',' && a.text[i] != ']' {
				return ^i
			}
			i++
			if a.text[i-1] == ']' {
				n++
				break
			}
			i = rawjson.Space(a.text, i)
		}
	}
	if n != len(b.unique) {
		a.wrong = fmt.Sprintf("%d entities for %d representations", n, len(b.unique))
	}
	return i
}

// entity reads the n-th entity, once for each target that it is for, since they
// have layouts of their own.
func (a *answer) entity(i int, e *entities, b *batch, n int) int {
	if n >= len(b.unique) || i >= len(a.text) || a.text[i] != '{' {
		end := rawjson.Value(a.text, i, 3)
		if end >= 0 && a.text[i] != 'n' && n < len(b.unique) {
			a.wrong = "an entity that is not an object"
		}
		return end
	}
	end := 0
	read := uint32(math.MaxUint32)
	for at := b.unique[n].first + 1; at != 0; at = b.entries[at-1].next {
		entry := &b.entries[at-1]
		if entry.target == read {
			continue
		}
		read = entry.target
		if entry.entity, end = a.object(i, e.targets[read].read, 4); end < 0 {
			return end
		}
	}
	return end
}

// settle merges what a fetch answered into the data, and notes its errors.
func (r *Result) settle(i int) {
	defer survive(func(failure *Failure) { r.fail(i, failure) })
	f, s := &r.program.fetches[i], &r.fetches[i]
	if s.failure != nil {
		r.segments[i].values = r.segments[i].values[:0]
		r.fail(i, s.failure)
		return
	}
	r.room -= len(r.segments[i].values)
	m := merger{Result: r, segment: uint32(i)}
	if s.data.Kind() == Object {
		for n, place := range s.places {
			m.copying = n > 0
			m.object(place, s.data, f.root)
		}
	}
	for n := range s.batches {
		m.entities(&s.batches[n], f.of(n).targets)
	}
	if m.full {
		r.fail(i, &Failure{Code: CodeMalformed, Message: fmt.Sprintf("subgraph %q answered with more objects than the router takes", f.Subgraph.Name)})
	}
	if len(s.errors) > 0 {
		r.subgraphErrors(i)
	}
}

// entities merges the entities of a batch into the objects they were asked for.
func (m *merger) entities(b *batch, targets []target) {
	for n := range b.unique {
		var entity Value
		read := uint32(math.MaxUint32)
		for at := b.unique[n].first + 1; at != 0; at = b.entries[at-1].next {
			entry := &b.entries[at-1]
			if m.copying = entry.target == read; !m.copying {
				read, entity = entry.target, entry.entity
			}
			if entity.Kind() == Object {
				m.object(entry.object, entity, targets[read].read)
			}
		}
	}
}

// Memory is kept for the next request up to minKept bytes, and beyond that up to
// maxKept times what was needed this time.
const (
	minKept = 64 << 10
	maxKept = 4
)

// release takes how many _entities fields the fetch has.
func (s *fetchState) release(entityFields int) {
	s.call.Buffer = kept(s.call.Buffer, len(s.call.Answer))
	s.body = kept(s.body, len(s.call.Body))
	s.list = kept(s.list, len(s.list))
	for i := range s.batches {
		s.batches[i].reset()
	}
	if len(s.batches) > entityFields {
		s.batches = s.batches[:entityFields]
	}
	s.places = kept(s.places, len(s.places))
	s.call.Body, s.call.Answer, s.call.Header, s.errors, s.failure, s.data, s.hasData = nil, nil, nil, nil, nil, Value{}, false
}

func (s *segment) release() {
	s.text, s.values = nil, kept(s.values, len(s.values))
}

// kept returns the memory emptied, or nil if it is too large to be kept: one
// large answer must not cost memory for ever.
func kept[T any](memory []T, used int) []T {
	var element T
	if cap(memory)*int(unsafe.Sizeof(element)) > minKept && cap(memory) > maxKept*used {
		return nil
	}
	return memory[:0]
}
