package compose

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// typed is the type of a field or an argument in one subgraph.
type typed struct {
	sub      int
	ref      *ast.Type
	position *ast.Position
}

// flow is the direction of values: what fields return may be of the most general
// type, what arguments take must be of the most special.
type flow int

const (
	output flow = iota
	input
)

// mergeRefs merges type references, pairwise in the order of the subgraphs. The
// relation between types is that of the supergraph. It is not ok when two have
// nothing in common; the type is then that of the subgraphs before.
func (m *merger) mergeRefs(all []typed, dir flow) (merged *ast.Type, differ, ok bool) {
	merged, ok = all[0].ref, true
	for _, t := range all[1:] {
		if sdl.EqualTypes(merged, t.ref) {
			continue
		}
		differ = true
		narrower, wider := m.out.schema.IsSubtype(t.ref, merged), m.out.schema.IsSubtype(merged, t.ref)
		switch {
		case narrower && dir == input, wider && dir == output:
			merged = t.ref
		case !narrower && !wider:
			ok = false
		}
	}
	return merged, differ, ok
}

func (m *merger) typeMismatch(code federation.Code, what string, all []typed, merged *ast.Type) {
	m.fail(code, m.typePlaces(all), "give them the same type everywhere, or types of which each is a subtype of the next",
		"%s do not fit together: there is %s", what, m.typeDistribution(all, merged))
}

func (m *merger) typeDistribution(all []typed, merged *ast.Type) string {
	values, subs := make([]string, len(all)), make([]int, len(all))
	for i, t := range all {
		values[i], subs[i] = fmt.Sprintf("type %q", t.ref), t.sub
	}
	return m.distribution(values, subs, fmt.Sprintf("type %q", merged))
}

func (m *merger) typePlaces(all []typed) []federation.Place {
	places := make([]federation.Place, len(all))
	for i, t := range all {
		places[i] = m.place(t.sub, t.position, t.ref.String())
	}
	return places
}

// valued is the default of an argument or input field in one subgraph, nil for
// none.
type valued struct {
	sub      int
	value    *ast.Value
	position *ast.Position
}

// mergeDefaults merges defaults: what is the same everywhere stays, what only
// some have is dropped, and different ones are an error.
func (m *merger) mergeDefaults(code federation.Code, where string, all []valued) *ast.Value {
	var given *ast.Value
	missing, conflict := false, false
	for _, v := range all {
		switch {
		case v.value == nil:
			missing = true
		case given == nil:
			given = v.value
		case !sdl.EqualValues(given, v.value):
			conflict = true
		}
	}
	if given == nil || !missing && !conflict {
		return given
	}
	texts, subs, places := make([]string, len(all)), make([]int, len(all)), make([]federation.Place, len(all))
	for i, v := range all {
		texts[i], subs[i] = defaultText(v.value), v.sub
		places[i] = m.place(v.sub, v.position, texts[i])
	}
	if conflict {
		m.fail(code, places, "give it the same default everywhere", "the defaults of %q differ: it has %s", where, m.distribution(texts, subs, ""))
		return given
	}
	m.hint(federation.InconsistentDefaultValuePresence, where, places, "%q has %s; the supergraph has no default for it", where, m.distribution(texts, subs, ""))
	return nil
}

func (m *merger) use(enum string) *enumUse {
	t := m.out.types[enum]
	if t == nil || t.Kind != ast.Enum {
		return &enumUse{}
	}
	if m.enums[enum] == nil {
		m.enums[enum] = &enumUse{}
	}
	return m.enums[enum]
}

// useOutput notes that a type is that of a field.
func (m *merger) useOutput(typeName, where string) {
	if u := m.use(typeName); u.output == "" {
		u.output = where
	}
}

// useInput notes that a type is that of an argument or input field.
func (m *merger) useInput(typeName, where string) {
	if u := m.use(typeName); u.input == "" {
		u.input = where
	}
}
