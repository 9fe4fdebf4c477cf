package report

import (
	"fmt"
	"io"
	"strings"
)

// maxMarkdown bounds the summary: GitHub refuses comments of 65,536 characters
// and more.
const maxMarkdown = 65_000

// Markdown writes the report as a comment on a pull request or the summary of a
// job, below 65,000 bytes: what would exceed them is counted instead.
func Markdown(w io.Writer, r *Report) error {
	m := &markdown{report: r}
	mark := "✅"
	if r.Failed() {
		mark = "❌"
	}
	m.write(fmt.Sprintf("## %s %s %s\n", mark, escape(r.Title), escape(r.Verdict())))
	for _, s := range r.Sections {
		m.section(s)
	}
	if m.omitted > 0 {
		m.WriteString(fmt.Sprintf("\n_%s left out here: see the log._\n", Count(m.omitted, "finding was", "findings were")))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct {
	strings.Builder
	report  *Report
	omitted int
}

// reserve is kept for the last sentence and for closing what is open.
const reserve = 500

// write appends a part as a whole, or not at all.
func (m *markdown) write(part string) bool {
	if m.Len()+len(part) > maxMarkdown-reserve {
		return false
	}
	m.WriteString(part)
	return true
}

func (m *markdown) section(s Section) {
	heading := "\n### " + escape(s.Name) + "\n"
	if s.Summary != "" {
		heading += "\n" + escape(s.Summary) + "\n"
	}
	if !m.write(heading) {
		m.omitted += len(s.Findings)
		return
	}
	var shown, hidden []Finding
	for _, f := range s.Findings {
		if f.Level > Hidden {
			shown = append(shown, f)
		} else {
			hidden = append(hidden, f)
		}
	}
	m.list(shown)
	if len(hidden) > 0 && m.write(fmt.Sprintf("\n<details><summary>%s</summary>\n", Count(len(hidden), "more", "more"))) {
		m.list(hidden)
		m.WriteString("\n</details>\n")
	} else {
		m.omitted += len(hidden)
	}
	if s.Table != nil {
		m.table(s.Table)
	}
}

func (m *markdown) list(findings []Finding) {
	m.write("\n")
	for i, f := range findings {
		if !m.write(m.item(f)) {
			m.omitted += len(findings) - i
			return
		}
	}
}

func (m *markdown) item(f Finding) string {
	var b strings.Builder
	mark := map[Level]string{Error: "🔴", Warning: "🟡", Note: "🔵", Hidden: "⚪"}[f.Level]
	if f.Waived != "" {
		mark = "🟢"
	}
	fmt.Fprintf(&b, "- %s **%s** `%s`", mark, escape(f.label()), f.Code)
	if f.Subject != "" {
		fmt.Fprintf(&b, " %s", code(f.Subject))
	}
	b.WriteString(": " + escape(f.Message))
	if f.Why != "" {
		b.WriteString("; " + escape(f.Why))
	}
	if len(f.Places) > 0 {
		fmt.Fprintf(&b, " (%s)", code(f.Places[0].String()))
	}
	b.WriteString("\n")
	for _, note := range f.Notes {
		b.WriteString("  - " + escape(note) + "\n")
	}
	if f.Help != "" {
		b.WriteString("  - " + escape(f.Help) + "\n")
	}
	if f.Waived != "" {
		b.WriteString("  - let through: " + escape(f.Waived) + "\n")
	}
	if f.Details != "" {
		fence := "```"
		for strings.Contains(f.Details, fence) {
			fence += "`"
		}
		fmt.Fprintf(&b, "\n  <details><summary>details</summary>\n\n  %sdiff\n  %s\n  %s\n\n  </details>\n\n",
			fence, strings.ReplaceAll(strings.TrimSuffix(f.Details, "\n"), "\n", "\n  "), fence)
	}
	return b.String()
}

func (m *markdown) table(t *Table) {
	var b strings.Builder
	row := func(cells []string) {
		for _, cell := range cells {
			b.WriteString("| " + escape(cell) + " ")
		}
		b.WriteString("|\n")
	}
	b.WriteString("\n")
	row(t.Header)
	b.WriteString(strings.Repeat("|---", len(t.Header)) + "|\n")
	if !m.write(b.String()) {
		m.omitted += len(t.Rows)
		return
	}
	for i, cells := range t.Rows {
		b.Reset()
		row(cells)
		if !m.write(b.String()) {
			m.omitted += len(t.Rows) - i
			return
		}
	}
}

var escapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "#", `\#`, "\n", " ", "\r", " ",
	"@", "@\u200b", // a directive is nobody to notify
)

func escape(s string) string { return escapes.Replace(s) }

// code is an inline code span, which needs no escapes but for backticks.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}
