package execute

import (
	"slices"
	"strconv"
	"sync"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/plan"
)

// Program is a plan made ready to run: request bodies in pieces, what to read
// from answers, who waits for whom. It is immutable, apart from a pool of
// memory for its requests, and shared by all requests of the operation.
type Program struct {
	plan    *plan.Plan
	types   *Types
	fetches []fetch
	// first are the fetches that wait for none.
	first []int
	pool  sync.Pool
}

// fetch is a plan.Fetch made ready.
type fetch struct {
	*plan.Fetch
	// body is the request's body up to the first variable, or the whole body of
	// a fetch without variables.
	body      []byte
	variables []variable
	// root reads the data of a fetch that is no entity fetch, for the objects at
	// place.
	root  *reader
	place []step
	// entities are the fetch's _entities fields.
	entities []entities
	// before is how many fetches this one waits for, after are those that wait
	// for it.
	before int
	after  []int
}

type variable struct {
	name string
	// key is the name as it stands in the body: `"first":`.
	key []byte
}

type entities struct {
	plan *plan.Entities
	// responseName is the field's name in the answer, with quotes.
	responseName string
	key          []byte
	targets      []target
	// contexts are the variables taken from enclosing objects. An _entities field
	// that has any is asked for once for each group of objects, see groups.
	contexts []contextVariable
}

// of returns the _entities field that the fetch's n-th batch is for.
func (f *fetch) of(n int) *entities {
	if f.grouped() {
		n = 0
	}
	return &f.entities[n]
}

// answered returns the name of the n-th batch's field in the answer, with
// quotes.
func (f *fetch) answered(n int) string {
	if n == 0 || !f.grouped() {
		return f.entities[n].responseName
	}
	name, _ := f.Entities[0].Group(n)
	return strconv.Quote(name)
}

// grouped says whether the fetch has a batch for each group of objects instead
// of one for each _entities field.
func (f *fetch) grouped() bool { return len(f.entities) == 1 && f.entities[0].contexts != nil }

type target struct {
	place           []step
	representations []representation
	read            *reader
}

// step is a plan.PathStep made ready.
type step struct {
	types typeSet
	slot  int
}

// Compile makes a plan ready to run. types are those of the plan's supergraph.
func Compile(p *plan.Plan, types *Types) *Program {
	c := compiler{types: types, readers: map[*plan.Selection]*reader{}, forms: map[string]uint32{}}
	program := &Program{plan: p, types: types, fetches: make([]fetch, len(p.Fetches))}
	for i, f := range p.Fetches {
		program.fetches[i] = c.fetch(f)
		if len(f.DependsOn) == 0 {
			program.first = append(program.first, i)
		}
		for _, before := range f.DependsOn {
			program.fetches[before].after = append(program.fetches[before].after, i)
		}
	}
	program.pool.New = func() any { return program.newResult() }
	return program
}

// Plan returns the plan that the program runs.
func (p *Program) Plan() *plan.Plan { return p.plan }

// Types returns the types that the program's objects have.
func (p *Program) Types() *Types { return p.types }

type compiler struct {
	types   *Types
	readers map[*plan.Selection]*reader
	forms   map[string]uint32
}

func (c *compiler) fetch(f *plan.Fetch) fetch {
	out := fetch{Fetch: f, place: c.path(f.Path), before: len(f.DependsOn)}
	if f.Root != nil {
		out.root = c.reader(f.Root)
	}
	for _, name := range f.Variables {
		out.variables = append(out.variables, variable{name: name, key: key(name)})
	}
	for _, e := range f.Entities {
		out.entities = append(out.entities, c.entities(e))
	}
	out.body = appendHead(nil, f, f.Text)
	if len(out.variables)+len(out.entities) == 0 {
		out.body = append(out.body, '}')
	} else {
		out.body = append(out.body, variablesKey...)
	}
	return out
}

// appendHead appends a request's body up to the variables.
func appendHead(body []byte, f *plan.Fetch, text string) []byte {
	body = rawjson.AppendString(append(body, `{"query":`...), text)
	if f.Name != "" {
		body = rawjson.AppendString(append(body, `,"operationName":`...), f.Name)
	}
	return body
}

const variablesKey = `,"variables":{`

// key is a member's name in JSON with the colon.
func key(name string) []byte {
	return append(rawjson.AppendString(nil, name), ':')
}

func (c *compiler) path(p plan.Path) []step {
	steps := make([]step, len(p))
	for i, s := range p {
		steps[i] = step{types: c.types.set(s.Types), slot: s.Slot}
	}
	return steps
}

func (c *compiler) entities(e *plan.Entities) entities {
	out := entities{plan: e, responseName: strconv.Quote(e.ResponseName), key: key(e.Variable), contexts: c.contexts(e.Contexts)}
	for i := range e.Targets {
		t := &e.Targets[i]
		out.targets = append(out.targets, target{
			place:           c.path(t.Path),
			representations: c.representations(t.Representations),
			read:            c.reader(t.Read),
		})
	}
	return out
}

// reader is a plan.Selection made ready to read an answer's objects.
type reader struct {
	*plan.Selection
	typ   TypeID
	slots int
	// fields are parallel to those of the selection.
	fields []readField
	// byName finds fields by quoted name where there are many.
	byName map[string]int
}

type readField struct {
	// name has its quotes and a colon, as in an answer.
	name   string
	slot   int
	reader *reader
	// shared says that another name is read into the slot as well.
	shared bool
}

// manyFields is the number of fields from which on a name is looked up instead
// of compared with each.
const manyFields = 12

func (c *compiler) reader(s *plan.Selection) *reader {
	if r, ok := c.readers[s]; ok {
		return r
	}
	r := &reader{Selection: s, slots: len(s.Layout.Slots), fields: make([]readField, len(s.Fields))}
	c.readers[s] = r
	if s.Typename != "" {
		r.typ = c.types.ID(s.Typename)
	}
	if len(s.Fields) >= manyFields {
		r.byName = make(map[string]int, len(s.Fields))
	}
	for i, f := range s.Fields {
		name := strconv.Quote(f.ResponseName)
		r.fields[i] = readField{name: name + ":", slot: f.Slot}
		if f.Selection != nil {
			r.fields[i].reader = c.reader(f.Selection)
			r.fields[i].shared = slices.ContainsFunc(s.Fields, func(other plan.ReadField) bool {
				return other.Slot == f.Slot && other.ResponseName != f.ResponseName
			})
		}
		if r.byName != nil {
			r.byName[name] = i
		}
	}
	return r
}
