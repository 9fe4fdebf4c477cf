package verdict

import (
	"fmt"
	"time"

	"github.com/shopgraph/shopgraph/schema/check/documents"
	"github.com/shopgraph/shopgraph/schema/check/usage"
	"github.com/shopgraph/shopgraph/schema/report"
)

// Usage decides which breaking changes concern nobody.
type Usage struct {
	// Counted is what was used, completed from the known operations.
	Counted *usage.Usage
	// Unknown is the number of requests whose operations are not known.
	Unknown int64
	// MinPercent is the share of requests, in percent, below which a use does not
	// count.
	MinPercent float64
	// Days is the length of the window.
	Days int
}

// window says from when to when was counted.
func (u *Usage) window() string {
	return fmt.Sprintf("in the %d days to %s", u.Days, u.Counted.Last.Format(time.DateOnly))
}

// judge lets a finding through when too few use what it is about, and says who
// does otherwise. Whoever sent an operation that is not known may use anything.
func (u *Usage) judge(f *report.Finding, uses []string) {
	who := u.Counted.Of(uses)
	percent := 0.0
	if u.Counted.Requests > 0 {
		percent = 100 * float64(who.Requests+u.Unknown) / float64(u.Counted.Requests)
	}
	switch {
	case who.Requests+u.Unknown == 0:
		f.Waived = fmt.Sprintf("nobody used it %s (%d requests)", u.window(), u.Counted.Requests)
	case percent < u.MinPercent:
		f.Waived = fmt.Sprintf("used by %.2g %% of requests at most %s, less than %g %%", percent, u.window(), u.MinPercent)
	case who.Requests == 0:
		f.Notes = append(f.Notes, fmt.Sprintf("whether it is used cannot be told: %d requests %s were of operations that are not known (--operations)", u.Unknown, u.window()))
	default:
		f.Notes = append(f.Notes, fmt.Sprintf("used by %d requests %s, of %s", who.Requests, u.window(), enumerate(clients(who.Names))))
	}
}

func clients(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		if name == "" {
			out[i] = "(no name)"
		}
	}
	return out
}

// sent is how many requests an operation had, by its signature and the names that
// it is persisted under.
func (u *Usage) sent(op *documents.Operation) int64 {
	n := u.Counted.Sent(op.Signature)
	for _, id := range op.IDs {
		n += u.Counted.Sent(id)
	}
	return n
}
