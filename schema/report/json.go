package report

import (
	"encoding/json"
	"io"
)

// JSON writes the report for programs. The form is stable: members may be added,
// none changes its meaning while "version" is 1.
//
//	{"version": 1, "title": "shopgraph check", "ok": false, "verdict": "failed: 1 error",
//	 "sections": [{"name", "summary", "findings": [Finding], "table": {"header", "rows"}}]}
func JSON(w io.Writer, r *Report) error {
	type table struct {
		Header []string   `json:"header"`
		Rows   [][]string `json:"rows"`
	}
	type section struct {
		Name     string    `json:"name"`
		Summary  string    `json:"summary"`
		Findings []Finding `json:"findings"`
		Table    *table    `json:"table,omitempty"`
	}
	out := struct {
		Version  int       `json:"version"`
		Title    string    `json:"title"`
		OK       bool      `json:"ok"`
		Verdict  string    `json:"verdict"`
		Sections []section `json:"sections"`
	}{1, r.Title, !r.Failed(), r.Verdict(), []section{}}
	for _, s := range r.Sections {
		o := section{Name: s.Name, Summary: s.Summary, Findings: append([]Finding{}, s.Findings...)}
		if s.Table != nil {
			o.Table = &table{s.Table.Header, s.Table.Rows}
		}
		out.Sections = append(out.Sections, o)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
