package report

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// maxAnnotations is how many annotations of a level GitHub shows for a step.
const maxAnnotations = 10

// GitHub writes the report as people read it in a log, and then as workflow
// commands that GitHub Actions turns into annotations at the lines of a pull
// request: of errors and of warnings as many as GitHub shows, with a word about
// the rest.
//
// Commands are switched off for the text, which quotes what others wrote, until a
// word that nobody can have written into it.
//
// Source: GitHub Actions, "Workflow commands"; its limit of 10 annotations of a
// level in a step.
func GitHub(w io.Writer, r *Report) error {
	var text, b strings.Builder
	if err := (Text{}).Write(&text, r); err != nil {
		return err
	}
	token := sha256.Sum256([]byte(text.String()))
	fmt.Fprintf(&b, "::stop-commands::%x\n%s::%x::\n", token, text.String(), token)
	for _, level := range []Level{Error, Warning} {
		annotate(&b, r, level)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotate(b *strings.Builder, r *Report, level Level) {
	var matching []Finding
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if f.Level == level && f.Waived == "" {
				matching = append(matching, f)
			}
		}
	}
	rest := 0
	if len(matching) > maxAnnotations {
		rest = len(matching) - maxAnnotations + 1
		matching = matching[:maxAnnotations-1]
	}
	for _, f := range matching {
		fmt.Fprintf(b, "::%s %s::%s\n", level, properties(f), escapeMessage(sentences(f)))
	}
	if rest > 0 {
		fmt.Fprintf(b, "::%s title=%s::%s\n", level, escapeProperty(r.Title), escapeMessage(
			fmt.Sprintf("and %s: see the log and the summary of this job", Count(rest, "more "+level.String(), "more "+level.String()+"s"))))
	}
}

func properties(f Finding) string {
	title := f.Code
	if f.Subject != "" {
		title += " " + f.Subject
	}
	out := "title=" + escapeProperty(title)
	if len(f.Places) == 0 {
		return out
	}
	p := f.Places[0]
	at := "file=" + escapeProperty(p.File)
	if p.Line > 0 {
		at += fmt.Sprintf(",line=%d", p.Line)
	}
	if p.Column > 0 {
		at += fmt.Sprintf(",col=%d", p.Column)
	}
	return at + "," + out
}

// sentences is all that a finding says, but where.
func sentences(f Finding) string {
	parts := []string{f.Message}
	if f.Why != "" {
		parts[0] += "; " + f.Why
	}
	parts = append(parts, f.Notes...)
	if f.Help != "" {
		parts = append(parts, "help: "+f.Help)
	}
	return strings.Join(parts, "\n")
}

var (
	messageEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeMessage(s string) string  { return messageEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }
