// Package limits refuses documents that ask for more than a server should give,
// before they are validated: nothing has been looked up in the schema by then.
//
//	text ──parse──► document ──Check──► validate ──► …
//
// A document is measured as it would be run: what a fragment holds counts each
// time the fragment is spread. The work is proportional to the document's text,
// however much its fragments expand to.
package limits

import (
	"fmt"
	"math"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
)

// Limits bound each operation of a document. Of each, 0 stands for that of
// Default, and a negative number for none.
type Limits struct {
	// Tokens are those of the whole document.
	Tokens int
	// Depth is how deep fields are selected below each other; a root field is at 1.
	Depth int
	// Aliases are fields with a response name of their own.
	Aliases int
	// RootFields are the fields of the root type, each of which may be a request
	// to a subgraph.
	RootFields int
	// Directives are those on the operation, its selections and its variables.
	Directives int
	// Fields are those of the normalised operation: each once, however often it is
	// selected.
	Fields int
}

// Default are bounds that hand-written and generated operations of real clients
// stay far below.
var Default = Limits{
	Tokens: operation.DefaultMaxTokens, Depth: 30, Aliases: 200, RootFields: 50, Directives: 200, Fields: operation.DefaultMaxFields,
}

// Codes of refused documents, as clients see them in extensions.code. Tokens and
// Fields are refused by package operation.
const (
	CodeTooDeep           = "MAX_DEPTH_LIMIT"
	CodeTooManyAliases    = "MAX_ALIASES_LIMIT"
	CodeTooManyRootFields = "MAX_ROOT_FIELDS_LIMIT"
	CodeTooManyDirectives = "MAX_DIRECTIVES_LIMIT"
)

// none is more than any operation has, and can still be multiplied.
const none = math.MaxInt / 1024

// Filled returns the limits with a number for each: those that are left out are
// Default's, and those that are off larger than any operation.
func (l Limits) Filled() Limits {
	for _, pair := range []struct {
		limit    *int
		standard int
	}{
		{&l.Tokens, Default.Tokens}, {&l.Depth, Default.Depth}, {&l.Aliases, Default.Aliases},
		{&l.RootFields, Default.RootFields}, {&l.Directives, Default.Directives}, {&l.Fields, Default.Fields},
	} {
		switch {
		case *pair.limit == 0:
			*pair.limit = pair.standard
		case *pair.limit < 0:
			*pair.limit = none
		}
	}
	return l
}

// Check returns what makes an operation of the document too large; nil when
// nothing does. The document need not be valid. The limits must be Filled.
func (l Limits) Check(doc *ast.QueryDocument) operation.Errors {
	m := newMeter(doc)
	for _, op := range doc.Operations {
		if errs := l.judge(m.operation(op), op); errs != nil {
			return errs
		}
	}
	return nil
}

func (l Limits) judge(got size, op *ast.OperationDefinition) operation.Errors {
	for _, c := range []struct {
		got, most int
		code      string
		message   string
	}{
		{got.depth, l.Depth, CodeTooDeep, "selects fields %d deep; the limit is %d"},
		{got.aliases, l.Aliases, CodeTooManyAliases, "has %d aliases; the limit is %d"},
		{got.rootFields, l.RootFields, CodeTooManyRootFields, "has %d root fields; the limit is %d"},
		{got.directives, l.Directives, CodeTooManyDirectives, "has %d directives; the limit is %d"},
	} {
		if c.got > c.most {
			return operation.Errors{{
				Message:   "The operation " + fmt.Sprintf(c.message, c.got, c.most) + ".",
				Locations: []operation.Position{{Line: op.Position.Line, Column: op.Position.Column}},
				Code:      c.code,
			}}
		}
	}
	return nil
}

// size is what a selection set amounts to, everything below it included.
type size struct {
	depth, aliases, directives int
	// rootFields are the fields at the top of the selection set.
	rootFields int
}

// meter measures a document.
type meter struct {
	fragments map[string]*ast.FragmentDefinition
	// measured are the sizes of fragments by name. One that is under way counts
	// for nothing: validation refuses fragments that contain themselves.
	measured map[string]size
}

func newMeter(doc *ast.QueryDocument) *meter {
	m := meter{make(map[string]*ast.FragmentDefinition, len(doc.Fragments)), make(map[string]size, len(doc.Fragments))}
	for _, f := range doc.Fragments {
		m.fragments[f.Name] = f
	}
	return &m
}

func (m *meter) operation(op *ast.OperationDefinition) size {
	got := m.selections(op.SelectionSet)
	got.directives = plus(got.directives, len(op.Directives))
	for _, v := range op.VariableDefinitions {
		got.directives = plus(got.directives, len(v.Directives))
	}
	return got
}

func (m *meter) selections(set ast.SelectionSet) size {
	var sum size
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			sum.add(m.field(s))
		case *ast.InlineFragment:
			sum.add(m.selections(s.SelectionSet))
			sum.directives = plus(sum.directives, len(s.Directives))
		case *ast.FragmentSpread:
			sum.add(m.fragment(s.Name))
			sum.directives = plus(sum.directives, len(s.Directives))
		}
	}
	return sum
}

func (m *meter) field(f *ast.Field) size {
	got := m.selections(f.SelectionSet)
	got.depth++
	got.rootFields = 1
	got.directives = plus(got.directives, len(f.Directives))
	if f.Alias != f.Name {
		got.aliases = plus(got.aliases, 1)
	}
	return got
}

func (m *meter) fragment(name string) size {
	got, known := m.measured[name]
	if known {
		return got
	}
	m.measured[name] = size{}
	if f := m.fragments[name]; f != nil {
		got = m.selections(f.SelectionSet)
		got.directives = plus(got.directives, len(f.Directives))
	}
	m.measured[name] = got
	return got
}

func (s *size) add(other size) {
	s.depth = max(s.depth, other.depth)
	s.aliases = plus(s.aliases, other.aliases)
	s.directives = plus(s.directives, other.directives)
	s.rootFields = plus(s.rootFields, other.rootFields)
}

// plus adds what is not negative, and stops at a number that is no less than any
// limit: fragments in fragments make powers of two.
func plus(a, b int) int { return min(a+b, none) }
