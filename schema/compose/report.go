package compose

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/report"
)

// Report says for people and machines how composing went: the errors, or the
// hints of the result. The err is what Supergraph returned; one that is no
// federation.Errors is reported as it is.
func Report(result *Result, err error) *report.Report {
	r := reporter{out: &report.Report{Title: "shopgraph compose", Sources: map[string]string{}}}
	section := report.Section{Name: "Composition"}
	var errs federation.Errors
	switch {
	case errors.As(err, &errs):
		section.Summary = report.Count(len(errs), "error", "errors")
		for _, e := range errs {
			section.Findings = append(section.Findings, r.error(e))
		}
	case err != nil:
		section.Summary = err.Error()
	default:
		section.Summary = "the subgraphs compose"
		if n := len(result.Hints); n > 0 {
			section.Summary += ", with " + report.Count(n, "hint", "hints")
		}
		for _, h := range result.Hints {
			section.Findings = append(section.Findings, r.hint(h))
		}
	}
	r.out.Sections = []report.Section{section}
	return r.out
}

type reporter struct{ out *report.Report }

func (r *reporter) error(e *federation.Error) report.Finding {
	return report.Finding{
		Level: report.Error, Code: string(e.Code), Message: e.Text(), Help: e.Help, Places: r.places(e.Places),
	}
}

func (r *reporter) hint(h Hint) report.Finding {
	f := report.Finding{Level: report.Hidden, Label: strings.ToLower(h.Level.String()), Code: string(h.Code), Subject: h.Coordinate, Message: h.Message, Places: r.places(h.Places)}
	switch h.Level {
	case Warning:
		f.Level = report.Warning
	case Info:
		f.Level = report.Note
	}
	return f
}

// mostPlaces is how many places of one error are shown.
const mostPlaces = 6

func (r *reporter) places(all []federation.Place) []report.Place {
	var out []report.Place
	for _, p := range all {
		if p.Position == nil || p.Position.Src == nil || len(out) == mostPlaces {
			continue
		}
		r.out.Sources[p.Position.Src.Name] = p.Position.Src.Input
		column, length := federation.Extent(p.Position)
		out = append(out, report.Place{File: p.Position.Src.Name, Line: p.Position.Line, Column: column, Length: length, Note: note(p)})
	}
	return out
}

func note(p federation.Place) string {
	switch {
	case p.Subgraph == "":
		return p.Note
	case p.Note == "":
		return fmt.Sprintf("(subgraph %q)", p.Subgraph)
	default:
		return fmt.Sprintf("%s (subgraph %q)", p.Note, p.Subgraph)
	}
}
