package router

import (
	"encoding/json"
	"time"

	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/plan"
)

// planExtensions are the extensions of an answer that shows its plan: in our own
// form, and as Apollo's router gives it, for tools that look for that.
type planExtensions struct {
	QueryPlan shownPlan `json:"queryPlan"`
	Apollo    struct {
		Object *plan.Plan `json:"object"`
		Text   string     `json:"text"`
	} `json:"apolloQueryPlan"`
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

// extensions are those of an answer; nil for none.
func (p *planned) extensions(result *execute.Result) []byte {
	traces := result.Traces()
	if traces == nil {
		return nil
	}
	return p.showPlan(p.shownFetches(traces))
}

// unrun is the answer of an operation that was planned only.
func (p *planned) unrun() *Response {
	body := append([]byte(`{"data":null,"extensions":`), p.showPlan(nil)...)
	return &Response{Kind: p.operation.Kind, OperationName: p.operation.Name, Body: append(body, '}')}
}

func (p *planned) showPlan(fetches []shownFetch) []byte {
	it := p.program.Plan()
	e := planExtensions{QueryPlan: shownPlan{Text: it.String(), Plan: it, Fetches: fetches}}
	e.Apollo.Object, e.Apollo.Text = it, e.QueryPlan.Text
	text, _ := json.Marshal(e) // strings and numbers only: it cannot fail
	return text
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
