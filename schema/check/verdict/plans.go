package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/check/documents"
)

// PlanPair is how an operation is planned before and after a change. A plan that
// is missing could not be made, for the reason in its error, or was not asked
// for.
type PlanPair struct {
	Old, New       *Plan
	OldErr, NewErr error
}

// plans plans an operation that is valid on the new side, and on the old one if
// it was valid there.
func plans(old, new *Side, op *documents.Operation, was bool) PlanPair {
	var p PlanPair
	if old != nil && was {
		p.Old, _, p.OldErr = old.Engine.Plan(op.Text)
	}
	p.New, _, p.NewErr = new.Engine.Plan(op.Text)
	return p
}

// PlanChange is one way in which a plan became worse.
type PlanChange struct {
	// Code is its stable name.
	Code    string
	Message string
}

// notably is by how much an estimate has to grow to be worth a word: it is an
// estimate.
const notably = 1.5

// Worse lists in which ways the new plan is worse, the gravest first.
func (p PlanPair) Worse() []PlanChange {
	switch {
	case p.OldErr == nil && p.NewErr != nil && p.Old != nil:
		return []PlanChange{{PlanImpossible, "the operation can no longer be planned: " + p.NewErr.Error()}}
	case p.Old == nil || p.New == nil:
		return nil
	}
	var out []PlanChange
	if n := p.New.Steps - p.Old.Steps; n > 0 {
		out = append(out, PlanChange{PlanStepsAdded, fmt.Sprintf("its requests go out in %d steps after each other instead of %d", p.New.Steps, p.Old.Steps)})
	}
	if n := p.New.Requests - p.Old.Requests; n > 0 {
		out = append(out, PlanChange{PlanRequestsAdded, fmt.Sprintf("%d requests to subgraphs instead of %d", p.New.Requests, p.Old.Requests)})
	}
	if p.New.Cost >= notably*p.Old.Cost && p.New.Cost > p.Old.Cost {
		out = append(out, PlanChange{PlanCostRaised, fmt.Sprintf("the estimated cost is %.0f instead of %.0f", p.New.Cost, p.Old.Cost)})
	}
	return out
}

// Changed says whether the plans differ in anything.
func (p PlanPair) Changed() bool {
	if p.Old == nil || p.New == nil {
		return (p.Old == nil) != (p.New == nil)
	}
	return p.Old.Text != p.New.Text || p.Old.Cost != p.New.Cost
}

// Row shows the pair as cells: requests, steps, cost and subgraphs.
func (p PlanPair) Row() []string {
	cell := func(of func(*Plan) string) string {
		before, after := "none", "none"
		if p.Old != nil {
			before = of(p.Old)
		}
		if p.New != nil {
			after = of(p.New)
		}
		if before == after {
			return after
		}
		return before + " → " + after
	}
	return []string{
		cell(func(p *Plan) string { return fmt.Sprint(p.Requests) }),
		cell(func(p *Plan) string { return fmt.Sprint(p.Steps) }),
		cell(func(p *Plan) string { return fmt.Sprintf("%.0f", p.Cost) }),
		cell(func(p *Plan) string { return strings.Join(p.Subgraphs, ", ") }),
	}
}

// Diff shows the difference of the plans' texts, with three lines around each
// change.
func (p PlanPair) Diff() string {
	if p.Old == nil || p.New == nil {
		return ""
	}
	return lineDiff(strings.Split(strings.TrimSuffix(p.Old.Text, "\n"), "\n"), strings.Split(strings.TrimSuffix(p.New.Text, "\n"), "\n"))
}

// around is how many equal lines are shown beside a difference.
const around = 3

// lineDiff writes the lines of both texts in order, those that only one has
// behind "-" and "+".
func lineDiff(old, new []string) string {
	lines := mergeLines(old, new)
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l[0] != ' ' {
			for j := max(0, i-around); j < min(len(lines), i+around+1); j++ {
				near[j] = true
			}
		}
	}
	var b strings.Builder
	for i, l := range lines {
		switch {
		case near[i]:
			b.WriteString(l + "\n")
		case i == 0 || near[i-1]:
			b.WriteString("…\n")
		}
	}
	return b.String()
}

// mergeLines finds the longest common sequence of lines, in a table of the
// lengths that remain; equal beginnings and ends, and texts too long for a
// table, are taken as they are.
func mergeLines(old, new []string) []string {
	start := 0
	for start < len(old) && start < len(new) && old[start] == new[start] {
		start++
	}
	end := 0
	for end < len(old)-start && end < len(new)-start && old[len(old)-1-end] == new[len(new)-1-end] {
		end++
	}
	out := marked(" ", old[:start])
	out = append(out, mergeMiddle(old[start:len(old)-end], new[start:len(new)-end])...)
	return append(out, marked(" ", old[len(old)-end:])...)
}

// maxTable bounds the table of mergeMiddle.
const maxTable = 4_000_000

func mergeMiddle(old, new []string) []string {
	if len(old)*len(new) > maxTable {
		return append(marked("-", old), marked("+", new)...)
	}
	width := len(new) + 1
	common := make([]int32, (len(old)+1)*width)
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if old[i] == new[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(old) && j < len(new) {
		switch {
		case old[i] == new[j]:
			out = append(out, " "+old[i])
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			out = append(out, "-"+old[i])
			i++
		default:
			out = append(out, "+"+new[j])
			j++
		}
	}
	return slices.Concat(out, marked("-", old[i:]), marked("+", new[j:]))
}

func marked(mark string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = mark + l
	}
	return out
}
