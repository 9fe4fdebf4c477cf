package plan

import (
	"cmp"
	"errors"
	"slices"
)

// Bounds of the search. Beyond its first, greedy descent it tries maxBranches
// alternatives at the most; when comparing drafts has looked at maxWork steps,
// it compares no more and takes what starts earliest; and it gives up after
// maxTaken options, which only plans with very many dead ends can need.
const (
	maxBranches = 1_000
	maxWork     = 2_000_000
	maxTaken    = 1_000_000
)

// searcher chooses an option for every goal so that the plan costs least: a
// depth-first branch and bound whose first descent is greedy. Taking an option
// can only add to the cost of what is taken already, so a partial plan that
// costs as much as the best whole one is given up.
type searcher struct {
	walker *walker
	draft  *draft
	// open are the goals still to be met.
	open []openGoal

	best     *draft
	bestCost cost

	branches, work, taken int
	err                   error
}

// openGoal is a goal and the step that waits for it, nil for the client's own.
type openGoal struct {
	*goal
	waiting *step
}

// search returns the cheapest plan found, as steps.
func search(w *walker, goals []*goal) (*draft, error) {
	s := &searcher{walker: w, draft: newDraft()}
	for _, g := range goals {
		s.open = append(s.open, openGoal{goal: g})
	}
	s.run()
	switch {
	case s.best != nil:
		return s.best, nil
	case s.taken > maxTaken:
		return nil, errTooComplex
	case s.err != nil:
		return nil, s.err
	default:
		return nil, errCircular
	}
}

var errCircular = errors.New("the keys and requirements that this operation needs depend on each other in a circle")

// run meets the open goals in every way that may be cheaper than the best plan.
func (s *searcher) run() {
	if len(s.open) == 0 {
		s.keep()
		return
	}
	g, index := s.next()
	for i, o := range s.choices(g) {
		if i > 0 && s.exhausted() || s.best != nil && !o.cost.less(s.bestCost) {
			break // choices are sorted by cost
		}
		if i > 0 {
			s.branches++
		}
		undo := s.take(g, o.option)
		s.run()
		undo()
	}
	s.open = slices.Insert(s.open, index, g)
}

// exhausted says that no more alternatives are to be tried, except to find any
// plan at all.
func (s *searcher) exhausted() bool {
	if s.best == nil {
		return s.taken > maxTaken
	}
	return s.branches >= maxBranches || s.work > maxWork
}

// keep remembers the plan at hand if it is the cheapest so far.
func (s *searcher) keep() {
	c := s.draft.cost()
	if s.best == nil || c.less(s.bestCost) {
		s.best, s.bestCost = s.draft.clone(), c
	}
}

// next takes the goal with the fewest options off the open ones, so that what
// is certain is known before anything is chosen.
func (s *searcher) next() (g openGoal, index int) {
	pick := len(s.open) - 1
	for i := pick; i >= 0 && len(s.open[pick].options) > 1; i-- {
		if len(s.open[i].options) < len(s.open[pick].options) {
			pick = i
		}
	}
	g = s.open[pick]
	s.open = slices.Delete(s.open, pick, pick+1)
	return g, pick
}

// choice is an option with the cost of the draft after taking it.
type choice struct {
	*option
	cost cost
}

// choices returns the options that can be taken, cheapest first. If one of them
// needs no new step it is the only choice: no other can be better for this goal,
// and what it adds for others these can add themselves.
func (s *searcher) choices(g openGoal) []choice {
	var out []choice
	var here choice
	for _, o := range g.options {
		if !s.draft.allows(o.way.start, g.waiting) {
			continue
		}
		c := choice{option: o}
		if s.draft.has(o.way.start, g.waiting) {
			_, c.cost.size = s.draft.missing(o.way)
			if here.option == nil || c.cost.size < here.cost.size {
				here = c
			}
		}
		out = append(out, c)
	}
	if here.option != nil {
		return []choice{{option: here.option}}
	}
	if len(out) > 1 && s.work <= maxWork {
		for i := range out {
			undo := s.take(g, out[i].option)
			out[i].cost = s.draft.cost()
			s.work += len(s.draft.order)
			undo()
		}
	}
	slices.SortStableFunc(out, func(a, b choice) int {
		return cmp.Or(a.cost.steps-b.cost.steps, a.cost.requests-b.cost.requests,
			a.way.start.depth-b.way.start.depth, a.cost.size-b.cost.size)
	})
	return out
}

// take meets the goal by the option and opens the goals that follow from it.
func (s *searcher) take(g openGoal, o *option) (undo func()) {
	s.taken++
	mark, open := s.draft.mark(), len(s.open)
	if fresh := s.draft.add(o.way, o.typename, g.waiting); fresh != nil {
		goals, err := s.walker.conditions(fresh.start)
		if err != nil {
			goals = []*goal{{}} // cannot be met
			if s.err == nil {
				s.err = err
			}
		}
		for i := len(goals) - 1; i >= 0; i-- {
			s.open = append(s.open, openGoal{goals[i], fresh})
		}
	}
	return func() {
		s.draft.rollback(mark)
		s.open = s.open[:open]
	}
}
