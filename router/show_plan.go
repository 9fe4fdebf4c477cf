package router

import (
	"encoding/json"
	"time"

	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/plan"
)

// extensions are those of an answer that its request asks for.
type extensions struct {
	QueryPlan *shownPlan  `json:"queryPlan,omitempty"`
	Apollo    *apolloPlan `json:"apolloQueryPlan,omitempty"`
	Cost      *shownCost  `json:"cost,omitempty"`
}

// apolloPlan is a plan as Apollo's router gives it, for tools that look for that.
type apolloPlan struct {
	Object *plan.Plan `json:"object"`
	Text   string     `json:"text"`
}

// shownCost is what the operation is estimated to cost, and may.
type shownCost struct {
	Estimated int `json:"estimated"`
	Max       int `json:"max,omitempty"`
}

// shownPlan is a plan, and how it went.
type shownPlan struct {
	Text string     `json:"text"`
	Plan *plan.Plan `json:"plan"`
	// Fetches are in the plan's order; null if nothing was run.
	Fetches []shownFetch `json:"fetches"`
}

// shownFetch is how a fetch went.
type shownFetch struct {
	// ID is that of the fetch's node in the plan.
	ID       int    `json:"id"`
	Subgraph string `json:"subgraph"`
	// Step numbers the sequential steps of the plan.
	Step int `json:"step"`
	// Sent is false for a fetch that had nothing to ask for; the members below
	// say nothing then.
	Sent bool `json:"sent"`
	// Status is the HTTP status; 0 where there was no answer.
	Status          int `json:"status"`
	RequestBytes    int `json:"requestBytes"`
	Bytes           int `json:"bytes"`
	Representations int `json:"representations"`
	// Start is counted from the first fetch.
	Start    int64 `json:"startMicros"`
	Duration int64 `json:"durationMicros"`
}

// extensions are those that a request asks for; nil for none. result is nil where
// nothing was run.
func (p *planned) extensions(of *prepared, result *execute.Result) []byte {
	if of.request.Plan == PlanHidden && !of.request.Cost {
		return nil
	}
	var e extensions
	if of.request.Plan != PlanHidden {
		it := p.program.Plan()
		text := it.String()
		e.QueryPlan, e.Apollo = &shownPlan{Text: text, Plan: it}, &apolloPlan{it, text}
		if result != nil {
			e.QueryPlan.Fetches = p.shownFetches(result.Traces())
		}
	}
	if of.request.Cost {
		e.Cost = &shownCost{of.cost, p.engine.cost.Max()}
	}
	text, _ := json.Marshal(e) // strings and numbers only: it cannot fail
	return text
}

// unrun is the answer of an operation that was planned only.
func (p *planned) unrun(of *prepared) *Response {
	body := append([]byte(`{"data":null,"extensions":`), p.extensions(of, nil)...)
	return p.answer(of, append(body, '}'))
}

func (p *planned) shownFetches(traces []execute.Trace) []shownFetch {
	shown := make([]shownFetch, len(traces))
	var first time.Time
	for i := range traces {
		if at := traces[i].Started; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	for i, f := range p.program.Plan().Fetches {
		shown[i] = shownFetch{ID: f.Index, Subgraph: f.Subgraph.Name, Step: f.Step}
		if t := &traces[i]; !t.Started.IsZero() {
			shown[i].Sent, shown[i].Status, shown[i].RequestBytes, shown[i].Bytes = true, t.Status, t.Sent, t.Received
			shown[i].Representations = t.Representations
			shown[i].Start, shown[i].Duration = t.Started.Sub(first).Microseconds(), t.Took.Microseconds()
		}
	}
	return shown
}
