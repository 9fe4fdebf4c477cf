package federation

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// Reporter writes errors and hints for people, with the lines of the sources that
// they are about. The zero value is ready; it is not safe for concurrent use.
type Reporter struct {
	lines map[*ast.Source][]string
}

// Errors returns the errors as text: for each the code and the message, the places
// and what to do.
func (r *Reporter) Errors(errs Errors) string {
	var b strings.Builder
	for i, e := range errs {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "error[%s]: %s\n", e.Code, e.Text())
		r.places(&b, e.Places)
		if e.Help != "" {
			fmt.Fprintf(&b, "  help: %s\n", e.Help)
		}
	}
	return b.String()
}

// Places returns places as text: each as the file with line and column, the line,
// and a caret under what is meant.
func (r *Reporter) Places(places []Place) string {
	var b strings.Builder
	r.places(&b, places)
	return b.String()
}

// mostPlaces is how many places of one error are shown.
const mostPlaces = 6

func (r *Reporter) places(b *strings.Builder, places []Place) {
	shown := 0
	for _, p := range places {
		if p.Position == nil || p.Position.Src == nil {
			continue
		}
		if shown++; shown > mostPlaces {
			fmt.Fprintf(b, "  ... and %d more\n", len(places)-mostPlaces)
			return
		}
		r.excerpt(b, p)
	}
}

func (r *Reporter) line(at *ast.Position) (string, bool) {
	lines, ok := r.lines[at.Src]
	if !ok {
		if r.lines == nil {
			r.lines = map[*ast.Source][]string{}
		}
		lines = strings.Split(at.Src.Input, "\n")
		r.lines[at.Src] = lines
	}
	if at.Line < 1 || at.Line > len(lines) {
		return "", false
	}
	return strings.TrimRight(lines[at.Line-1], "\r"), true
}

func (r *Reporter) excerpt(b *strings.Builder, p Place) {
	line, ok := r.line(p.Position)
	column, length := extent(line, p.Position)
	fmt.Fprintf(b, "  --> %s:%d:%d", p.Position.Src.Name, p.Position.Line, column)
	if p.Subgraph != "" {
		fmt.Fprintf(b, " (subgraph %q)", p.Subgraph)
	}
	b.WriteByte('\n')
	if !ok {
		return
	}
	line, column = around(line, column)
	number := fmt.Sprint(p.Position.Line)
	gutter := strings.Repeat(" ", len(number))
	var blank strings.Builder
	for i, r := range []rune(line) {
		switch {
		case i >= column:
		case r == '\t':
			blank.WriteByte('\t')
		default:
			blank.WriteByte(' ')
		}
	}
	marked := max(1, min(length, utf8.RuneCountInString(line)-column))
	fmt.Fprintf(b, "   %s |\n   %s | %s\n   %s | %s", gutter, number, line, gutter, blank.String()+strings.Repeat("^", marked))
	if p.Note != "" {
		b.WriteString(" " + p.Note)
	}
	b.WriteByte('\n')
}

// Column returns the column of a place, from 1, given its line: that of the @ of
// a directive and of the quote of a string, before which the parser's positions
// are one off.
func (r *Reporter) Column(p Place) int {
	line, _ := r.line(p.Position)
	column, _ := extent(line, p.Position)
	return column
}

func extent(line string, at *ast.Position) (column, length int) {
	length = at.End - at.Start
	runes := []rune(line)
	if i := at.Column - 2; i >= 0 && i < len(runes) {
		switch runes[i] {
		case '@':
			return at.Column - 1, length + 1
		case '"':
			return at.Column - 1, length
		}
	}
	return at.Column, length
}

const (
	longestLine = 120
	leadIn      = 40
)

// around returns a line and, from 0, a column in it; of a very long line only the
// part around the column.
func around(line string, column int) (string, int) {
	runes := []rune(line)
	column = max(0, min(column-1, len(runes)))
	if len(runes) <= longestLine {
		return line, column
	}
	from := max(0, column-leadIn)
	to := min(len(runes), from+longestLine)
	out, at := string(runes[from:to]), column-from
	if from > 0 {
		out, at = "..."+out, at+len("...")
	}
	if to < len(runes) {
		out += "..."
	}
	return out, at
}
