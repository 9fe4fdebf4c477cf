package measure

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// Plan says how targets are compared.
type Plan struct {
	// Rounds is how often each target has its turn.
	Rounds      int
	Connections int
	// Window is how long a turn lasts, Warm how long each target is asked before
	// the first.
	Window, Warm time.Duration
	// Progress is told of each window.
	Progress io.Writer
}

// Comparison is what one target showed beside the reference.
type Comparison struct {
	Target  *Target
	Windows []Result
	// Ratios are its CPU time for a request by that of the reference in the
	// windows before and after, one for each window.
	Ratios []float64
	// Peak is the most resident memory of its processes, in bytes.
	Peak int64
}

// Compare loads the targets in turns, each between two windows of the first,
// which is the reference. In every other round the order is reversed, so that
// nobody always follows the same one.
func Compare(ctx context.Context, targets []*Target, p Plan) ([]*Comparison, error) {
	all := make([]*Comparison, len(targets))
	for i, t := range targets {
		all[i] = &Comparison{Target: t}
		if _, err := t.Load(ctx, p.Connections, p.Warm); err != nil {
			return nil, err
		}
	}
	last, err := all[0].window(ctx, p)
	if err != nil {
		return nil, err
	}
	for range p.Rounds {
		others := all[1:]
		for _, c := range others {
			this, err := c.window(ctx, p)
			if err != nil {
				return nil, err
			}
			next, err := all[0].window(ctx, p)
			if err != nil {
				return nil, err
			}
			c.Ratios = append(c.Ratios, 2*float64(this.CPU)/float64(last.CPU+next.CPU))
			last = next
		}
		slices.Reverse(others)
	}
	for _, c := range all {
		usage, err := UsageOf(c.Target.Processes...)
		if err != nil {
			return nil, err
		}
		c.Peak = usage.Peak
	}
	slices.SortFunc(all, func(a, b *Comparison) int {
		return slices.Index(targets, a.Target) - slices.Index(targets, b.Target)
	})
	return all, nil
}

func (c *Comparison) window(ctx context.Context, p Plan) (Result, error) {
	r, err := c.Target.Load(ctx, p.Connections, p.Window)
	if err != nil {
		return r, err
	}
	if r.Failed > 0 || r.Requests == 0 || r.CPU == 0 {
		return r, fmt.Errorf("%s: %d of %d answers are wrong, CPU %s", c.Target.Name, r.Failed, r.Requests, r.CPU)
	}
	c.Windows = append(c.Windows, r)
	fmt.Fprintf(p.Progress, "%-40s %4d connections %7d requests  CPU %8s  p50 %8s  p99 %8s\n", c.Target.Name, p.Connections, r.Requests,
		r.CPU.Round(time.Microsecond), r.P50.Round(10*time.Microsecond), r.P99.Round(10*time.Microsecond))
	return r, nil
}

// Spread is a median with the least and the greatest.
type Spread struct{ Median, Least, Most float64 }

// SpreadOf returns the spread of values; of none it is zero.
func SpreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return Spread{median, sorted[0], sorted[len(sorted)-1]}
}

// String writes "1.23 (1.10–1.40)".
func (s Spread) String() string {
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.Median, s.Least, s.Most)
}

// Of returns the spread of a quantity of the windows.
func (c *Comparison) Of(quantity func(Result) float64) Spread {
	values := make([]float64, len(c.Windows))
	for i, w := range c.Windows {
		values[i] = quantity(w)
	}
	return SpreadOf(values)
}

// Quantities of windows, in the units of the tables.
var (
	// CPUPerThousand is in seconds for 1,000 requests.
	CPUPerThousand = func(r Result) float64 { return r.CPU.Seconds() * 1000 }
	// PerSecond is how many requests were answered in a second.
	PerSecond = func(r Result) float64 { return float64(r.Requests) / r.Took.Seconds() }
	// P50 and P99 are in milliseconds.
	P50 = func(r Result) float64 { return float64(r.P50) / float64(time.Millisecond) }
	P99 = func(r Result) float64 { return float64(r.P99) / float64(time.Millisecond) }
)
