package verdict

import (
	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/check/documents"
)

// Engine is what a check asks a router: what it would do with an operation on
// one schema.
type Engine interface {
	// Validate returns what is wrong with a document, nil when it is valid.
	Validate(text string) []Fault
	// Plan plans the only operation of a valid document. planned is false where
	// the engine knows an API schema only, and so no subgraphs.
	Plan(text string) (p *Plan, planned bool, err error)
}

// Fault is one reason why a document is not valid. Line and Column are those of
// its text.
type Fault struct {
	Line, Column int
	Message      string
}

// Plan is what counts of a query plan.
type Plan struct {
	// Requests is the number of requests to subgraphs, Steps how many of them
	// wait for each other.
	Requests, Steps int
	// Cost is an estimate of the objects and fields that subgraphs resolve.
	Cost float64
	// Subgraphs are those that are asked, in the order of the requests.
	Subgraphs []string
	// Text is the plan as routers print it.
	Text string
}

// Status is what becomes of an operation.
type Status int

// The statuses, from harmless to harmful.
const (
	// Unaffected operations use nothing that changed harmfully.
	Unaffected Status = iota
	// Affected operations stay valid, but a breaking or dangerous change concerns
	// them.
	Affected
	// Added operations are valid on the new schema only: clients are about to send
	// them.
	Added
	// Foreign operations are valid on neither schema.
	Foreign
	// Broken operations were valid and are not any more.
	Broken
)

// String returns "unaffected", "affected", "new", "invalid before" or "broken".
func (s Status) String() string {
	return [...]string{"unaffected", "affected", "new", "invalid before", "broken"}[s]
}

// Outcome is what the change of a schema means for one operation.
type Outcome struct {
	Operation *documents.Operation
	Status    Status
	// Faults are why it is not valid on the new schema.
	Faults []Fault
	// Changes are the breaking and dangerous changes that concern it, as indexes
	// into those given.
	Changes []int
	// Uses are the coordinates of the old schema that it uses.
	Uses []string
	// Plans holds the plans of an operation that is valid on both.
	Plans PlanPair
}

// Operations judges operations. Without an old side each one that is not valid
// on the new one is Broken.
func Operations(old, new *Side, operations []*documents.Operation, changes []check.Change) []Outcome {
	out := make([]Outcome, len(operations))
	for i, op := range operations {
		out[i] = judge(old, new, op, changes)
	}
	return out
}

func judge(old, new *Side, op *documents.Operation, changes []check.Change) Outcome {
	o := Outcome{Operation: op, Faults: new.Engine.Validate(op.Text)}
	was, is := old == nil || old.Engine.Validate(op.Text) == nil, o.Faults == nil
	switch {
	case was && !is:
		o.Status = Broken
	case !was && is:
		o.Status = Added
	case !was:
		o.Status = Foreign
		return o
	}
	if old != nil && was {
		o.Uses = check.UsesOf(old.API, op.Text)
		o.concern(changes)
	}
	if is {
		o.Plans = plans(old, new, op, was)
	}
	return o
}

// concern notes the harmful changes that concern the operation.
func (o *Outcome) concern(changes []check.Change) {
	for i := range changes {
		if changes[i].Class != check.Safe && changes[i].Concerns(o.Uses) {
			o.Changes = append(o.Changes, i)
			o.Status = max(o.Status, Affected)
		}
	}
}
