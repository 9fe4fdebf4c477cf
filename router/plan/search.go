package plan

import (
	"errors"
	"slices"
)

// maxBranches bounds how many alternatives the search tries beyond its first,
// greedy plan; maxTaken bounds all options ever taken.
const (
	maxBranches = 2_000
	maxTaken    = 500_000
)

// searcher chooses an option for every goal so that the plan costs least: a
// depth-first branch and bound whose first descent is greedy. Taking an option
// can only add to the cost of what is taken already, so a partial plan that
// costs as much as the best whole one is given up.
type searcher struct {
	walker *walker
	draft  *draft
	// open are the goals still to be met, the last one next.
	open []openGoal

	best     *draft
	bestCost cost
	branches int
	taken    int
	err      error
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
	if s.taken > maxTaken || s.best != nil && s.branches > maxBranches {
		if s.best == nil {
			s.err = errTooComplex
		}
		return
	}
	g, index := s.next()
	options := s.feasible(g)
	for i, o := range options {
		if s.best != nil && !o.cost.less(s.bestCost) {
			break // options are sorted by cost
		}
		if i > 0 {
			s.branches++
		}
		undo := s.take(g, o.option)
		s.run()
		undo()
		if o.free || s.taken > maxTaken || s.best != nil && s.branches > maxBranches {
			break
		}
	}
	s.open = slices.Insert(s.open, index, g)
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

// priced is an option with the cost of the draft after taking it.
type priced struct {
	*option
	cost  cost
	depth int
	// free says that the option needs no step that is not there already.
	free bool
}

// feasible returns the options that can be taken, cheapest first.
func (s *searcher) feasible(g openGoal) []priced {
	if len(g.options) == 1 {
		if o := g.options[0]; o.way == nil || s.draft.allows(o.way.start, g.waiting) {
			return []priced{{option: o}}
		}
		return nil
	}
	before := s.draft.cost()
	var out []priced
	for _, o := range g.options {
		if o.way != nil && !s.draft.allows(o.way.start, g.waiting) {
			continue
		}
		p := priced{option: o}
		if o.way != nil {
			p.depth = o.way.start.depth
		}
		steps := len(s.draft.order)
		undo := s.take(g, o)
		p.cost = s.draft.cost()
		p.free = len(s.draft.order) == steps && p.cost.steps == before.steps && p.cost.requests == before.requests
		undo()
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b priced) int {
		switch {
		case a.cost.steps != b.cost.steps:
			return a.cost.steps - b.cost.steps
		case a.cost.requests != b.cost.requests:
			return a.cost.requests - b.cost.requests
		case a.depth != b.depth:
			return a.depth - b.depth
		default:
			return a.cost.size - b.cost.size
		}
	})
	return out
}

// take meets the goal by the option and opens the goals that follow from it.
func (s *searcher) take(g openGoal, o *option) (undo func()) {
	s.taken++
	mark, open := s.draft.mark(), len(s.open)
	if o.way == nil {
		for _, more := range o.goals {
			s.open = append(s.open, openGoal{more, g.waiting})
		}
	} else if fresh := s.draft.add(o.way, o.typename, g.waiting); fresh != nil {
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
