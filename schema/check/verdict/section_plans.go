package verdict

import (
	"fmt"

	"github.com/shopgraph/shopgraph/schema/report"
)

// plans reports the operations whose plans became worse, and shows all that
// changed in a table.
func (v *verdict) plans() {
	if len(v.outcomes) == 0 || v.New.Supergraph == nil {
		return
	}
	s := report.Section{Name: "Plans"}
	if v.Old == nil || v.Old.Supergraph == nil {
		v.plansAlone(s)
		return
	}
	table := &report.Table{Header: []string{"operation", "requests", "steps", "cost", "subgraphs"}}
	planned, changed := 0, 0
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
		if o.Status == Added && o.Plans.NewErr == nil {
			continue
		}
		changed++
		s.Findings = append(s.Findings, v.plan(o, label)...)
	}
	s.Summary = fmt.Sprintf("%s planned, %d otherwise than before", report.Count(planned, "operation", "operations"), changed)
	if len(table.Rows) > 0 {
		s.Table = table
	}
	v.add(s)
}

// plansAlone reports the operations that cannot be planned, where there are no
// plans to compare with.
func (v *verdict) plansAlone(s report.Section) {
	planned := 0
	for i := range v.outcomes {
		o := &v.outcomes[i]
		if o.Plans.New != nil {
			planned++
		}
		if o.Plans.NewErr != nil {
			s.Findings = append(s.Findings, impossible(o, report.Error, ""))
		}
	}
	s.Summary = report.Count(planned, "operation", "operations") + " can be planned"
	v.add(s)
}

// impossible reports an operation that cannot be planned.
func impossible(o *Outcome, level report.Level, as string) report.Finding {
	label := o.Operation.Label()
	return report.Finding{
		Level: level, Code: PlanImpossible, Subject: label, ID: PlanImpossible + " " + label, Places: whereOf(o),
		Message: "the operation cannot be planned" + as + ": " + o.Plans.NewErr.Error(),
	}
}

func whereOf(o *Outcome) []report.Place {
	return []report.Place{{File: o.Operation.Place.File, Line: o.Operation.Place.Line, Column: o.Operation.Place.Column}}
}

func (v *verdict) plan(o *Outcome, label string) []report.Finding {
	place := whereOf(o)
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
	switch {
	case out != nil || o.Plans.NewErr == nil:
	case o.Plans.OldErr != nil:
		out = append(out, impossible(o, report.Warning, ", as before"))
	default: // the operation is new
		out = append(out, impossible(o, report.Error, ""))
	}
	if out == nil {
		out = append(out, report.Finding{
			Level: report.Hidden, Label: "otherwise", Code: PlanChanged, Subject: label, Places: place,
			Message: "the operation is planned otherwise, with no more requests, steps or cost", Details: o.Plans.Diff(),
		})
	}
	return out
}
