package response

import (
	"slices"
	"strconv"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/operation"
)

// CodeValidation is the extensions.code of errors about data that is not what
// the schema promises.
const CodeValidation = "RESPONSE_VALIDATION_FAILED"

// CodeUnauthorized is the extensions.code of errors about fields that the client
// may not see.
const CodeUnauthorized = "UNAUTHORIZED_FIELD_OR_TYPE"

// CodeRedacted is the extensions.code of a subgraph's error whose own code the
// client does not see.
const CodeRedacted = "DOWNSTREAM_SERVICE_ERROR"

// CodeTooLarge is the extensions.code of an answer larger than the router gives.
const CodeTooLarge = "RESPONSE_TOO_LARGE"

// Policy says what clients see of the errors of subgraphs, and of subgraphs that
// could not be asked.
type Policy struct {
	// Default is for the subgraphs that Subgraphs does not name.
	Default Visibility
	// Subgraphs are by name.
	Subgraphs map[string]Visibility
}

// Visibility is what clients see of a subgraph's errors. The zero value redacts
// them: the client learns where something went wrong and, by the code, whether
// the subgraph said so or could not be asked.
type Visibility struct {
	// Message passes the message on; otherwise it is "Subgraph errors redacted".
	Message bool
	// AllExtensions passes all extensions on, Extensions those named. "service"
	// stands for the subgraph's name.
	AllExtensions bool
	Extensions    []string
}

// PassAll is the policy that shows clients everything.
var PassAll = &Policy{Default: Visibility{Message: true, AllExtensions: true}}

func (p *Policy) of(subgraph string) Visibility {
	if p == nil {
		return Visibility{}
	}
	if v, ok := p.Subgraphs[subgraph]; ok {
		return v
	}
	return p.Default
}

func (v *Visibility) passes(extension string) bool {
	return v.AllExtensions || slices.Contains(v.Extensions, extension)
}

// ownError is an error found while the answer was written.
type ownError struct {
	code, message string
	path          []execute.PathElement
}

// maxOwnErrors bounds the errors that are found while an answer is written.
const maxOwnErrors = 1000

// violation notes that the data at the writer's path, or at a field there, is
// not what the schema promises.
func (w *writer) violation(f *field, message string) {
	w.note(CodeValidation, w.at(f), message)
}

func (w *writer) note(code string, path []execute.PathElement, message string) {
	if !w.over && len(w.own) < maxOwnErrors {
		w.own = append(w.own, ownError{code, message, slices.Clone(path)})
	}
}

// mismatch notes that a value has not the kind that its type demands.
func (w *writer) mismatch(f *field, kind execute.Kind, level int) {
	typ := f.typ
	for range level {
		typ = typ.Elem
	}
	w.violation(f, "the subgraph answered "+kindTexts[kind]+" for "+f.parent.Name+"."+f.source.Name+", which cannot be "+typ.String())
}

var kindTexts = [...]string{
	execute.Missing: "nothing", execute.Null: "null", execute.String: "a string", execute.Number: "a number", execute.True: "a boolean", execute.False: "a boolean",
	execute.Array: "a list", execute.List: "a list", execute.Map: "an object", execute.Object: "an object", execute.Wrong: "a scalar",
}

// nullViolation notes that null stands where it may not, unless an error says
// why already.
func (w *writer) nullViolation(f *field, level int) {
	if !w.explained(w.at(f)) {
		w.violation(f, "Cannot return null for non-nullable field "+f.parent.Name+"."+f.source.Name+".")
	}
}

// at is the path of the field that is being written; of the object for nil. The
// writer's path has the fields of which something is inside.
func (w *writer) at(f *field) []execute.PathElement {
	if f != nil && f.shape == nil && f.lists == 0 {
		return append(w.path, execute.PathElement{Name: f.source.ResponseName})
	}
	return w.path
}

// explained says whether an error is about the place, something around it or
// something in it.
func (w *writer) explained(path []execute.PathElement) bool {
	for i := range w.Errors() {
		e := &w.Errors()[i]
		if e.More || related(e.Path, path) {
			return true
		}
	}
	// What is written last fails first: an error of this very bubbling is the
	// last one.
	n := len(w.own)
	return n > 0 && len(w.own[n-1].path) >= len(path) && related(w.own[n-1].path, path)
}

func related(a, b []execute.PathElement) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}

// errors writes the member "errors", if there are any, and says how many.
func (w *writer) errors() int {
	if w.over {
		w.own = []ownError{{code: CodeTooLarge, message: "the answer would be larger than the router gives: ask for less at a time"}}
	}
	count := 0
	next := func() {
		if count++; count == 1 {
			w.dst = append(w.dst, `,"errors":[`...)
		} else {
			w.dst = append(w.dst, ',')
		}
	}
	for i := range w.Errors() {
		if e := &w.Errors()[i]; w.asked(e.Path) {
			next()
			w.fetchError(e)
		}
	}
	for i := range w.own {
		next()
		w.ownError(&w.own[i])
	}
	if count > 0 {
		w.dst = append(w.dst, ']')
	}
	return count
}

// asked says whether the client, or nobody but the plan, asks for what a path
// leads to. A subgraph that does not know the runtime types of its objects (since
// their type is an interface object there) is asked for what the client wants of
// some types only: what went wrong with it for the others is no error.
func (w *writer) asked(path []execute.PathElement) bool {
	v, s := w.Root(), w.projection.root
	for i, e := range path {
		if e.Name == "" {
			if v.Kind() != execute.List || e.Index >= len(w.Elements(v)) {
				return true
			}
			v = w.Elements(v)[e.Index]
			continue
		}
		if v.Kind() != execute.Object || s == nil {
			return true
		}
		shown := w.shown(v, s)
		if shown == nil {
			return true
		}
		at := slices.IndexFunc(shown.list, func(f field) bool { return f.source.ResponseName == e.Name })
		if at < 0 {
			selected, _ := locate(w.projection.operation.Root, path[:i+1])
			return len(selected) <= i
		}
		f := &shown.list[at]
		if f.slot < 0 {
			return true
		}
		v, s = w.Slots(v)[f.slot], f.shape
	}
	return true
}

// shown are the fields that an object has in the answer, nil if it has no place
// there.
func (w *writer) shown(v execute.Value, s *shape) *fields {
	switch {
	case s.fields != nil:
		return s.fields
	case w.Type(v) == execute.UnknownType:
		return s.untyped
	}
	return w.projection.compiler.forType(s, w.Type(v))
}

func (w *writer) ownError(e *ownError) {
	w.dst = rawjson.AppendString(append(w.dst, `{"message":`...), e.message)
	w.place(e.path)
	w.dst = rawjson.AppendString(append(w.dst, `,"extensions":{"code":`...), e.code)
	w.dst = append(w.dst, "}}"...)
}

func (w *writer) fetchError(e *execute.Error) {
	visible := w.options.Errors.of(e.Subgraph)
	if e.Subgraph == "" {
		visible = Visibility{Message: true, AllExtensions: true}
	}
	w.dst = append(w.dst, `{"message":`...)
	if visible.Message {
		w.dst = append(w.dst, e.Message...)
	} else {
		w.dst = append(w.dst, `"Subgraph errors redacted"`...)
	}
	w.place(e.Path)
	w.extensions(e, &visible)
	w.dst = append(w.dst, '}')
}

func (w *writer) extensions(e *execute.Error, visible *Visibility) {
	start := len(w.dst)
	const opening = `,"extensions":{`
	w.dst = append(w.dst, opening...)
	add := func(name, value []byte) {
		if len(w.dst) > start+len(opening) {
			w.dst = append(w.dst, ',')
		}
		w.dst = append(append(append(w.dst, name...), ':'), value...)
	}
	switch {
	case e.Code != "": // the router's own: it tells nothing of the inside
		add([]byte(`"code"`), rawjson.AppendString(nil, e.Code))
	case !visible.passes("code"):
		add([]byte(`"code"`), rawjson.AppendString(nil, CodeRedacted))
	}
	if e.Extensions != nil {
		for name, value := range rawjson.Members(e.Extensions) {
			if text := rawjson.Text(name); text != "service" && visible.passes(text) {
				add(name, value)
			}
		}
	}
	if e.Subgraph != "" && visible.passes("service") {
		add([]byte(`"service"`), rawjson.AppendString(nil, e.Subgraph))
	}
	if len(w.dst) == start+len(opening) {
		w.dst = w.dst[:start]
		return
	}
	w.dst = append(w.dst, '}')
}

// place writes where in the client's document and in the response an error is:
// as far as the client selected what the path leads to.
func (w *writer) place(path []execute.PathElement) {
	path, at := locate(w.projection.operation.Root, path)
	if at.Line > 0 {
		w.dst = append(w.dst, `,"locations":[{"line":`...)
		w.dst = strconv.AppendInt(w.dst, int64(at.Line), 10)
		w.dst = append(w.dst, `,"column":`...)
		w.dst = strconv.AppendInt(w.dst, int64(at.Column), 10)
		w.dst = append(w.dst, "}]"...)
	}
	if len(path) == 0 {
		return
	}
	w.dst = append(w.dst, `,"path":`...)
	for i, e := range path {
		w.dst = append(w.dst, "[,"[min(i, 1)])
		if e.Name != "" {
			w.dst = rawjson.AppendString(w.dst, e.Name)
		} else {
			w.dst = strconv.AppendInt(w.dst, int64(e.Index), 10)
		}
	}
	w.dst = append(w.dst, ']')
}

// locate follows a path through the operation and returns the part of it that
// the operation selects, and where it selects the last field of it.
func locate(set operation.SelectionSet, path []execute.PathElement) ([]execute.PathElement, operation.Position) {
	sets := []operation.SelectionSet{set}
	var at operation.Position
	for i, e := range path {
		if e.Name == "" {
			continue
		}
		below, first := named(sets, e.Name)
		if first == nil {
			return path[:i], at
		}
		sets, at = below, first.Position
	}
	return path, at
}

// named returns what the sets select below a response name, and the field that
// does it first; nil if none does.
func named(sets []operation.SelectionSet, name string) (below []operation.SelectionSet, first *operation.Field) {
	for _, set := range sets {
		for _, s := range set {
			switch s := s.(type) {
			case *operation.InlineFragment:
				more, found := named([]operation.SelectionSet{s.Selections}, name)
				if below = append(below, more...); first == nil {
					first = found
				}
			case *operation.Field:
				if s.ResponseName != name {
					continue
				}
				if below = append(below, s.Selections); first == nil {
					first = s
				}
			}
		}
	}
	return below, first
}
