package verdict

import (
	"fmt"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/report"
)

// operations judges the known operations, and reports those that break and those
// that cannot be read.
func (v *verdict) operations() error {
	if len(v.Operations) == 0 && len(v.Unreadable) == 0 {
		return nil
	}
	s := report.Section{Name: "Operations"}
	for _, p := range v.Unreadable {
		at := report.Place{File: p.File, Line: p.Line, Column: p.Column}
		s.Findings = append(s.Findings, report.Finding{
			Level: report.Error, Code: OperationUnreadable, Subject: at.String(), ID: "OPERATION_UNREADABLE " + p.File,
			Message: p.Message, Places: []report.Place{at},
		})
	}
	if v.New.API != nil && (v.Old == nil || v.Old.API != nil) {
		v.outcomes = Operations(v.Old, v.New, v.Operations, v.api)
	}
	status := map[Status]int{}
	for i := range v.outcomes {
		o := &v.outcomes[i]
		status[o.Status]++
		if f := v.outcome(o); f != nil {
			s.Findings = append(s.Findings, *f)
		}
	}
	if n := len(v.outcomes); n > 0 && status[Foreign] == n {
		return fmt.Errorf("%s valid on %s or %s, so nothing was checked: an operation of another graph? The first says %q",
			noneOf(n), v.Old.Name, v.New.Name, v.outcomes[0].Faults[0].Message)
	}
	s.Summary = v.counted(status)
	v.add(s)
	return nil
}

func noneOf(n int) string {
	if n == 1 {
		return "the operation is not"
	}
	return fmt.Sprintf("none of the %d operations is", n)
}

// counted says what became of the operations.
func (v *verdict) counted(status map[Status]int) string {
	if v.outcomes == nil {
		return report.Count(len(v.Operations), "operation was", "operations were") + " not checked, since there is no API to check against"
	}
	text := report.Count(len(v.outcomes), "operation", "operations")
	for _, of := range []Status{Broken, Foreign, Added, Affected, Unaffected} {
		if n := status[of]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, of)
		}
	}
	if v.Old == nil {
		text = fmt.Sprintf("%s, %d valid", report.Count(len(v.outcomes), "operation", "operations"), len(v.outcomes)-status[Broken])
	}
	return text
}

// outcome reports an operation, nil when there is nothing to say.
func (v *verdict) outcome(o *Outcome) *report.Finding {
	f := &report.Finding{Subject: o.Operation.Label(), Label: o.Status.String()}
	switch o.Status {
	case Broken:
		f.Level, f.Code = report.Error, OperationBroken
		f.Message = "the operation is no longer valid: " + o.Faults[0].Message
		if v.Old == nil {
			f.Code, f.Label, f.Message = OperationInvalid, "invalid", "the operation is not valid: "+o.Faults[0].Message
		}
		if v.Usage != nil && v.Usage.Counted.Requests > 0 && v.Usage.sent(o.Operation) == 0 {
			f.Waived = "nobody sent it " + v.Usage.window()
		}
	case Foreign:
		f.Level, f.Code = report.Warning, OperationInvalid
		f.Message = fmt.Sprintf("the operation is not valid, as on %s: %s", v.Old.Name, o.Faults[0].Message)
	case Affected:
		f.Level, f.Code = report.Note, OperationAffected
		f.Message = "the operation stays valid, but what it uses changes"
	default:
		return nil
	}
	f.ID = f.Code + " " + f.Subject
	for _, fault := range o.Faults {
		at := o.Operation.At(fault.Line, fault.Column)
		place := report.Place{File: at.File, Line: at.Line, Column: at.Column}
		if !at.Exact {
			place.Note = fmt.Sprintf("at %d:%d of the operation", fault.Line, fault.Column)
		}
		if len(f.Places) < maxPlaces {
			f.Places = append(f.Places, place)
		}
	}
	if len(o.Faults) > 1 {
		f.Notes = append(f.Notes, fmt.Sprintf("and %d more", len(o.Faults)-1))
	}
	f.Notes = append(f.Notes, v.causes(o)...)
	return f
}

// causes names the changes that concern an operation: for a broken one the
// breaking ones, unless only others are known.
func (v *verdict) causes(o *Outcome) []string {
	var breaking, all []string
	for _, i := range o.Changes {
		c := &v.api[i]
		all = append(all, c.ID())
		if c.Class == check.Breaking {
			breaking = append(breaking, c.ID())
		}
	}
	if o.Status == Broken && breaking != nil {
		all = breaking
	}
	if all == nil {
		return nil
	}
	return []string{"because of " + enumerate(all)}
}
