package execute

import (
	"strconv"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/plan"
)

// Error is an error met while the data was fetched.
type Error struct {
	// Subgraph is the name of the subgraph that reported the error or that could
	// not be asked; "" for neither.
	Subgraph string
	// Code is the extensions.code of the router's own errors; a subgraph's is in
	// Extensions.
	Code string
	// Message is a JSON string.
	Message []byte
	// Extensions is the JSON object that the subgraph gave; nil for none. Like
	// Message it is only valid until Release.
	Extensions []byte
	// Path leads to the response's field or object that the error is about. It
	// may go on into what only the plan needed. It is nil where the subgraph did
	// not say.
	Path []PathElement
	// More says that the error is about further places that are not listed.
	More bool
	// Cause is for the log: what a client need not know. It may be nil.
	Cause error
}

// PathElement is a response name, or an index when Name is "".
type PathElement struct {
	Name  string
	Index int
}

// Bounds of what one request may report.
const (
	// maxErrors is how many errors a result has at most.
	maxErrors = 1000
	// maxPlaces is for how many places one error of a fetch is repeated.
	maxPlaces = 32
	// maxSteps is how many objects and lists are gone through to find out where
	// errors are. It bounds what a subgraph can cost that reports an error for each
	// of very many objects: further errors have no path.
	maxSteps = 2_000_000
)

// Errors are the errors met, at most 1,000.
func (r *Result) Errors() []Error { return r.errors }

func (r *Result) report(e Error) {
	if len(r.errors) < maxErrors {
		r.errors = append(r.errors, e)
	}
}

// fail reports a fetch without an answer, for each place that lacks it.
func (r *Result) fail(i int, failure *Failure) {
	e := Error{
		Subgraph: r.program.fetches[i].Subgraph.Name, Code: failure.Code,
		Message: rawjson.AppendString(nil, failure.Message), Cause: failure.Cause,
	}
	r.reportAt(e, r.affected(i))
}

// reportAt reports an error at the first places of a list.
func (r *Result) reportAt(e Error, paths [][]PathElement) {
	if len(paths) > maxPlaces {
		paths, e.More = paths[:maxPlaces], true
	}
	for _, path := range paths {
		e.Path = path
		r.report(e)
	}
	if len(paths) == 0 {
		e.More = e.More || r.walked >= maxSteps
		r.report(e)
	}
}

// affected returns the paths of what a fetch should have answered: of the
// objects that it represents, or of the fields that it reads into an object. It
// may return one more than are reported.
func (r *Result) affected(i int) [][]PathElement {
	f, s := &r.program.fetches[i], &r.fetches[i]
	var paths [][]PathElement
	if f.root != nil {
		for _, prefix := range r.pathsTo(f.Path, f.place, s.places) {
			for _, field := range f.root.fields {
				if field.slot >= 0 && len(paths) <= maxPlaces {
					paths = append(paths, extend(prefix, PathElement{Name: f.Root.Layout.Slots[field.slot].ResponseName}))
				}
			}
		}
	}
	for n := range s.batches {
		e := f.of(n)
		for t := range e.targets {
			if len(paths) <= maxPlaces {
				paths = append(paths, r.pathsTo(e.plan.Targets[t].Path, e.targets[t].place, r.objectsOf(&s.batches[n], t))...)
			}
		}
	}
	return paths
}

// objectsOf returns a target's objects; of no more than are reported, and one.
func (r *Result) objectsOf(b *batch, target int) []Value {
	var objects []Value
	for i := range b.entries {
		if r.walked++; r.walked >= maxSteps || len(objects) > maxPlaces {
			break
		}
		if b.entries[i].target == uint32(target) {
			objects = append(objects, b.entries[i].object)
		}
	}
	return objects
}

// pathFinder finds out where in the response objects are, by walking to them.
type pathFinder struct {
	*Result
	// wanted are the objects still to be found, in the order of the walk.
	wanted []Value
	at     []PathElement
	paths  [][]PathElement
}

// pathsTo returns the paths of objects that a walk along the path met, in the
// walk's order; of no more than are reported, and one.
func (r *Result) pathsTo(path plan.Path, steps []step, objects []Value) [][]PathElement {
	f := pathFinder{Result: r, wanted: objects[:min(len(objects), maxPlaces+1)]}
	if len(f.wanted) > 0 {
		f.walk(r.root, r.program.plan.Root, steps)
	}
	return f.paths
}

func (f *pathFinder) walk(v Value, layout *plan.Layout, steps []step) {
	if f.walked++; f.walked >= maxSteps {
		return
	}
	switch v.Kind() {
	case List:
		for i, element := range f.Elements(v) {
			f.at = append(f.at, PathElement{Index: i})
			f.walk(element, layout, steps)
			f.at = f.at[:len(f.at)-1]
			if len(f.wanted) == 0 || f.walked >= maxSteps {
				return
			}
		}
	case Object:
		if len(steps) == 0 {
			if v.same(f.wanted[0]) {
				f.wanted = f.wanted[1:]
				f.paths = append(f.paths, extend(f.at))
			}
			return
		}
		if steps[0].types.has(f.Type(v)) {
			slot := layout.Slots[steps[0].slot]
			f.at = append(f.at, PathElement{Name: slot.ResponseName})
			f.walk(f.Slots(v)[steps[0].slot], slot.Layout, steps[1:])
			f.at = f.at[:len(f.at)-1]
		}
	}
}

// extend returns a path of its own: the first with the elements after it.
func extend(path []PathElement, more ...PathElement) []PathElement {
	return append(append(make([]PathElement, 0, len(path)+len(more)), path...), more...)
}

// subgraphErrors reports the errors of an answer.
func (r *Result) subgraphErrors(i int) {
	for element := range rawjson.Elements(r.fetches[i].errors) {
		if len(r.errors) == maxErrors {
			return
		}
		r.subgraphError(i, element)
	}
}

var noMessage = []byte(`"the subgraph reported an error without a message"`)

func (r *Result) subgraphError(i int, text []byte) {
	e := Error{Subgraph: r.program.fetches[i].Subgraph.Name, Message: noMessage}
	var path []PathElement
	if text[0] == '{' {
		for name, value := range rawjson.Members(text) {
			switch {
			case string(name) == `"message"` && value[0] == '"':
				e.Message = value
			case string(name) == `"extensions"` && value[0] == '{':
				e.Extensions = value
			case string(name) == `"path"` && value[0] == '[':
				path = readPath(value)
			}
		}
	}
	r.reportAt(e, r.clientPaths(i, path))
}

// readPath reads the path of a subgraph's error, up to what is no path element.
func readPath(text []byte) []PathElement {
	var path []PathElement
	for element := range rawjson.Elements(text) {
		if element[0] == '"' {
			path = append(path, PathElement{Name: rawjson.Text(element)})
			continue
		}
		index, err := strconv.Atoi(string(element))
		if err != nil || index < 0 {
			break
		}
		path = append(path, PathElement{Index: index})
	}
	return path
}

// clientPaths translates the path of a subgraph's error into the response's
// paths: one for each object that the answer was for.
func (r *Result) clientPaths(i int, path []PathElement) [][]PathElement {
	f, s := &r.program.fetches[i], &r.fetches[i]
	if len(path) == 0 {
		if s.hasData {
			return nil
		}
		return r.affected(i)
	}
	if f.root != nil {
		var paths [][]PathElement
		for _, prefix := range r.pathsTo(f.Path, f.place, s.places) {
			paths = append(paths, translate(prefix, f.root, path))
		}
		return paths
	}
	name := strconv.Quote(path[0].Name)
	for n := range s.batches {
		if name == f.answered(n) {
			return r.entityPaths(f.of(n), &s.batches[n], path[1:])
		}
	}
	return r.affected(i)
}

// entityPaths translates what follows the name of an _entities field: the
// representation's number and a path from the entity.
func (r *Result) entityPaths(e *entities, b *batch, path []PathElement) [][]PathElement {
	var paths [][]PathElement
	for t := range e.targets {
		var objects []Value
		var rest []PathElement
		if len(path) > 0 && path[0].Name == "" && path[0].Index < len(b.unique) {
			objects, rest = r.standsFor(b, path[0].Index, t), path[1:]
		} else {
			objects = r.objectsOf(b, t)
		}
		for _, prefix := range r.pathsTo(e.plan.Targets[t].Path, e.targets[t].place, objects) {
			if len(paths) <= maxPlaces {
				paths = append(paths, translate(prefix, e.targets[t].read, rest))
			}
		}
	}
	return paths
}

// standsFor returns a target's objects that a representation stands for; of no
// more than are reported, and one.
func (r *Result) standsFor(b *batch, unique, target int) []Value {
	var objects []Value
	for at := b.unique[unique].first + 1; at != 0; at = b.entries[at-1].next {
		if r.walked++; r.walked >= maxSteps || len(objects) > maxPlaces {
			break
		}
		if b.entries[at-1].target == uint32(target) {
			objects = append(objects, b.entries[at-1].object)
		}
	}
	return objects
}

// translate appends a path in a subgraph's answer to the prefix, with the
// response's names for those of the request; up to a name that the request does
// not have.
func translate(prefix []PathElement, read *reader, path []PathElement) []PathElement {
	out := extend(prefix)
	for _, e := range path {
		if e.Name == "" {
			out = append(out, e)
			continue
		}
		field := read.named(e.Name)
		if field < 0 {
			return out
		}
		f := &read.fields[field]
		if f.slot < 0 {
			return append(out, PathElement{Name: "__typename"})
		}
		out = append(out, PathElement{Name: read.Layout.Slots[f.slot].ResponseName})
		if read = f.reader; read == nil {
			read = &reader{}
		}
	}
	return out
}

// named returns the index of the field with that response name, or -1.
func (r *reader) named(name string) int {
	if r.Selection == nil {
		return -1
	}
	for i := range r.Fields {
		if r.Fields[i].ResponseName == name {
			return i
		}
	}
	return -1
}
