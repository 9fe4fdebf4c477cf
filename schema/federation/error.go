package federation

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/vektah/gqlparser/v2/ast"
)

// Error is one problem that composition found.
type Error struct {
	Code Code
	// Message says what is wrong, in one sentence that names the elements by
	// coordinate ("User.name", "Query.users(first:)").
	Message string
	// Subgraph is the one subgraph that is at fault, or "" when the fault lies
	// between several.
	Subgraph string
	// Places are where it is wrong, the main one first; a conflict names both
	// sides. There may be none: a supergraph without queries is nowhere.
	Places []Place
	// Help says what to do about it.
	Help string
}

// Place is a position in a subgraph's source, and what is to be seen there.
type Place struct {
	Subgraph string
	// Position may be nil for elements that no source holds.
	Position *ast.Position
	Note     string
}

// Extent returns where a position begins in its line, from 1, and how long what
// is meant is. The parser's positions of directives are those of their names, and
// those of strings are behind the quote; here both begin with the sign.
func Extent(at *ast.Position) (column, length int) {
	column, length = at.Column, at.End-at.Start
	before, ok := runeBefore(at)
	switch {
	case ok && before == '@':
		return column - 1, length + 1
	case ok && before == '"':
		return column - 1, length
	}
	return column, length
}

// runeBefore is the character before a position in its line.
func runeBefore(at *ast.Position) (rune, bool) {
	if at.Column < 2 || at.Src == nil {
		return 0, false
	}
	line := lineOf(at.Src.Input, at.Line)
	for i, r := range []rune(line) {
		if i == at.Column-2 {
			return r, true
		}
	}
	return 0, false
}

func lineOf(text string, number int) string {
	for ; number > 1; number-- {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return ""
		}
		text = text[i+1:]
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// Error returns the code and the message, with the subgraph at fault in front.
func (e *Error) Error() string {
	return string(e.Code) + ": " + e.Text()
}

// Text returns the message with the subgraph at fault in front: `[users] …`.
func (e *Error) Text() string {
	if e.Subgraph == "" {
		return e.Message
	}
	return "[" + e.Subgraph + "] " + e.Message
}

// Errors are all the problems of one composition.
type Errors []*Error

// Error lists the problems, one line each.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Codes returns the set of codes, sorted.
func (es Errors) Codes() []Code {
	codes := make([]Code, len(es))
	for i, e := range es {
		codes[i] = e.Code
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// ErrOrNil returns the errors as an error, nil when there are none.
func (es Errors) ErrOrNil() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// List joins quoted names for a message: `"a", "b" and "c"`; after about a
// hundred characters it ends in "…".
func List(names []string) string {
	return join(names, func(s string) string { return `"` + s + `"` })
}

// Subgraphs is List with the word for it: `subgraph "a"`, `subgraphs "a" and "b"`.
func Subgraphs(names []string) string {
	if len(names) == 1 {
		return "subgraph " + List(names)
	}
	return "subgraphs " + List(names)
}

// Coordinates lists element coordinates without quotes: `T.a, T.b and T.c`.
func Coordinates(names []string) string {
	return join(names, func(s string) string { return s })
}

const longList = 100

func join(names []string, form func(string) string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
		case b.Len() > longList:
			b.WriteString(", …")
			return b.String()
		case i == len(names)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(form(name))
	}
	return b.String()
}

// Suggest returns `; did you mean "x"?` for the candidate nearest to name, or
// "" when none is near.
func Suggest(name string, candidates []string) string {
	best, bestDistance := "", len(name)/3+2
	for _, c := range candidates {
		if max(len(c)-len(name), len(name)-len(c)) > 4*bestDistance { // bytes and characters differ by four at the most
			continue
		}
		if d := levenshtein.ComputeDistance(name, c); d < bestDistance || d == bestDistance && best != "" && c < best {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return `; did you mean "` + best + `"?`
}
