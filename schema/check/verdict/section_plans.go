package verdict

import (
	"fmt"

	"github.com/shopgraph/shopgraph/schema/report"
)

// plans reports the operations whose plans became worse, and shows all that
// changed in a table.
func (v *verdict) plans() {
	if v.Old == nil || len(v.outcomes) == 0 || v.Old.Supergraph == nil || v.New.Supergraph == nil {
		return
	}
	s := report.Section{Name: "Plans"}
	table := &report.Table{Header: []string{"operation", "requests", "steps", "cost", "subgraphs"}}
	planned := 0
	for i := range v.outcomes {
		o := &v.outcomes[i]
		if o.Plans.Old != nil || o.Plans.New != nil {
			planned++
		}
		if !o.Plans.Changed() && o.Plans.NewErr == nil {
			continue
		}
		label := o.Operation.Label()
		table.Rows = append(table.Rows, append([]string{label}, o.Plans.Row()...))
		s.Findings = append(s.Findings, v.plan(o, label)...)
	}
	s.Summary = fmt.Sprintf("%s planned, %d otherwise than before", report.Count(planned, "operation", "operations"), len(table.Rows))
	if len(table.Rows) > 0 {
		s.Table = table
	}
	v.add(s)
}

func (v *verdict) plan(o *Outcome, label string) []report.Finding {
	place := []report.Place{{File: o.Operation.Place.File, Line: o.Operation.Place.Line, Column: o.Operation.Place.Column}}
	var out []report.Finding
	for _, w := range o.Plans.Worse() {
		f := report.Finding{
			Level: report.Warning, Label: "worse", Code: w.Code, Subject: label, ID: w.Code + " " + label, Message: w.Message, Places: place,
		}
		if w.Code == PlanImpossible {
			f.Label = "broken"
		}
		if w.Code == PlanImpossible || v.Settings.PlansFail {
			f.Level = report.Error
		}
		if len(out) == 0 {
			f.Details = o.Plans.Diff()
		}
		out = append(out, f)
	}
	if out == nil && o.Plans.NewErr != nil {
		out = append(out, report.Finding{
			Level: report.Warning, Code: PlanImpossible, Subject: label, ID: PlanImpossible + " " + label, Places: place,
			Message: "the operation cannot be planned, as before: " + o.Plans.NewErr.Error(),
		})
	}
	if out == nil {
		out = append(out, report.Finding{
			Level: report.Hidden, Label: "otherwise", Code: PlanChanged, Subject: label, Places: place,
			Message: "the operation is planned otherwise, with no more requests, steps or cost", Details: o.Plans.Diff(),
		})
	}
	return out
}
