package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// Fixtures are recorded answers of subgraphs, as JSON:
//
//	{"<subgraph>": {"query": {…}, "mutation": {…}, "entities": {…}, "objects": {…}}}
//
// query and mutation give root fields their values; objects names objects that
// are shared or refer to each other. A value is a scalar, null, a list, an
// object {"__typename": T, field: value, …} in which a missing field is null,
// or one of:
//
//	{"$ref": name}                        the object of that name
//	{"$error": message}                   the field fails
//	{"$args": [{"args": {…}, "value": v}]} by the exact coerced arguments; none fits: error
//	{"$step": {"m": name, "from": n, "to": n}, "value": v, "else": v}
//	                                      a state machine shared by the subgraphs, from 0: where
//	                                      the state is "from" (or there is no "from") it becomes
//	                                      "to" and the value counts, otherwise "else"
//
// entities gives a type's cases in order, [{"match": {…}, "value": v}]: the
// first whose match is contained in the representation counts, and without one
// there is no entity. Containment is deep, lists go element by element, a
// nested __typename in match is ignored, and scalars are compared as text, as
// ids of either kind are equal.
type Fixtures struct {
	subgraphs map[string]*FixtureData
	machines  *machines
}

// machines are the states of the $step values.
type machines struct {
	mu     sync.Mutex
	states map[string]int
}

// FixtureData is one subgraph's part of Fixtures.
type FixtureData struct {
	roots    map[string]*fixtureObject
	entities map[string][]entityCase
}

type entityCase struct {
	match map[string]any
	value any
}

// ParseFixtures reads the fixtures of several subgraphs.
func ParseFixtures(text []byte) (*Fixtures, error) {
	var subgraphs map[string]json.RawMessage
	if err := json.Unmarshal(text, &subgraphs); err != nil {
		return nil, fmt.Errorf("fixtures are a JSON object of subgraphs: %w", err)
	}
	f := &Fixtures{subgraphs: map[string]*FixtureData{}, machines: newMachines()}
	for _, name := range sortedKeys(subgraphs) {
		data, err := parseFixture(subgraphs[name], f.machines)
		if err != nil {
			return nil, fmt.Errorf("subgraph %q: %w", name, err)
		}
		f.subgraphs[name] = data
	}
	return f, nil
}

// ParseFixture reads the fixtures of one subgraph.
func ParseFixture(text []byte) (*FixtureData, error) { return parseFixture(text, newMachines()) }

func newMachines() *machines { return &machines{states: map[string]int{}} }

// Subgraph gives a subgraph's data; nil when there is none of that name.
func (f *Fixtures) Subgraph(name string) *FixtureData { return f.subgraphs[name] }

// Reset puts every state machine back to 0.
func (f *Fixtures) Reset() {
	f.machines.mu.Lock()
	defer f.machines.mu.Unlock()
	clear(f.machines.states)
}

func parseFixture(text []byte, m *machines) (*FixtureData, error) {
	var file struct {
		Query    map[string]any
		Mutation map[string]any
		Entities map[string][]struct {
			Match map[string]any
			Value any
		}
		Objects map[string]map[string]any
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("a fixture has query, mutation, entities and objects: %w", err)
	}
	p := fixtureParser{machines: m, objects: map[string]*fixtureObject{}}
	for name := range file.Objects {
		p.objects[name] = &fixtureObject{}
	}
	for _, name := range sortedKeys(file.Objects) {
		if err := p.fill(p.objects[name], file.Objects[name]); err != nil {
			return nil, fmt.Errorf("objects.%s%w", name, err)
		}
	}
	data := &FixtureData{roots: map[string]*fixtureObject{}, entities: map[string][]entityCase{}}
	for operation, fields := range map[string]map[string]any{"query": file.Query, "mutation": file.Mutation} {
		root := &fixtureObject{}
		if err := p.fill(root, fields); err != nil {
			return nil, fmt.Errorf("%s%w", operation, err)
		}
		data.roots[operation] = root
	}
	for typename, cases := range file.Entities {
		for i, c := range cases {
			value, err := p.value(c.Value)
			if err != nil {
				return nil, fmt.Errorf("entities.%s[%d]%w", typename, i, err)
			}
			data.entities[typename] = append(data.entities[typename], entityCase{match: c.Match, value: value})
		}
	}
	return data, nil
}

// fixtureObject is an object of the fixtures, and a custom scalar's JSON.
type fixtureObject struct {
	typename string
	fields   map[string]any
	raw      map[string]any
}

func (o *fixtureObject) Typename() string { return o.typename }

func (o *fixtureObject) Field(name string, args map[string]any) any {
	return settle(o.fields[name], args)
}

func (o *fixtureObject) MarshalJSON() ([]byte, error) { return json.Marshal(o.raw) }

// conditional is a value that depends on more than its place.
type conditional interface{ settle(args map[string]any) any }

func settle(v any, args map[string]any) any {
	for {
		c, ok := v.(conditional)
		if !ok {
			return v
		}
		v = c.settle(args)
	}
}

type byArguments []argumentCase

type argumentCase struct {
	args  map[string]any
	value any
}

func (cases byArguments) settle(args map[string]any) any {
	for _, c := range cases {
		if equalJSON(c.args, args) {
			return c.value
		}
	}
	return fmt.Errorf("the fixtures have no answer for the arguments %s", preview(args))
}

type stepValue struct {
	machines    *machines
	name        string
	from        *int
	to          int
	then, other any
}

func (s *stepValue) settle(map[string]any) any {
	s.machines.mu.Lock()
	defer s.machines.mu.Unlock()
	if s.from != nil && s.machines.states[s.name] != *s.from {
		return s.other
	}
	s.machines.states[s.name] = s.to
	return s.then
}

// Root implements Data.
func (d *FixtureData) Root(operation string) Object { return d.roots[operation] }

// Entity implements Data.
func (d *FixtureData) Entity(typename string, representation map[string]any) any {
	for _, c := range d.entities[typename] {
		if contains(representation, c.match) {
			return settle(c.value, nil)
		}
	}
	return nil
}

// contains says whether part is contained in whole.
func contains(whole, part any) bool {
	switch p := part.(type) {
	case map[string]any:
		w, ok := whole.(map[string]any)
		if !ok {
			return false
		}
		for name, value := range p {
			if has, ok := w[name]; name != "__typename" && (!ok || !contains(has, value)) {
				return false
			}
		}
		return true
	case []any:
		w, ok := whole.([]any)
		return ok && slices.EqualFunc(w, p, contains)
	}
	return equalScalar(whole, part)
}

func equalScalar(a, b any) bool {
	textA, okA := scalarText(a)
	textB, okB := scalarText(b)
	return okA && okB && textA == textB || a == nil && b == nil
}

func scalarText(v any) (text string, ok bool) {
	switch value := v.(type) {
	case string:
		return value, true
	case bool:
		return strconv.FormatBool(value), true
	}
	if n, ok := toNumber(v); ok {
		f, ok := n.float()
		return string(appendFloat(nil, f)), ok
	}
	return "", false
}

// equalJSON compares values deeply; numbers by value.
func equalJSON(a, b any) bool {
	switch av := a.(type) {
	case map[string]any:
		bv, ok := b.(map[string]any)
		if !ok || len(av) != len(bv) {
			return false
		}
		for name, value := range av {
			if other, ok := bv[name]; !ok || !equalJSON(value, other) {
				return false
			}
		}
		return true
	case []any:
		bv, ok := b.([]any)
		return ok && slices.EqualFunc(av, bv, equalJSON)
	}
	return equalScalar(a, b)
}

var errShape = errors.New("has the wrong shape: see the fixtures' format")
