package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text writes the report for people.
type Text struct {
	// Color uses the terminal's colours.
	Color bool
	// All shows what is Hidden, too.
	All bool
}

// The terminal's colours.
const (
	red, yellow, green, blue, bold, faint = "31", "33", "32", "34", "1", "2"
)

// Write writes r to w.
func (t Text) Write(w io.Writer, r *Report) error {
	out := &textWriter{Writer: bufio.NewWriter(w), Text: t, report: r}
	for _, s := range r.Sections {
		out.section(s)
	}
	color := green
	if r.Failed() {
		color = red
	}
	out.print(out.paint(color, r.Title+" "+r.Verdict()), "\n")
	return out.Flush()
}

type textWriter struct {
	*bufio.Writer
	Text
	report *Report
}

func (t *textWriter) print(parts ...string) {
	for _, p := range parts {
		t.WriteString(p) // the error is Flush's
	}
}

func (t *textWriter) paint(color, text string) string {
	if !t.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (t *textWriter) section(s Section) {
	t.print(t.paint(bold, s.Name))
	if s.Summary != "" {
		t.print(": ", s.Summary)
	}
	t.print("\n")
	for _, f := range s.Findings {
		if f.Level > Hidden || t.All {
			t.finding(f)
		}
	}
	if s.Table != nil {
		t.table(s.Table)
	}
	t.print("\n")
}

func (t *textWriter) finding(f Finding) {
	color := map[Level]string{Error: red, Warning: yellow, Note: blue, Hidden: faint}[f.Level]
	if f.Waived != "" {
		color = faint
	}
	// What approvals name, where there is such a thing.
	about, named := strings.CutPrefix(f.ID, f.Code)
	if !named && f.Subject != "" {
		about = " " + f.Subject
	}
	t.print("\n  ", t.paint(color, f.label()), " ", t.paint(bold, f.Code), about, "\n")
	t.indented(f.Message)
	t.indented(f.Why)
	for _, p := range f.Places {
		t.place(p, color)
	}
	for _, note := range f.Notes {
		t.indented(note)
	}
	if f.Help != "" {
		t.indented(t.paint(green, "help: ") + f.Help)
	}
	if f.Waived != "" {
		t.indented(t.paint(green, "let through: ") + f.Waived)
	}
	t.details(f.Details)
}

func (t *textWriter) indented(text string) {
	if text != "" {
		t.print("    ", strings.ReplaceAll(text, "\n", "\n    "), "\n")
	}
}

// place shows where, with the line and a caret.
func (t *textWriter) place(p Place, color string) {
	width := len(strconv.Itoa(p.Line))
	margin := strings.Repeat(" ", 5+width)
	t.print(strings.Repeat(" ", 4+width), t.paint(blue, "--> "), p.String())
	line, marks, ok := t.report.excerpt(p)
	if p.Note != "" && (!ok || marks == "") {
		t.print(": ", p.Note)
	}
	t.print("\n")
	if !ok {
		return
	}
	bar := t.paint(blue, "|")
	t.print(margin, bar, "\n    ", t.paint(blue, strconv.Itoa(p.Line)), " ", bar, " ", line, "\n")
	if marks != "" {
		t.print(margin, bar, " ", t.paint(color, strings.TrimRight(marks+" "+p.Note, " ")), "\n")
	}
}

// details are coloured as differences are.
func (t *textWriter) details(text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "+"):
			line = t.paint(green, line)
		case strings.HasPrefix(line, "-"):
			line = t.paint(red, line)
		}
		t.print("      ", line, "\n")
	}
}

func (t *textWriter) table(table *Table) {
	widths := make([]int, len(table.Header))
	for _, row := range append([][]string{table.Header}, table.Rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	t.print("\n")
	t.row(table.Header, widths, bold)
	for _, row := range table.Rows {
		t.row(row, widths, "")
	}
}

func (t *textWriter) row(cells []string, widths []int, color string) {
	var b strings.Builder
	for i, cell := range cells {
		fmt.Fprintf(&b, "%s%s  ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
	}
	line := strings.TrimRight(b.String(), " ")
	if color != "" {
		line = t.paint(color, line)
	}
	t.print("  ", line, "\n")
}
