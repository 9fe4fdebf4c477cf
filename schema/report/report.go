// Package report is what a check found, and the forms it is shown in: text for
// people, JSON, annotations of GitHub, SARIF, Markdown and JUnit.
//
// It knows nothing of schemas: whoever checks something fills a Report.
package report

import (
	"fmt"
	"slices"
)

// Report is the outcome of one run.
type Report struct {
	// Title names the run: "shopgraph check".
	Title    string
	Sections []Section
	// Sources are the texts of the files that places are in, by name, for
	// excerpts; one that is missing is shown by its position only.
	Sources map[string]string
}

// Section is one subject of a run.
type Section struct {
	// Name is its heading: "API changes".
	Name string
	// Summary is one sentence: "2 breaking, 1 dangerous and 5 safe changes".
	Summary  string
	Findings []Finding
	// Table is what is better compared than listed; nil for none.
	Table *Table
}

// Table has as many cells in each row as in the header.
type Table struct {
	Header []string
	Rows   [][]string
}

// Level says how much a finding matters.
type Level int

// The levels. A run with an Error that is not waived fails.
const (
	// Hidden findings are counted, listed in machine-readable forms, and shown to
	// people only on demand.
	Hidden Level = iota
	Note
	Warning
	Error
)

// String returns "info", "note", "warning" or "error".
func (l Level) String() string { return [...]string{"info", "note", "warning", "error"}[l] }

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Finding is one thing that was found.
type Finding struct {
	Level Level `json:"level"`
	// Label is the word for it that people see instead of the level: "breaking".
	Label string `json:"label,omitempty"`
	// Code is the stable name of what was found: FIELD_REMOVED, a composition
	// code, a lint rule.
	Code string `json:"code"`
	// Subject is what it is about: a coordinate, an operation.
	Subject string `json:"subject,omitempty"`
	// ID identifies the finding in approvals, or is "" for what nobody can approve.
	ID      string `json:"id,omitempty"`
	Message string `json:"message"`
	// Why is what it does to whom, Help what to do about it.
	Why  string `json:"why,omitempty"`
	Help string `json:"help,omitempty"`
	// Waived is why the finding does not count: it was approved, or nobody is
	// concerned. "" means that it counts.
	Waived string `json:"waived,omitempty"`
	// Notes are further sentences: who is concerned, what it is part of.
	Notes  []string `json:"notes,omitempty"`
	Places []Place  `json:"places,omitempty"`
	// Details is a longer text with lines of its own: a plan's difference.
	Details string `json:"details,omitempty"`
}

// Place is a position in a file, from 1; Line 0 stands for the file as a whole.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Length is that of what is meant, in characters; 0 means the word there.
	Length int `json:"-"`
	// Note says what is to be seen there.
	Note string `json:"note,omitempty"`
}

// String is "file:line:column".
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// Renamed returns the report with its files named otherwise.
func (r *Report) Renamed(name func(file string) string) *Report {
	out := &Report{Title: r.Title, Sections: slices.Clone(r.Sections), Sources: make(map[string]string, len(r.Sources))}
	for file, text := range r.Sources {
		out.Sources[name(file)] = text
	}
	for i := range out.Sections {
		s := &out.Sections[i]
		s.Findings = slices.Clone(s.Findings)
		for j := range s.Findings {
			f := &s.Findings[j]
			f.Places = slices.Clone(f.Places)
			for k := range f.Places {
				f.Places[k].File = name(f.Places[k].File)
			}
		}
	}
	return out
}

// Failed says whether an error counts.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Sections, func(s Section) bool { return slices.ContainsFunc(s.Findings, Finding.Fails) })
}

// Fails says whether the finding makes a run fail.
func (f Finding) Fails() bool { return f.Level == Error && f.Waived == "" }

// Verdict is one sentence about the run: "failed: 2 errors, 1 warning".
func (r *Report) Verdict() string {
	var fails, waived, warnings int
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			switch {
			case f.Fails():
				fails++
			case f.Waived != "":
				waived++
			case f.Level == Warning:
				warnings++
			}
		}
	}
	verdict := "passed"
	if fails > 0 {
		verdict = "failed: " + Count(fails, "error", "errors")
		if warnings > 0 {
			verdict += ", " + Count(warnings, "warning", "warnings")
		}
	} else if warnings > 0 {
		verdict += " with " + Count(warnings, "warning", "warnings")
	}
	if waived > 0 {
		verdict += " (" + Count(waived, "finding was", "findings were") + " let through)"
	}
	return verdict
}

// Count writes a number with its noun: "1 change", "2 changes".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// label is the word that people see for a finding.
func (f Finding) label() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Level.String()
}
