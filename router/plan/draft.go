package plan

import (
	"slices"
	"strings"
)

// draft is a plan in the making: steps with what each selects and waits for.
// Everything added can be rolled back.
type draft struct {
	steps map[*start]*step
	order []*step
	undo  []func()

	// The memory of cost is kept, since it is asked for very often.
	tasks     []task
	scheduler scheduler
}

// step is a fetch in the making.
type step struct {
	start *start
	root  *node
	// size counts the selected fields.
	size int
	// index is the position in the draft's order.
	index int
	// waits are the steps that must be done before.
	waits []wait
}

// wait is a step that must be done before, for a number of reasons.
type wait struct {
	*step
	reasons int
}

// node is a selection set of a step: what it selects of the objects of one
// layout, for a runtime type or for all.
type node struct {
	way    *way // how one got here; its node is the type in the subgraph
	fields []*nodeField
	casts  []*node
	// typename says that the runtime type is wanted.
	typename bool
}

type nodeField struct {
	slot  int
	way   *way // ends at this field
	below *node
}

// cost orders plans: fewer fetches in sequence are better, then fewer requests,
// then fewer fields, then fields that are had sooner.
type cost struct {
	steps, requests, size int
	// late is for how many steps the fields are waited for, all together.
	late int
}

func (c cost) less(d cost) bool {
	switch {
	case c.steps != d.steps:
		return c.steps < d.steps
	case c.requests != d.requests:
		return c.requests < d.requests
	case c.size != d.size:
		return c.size < d.size
	default:
		return c.late < d.late
	}
}

func newDraft() *draft { return &draft{steps: map[*start]*step{}} }

func (d *draft) mark() int { return len(d.undo) }

func (d *draft) rollback(mark int) {
	for i := len(d.undo) - 1; i >= mark; i-- {
		d.undo[i]()
	}
	d.undo = d.undo[:mark]
}

// allows says whether waiting may wait for a step with this start without a
// circle.
func (d *draft) allows(s *start, waiting *step) bool {
	if waiting == nil {
		return true
	}
	target := d.steps[s]
	return target == nil || !target.waitsFor(waiting, map[*step]bool{})
}

// has says whether there is a step with this start that waiting waits for
// already, or that nothing needs to wait for.
func (d *draft) has(s *start, waiting *step) bool {
	target := d.steps[s]
	return target != nil && (waiting == nil || target != waiting && waiting.waitsFor(target, map[*step]bool{}))
}

// missing counts the moves of the way that the draft does not make yet; at is
// the node at its end, nil if that is missing or a leaf.
func (d *draft) missing(w *way) (at *node, n int) {
	if w.prev == nil {
		return d.steps[w.start].root, 0
	}
	at, n = d.missing(w.prev)
	if at == nil {
		return nil, n + 1
	}
	if w.cast != "" {
		for _, c := range at.casts {
			if c.way.cast == w.cast {
				return c, n
			}
		}
		return nil, n + 1
	}
	for _, f := range at.fields {
		if f.slot == w.slot {
			return f.below, n
		}
	}
	return nil, n + 1
}

// waitsFor says whether s is other, or waits for it through any number of steps.
func (s *step) waitsFor(other *step, seen map[*step]bool) bool {
	if s == other {
		return true
	}
	for _, before := range s.waits {
		if !seen[before.step] {
			seen[before.step] = true
			if before.waitsFor(other, seen) {
				return true
			}
		}
	}
	return false
}

// waitFor adds a reason to wait for a step.
func (s *step) waitFor(before *step) (undo func()) {
	i := slices.IndexFunc(s.waits, func(w wait) bool { return w.step == before })
	if i < 0 {
		i = len(s.waits)
		s.waits = append(s.waits, wait{before, 0})
	}
	s.waits[i].reasons++
	return func() {
		if s.waits[i].reasons--; s.waits[i].reasons == 0 {
			s.waits = s.waits[:i] // those after it are gone already
		}
	}
}

// add lets the draft go the way to its end; it returns the step if that is new,
// so that its conditions still have to be met.
func (d *draft) add(w *way, typename bool, waiting *step) (fresh *step) {
	s := d.steps[w.start]
	if s == nil {
		s = d.addStep(w.start)
		fresh = s
	}
	if waiting != nil {
		d.undo = append(d.undo, waiting.waitFor(s))
	}
	end := d.follow(s, w)
	if typename && end != nil && !end.typename {
		end.typename = true
		s.size++
		d.undo = append(d.undo, func() { end.typename = false; s.size-- })
	}
	return fresh
}

func (d *draft) addStep(at *start) *step {
	s := &step{start: at, root: &node{way: at.begin()}, index: len(d.order)}
	d.steps[at] = s
	d.order = append(d.order, s)
	d.undo = append(d.undo, func() {
		delete(d.steps, at)
		d.order = d.order[:len(d.order)-1]
	})
	return s
}

// follow returns the node at the end of the way, nil when that is a leaf.
func (d *draft) follow(s *step, w *way) *node {
	if w.prev == nil {
		return s.root
	}
	at := d.follow(s, w.prev)
	if w.cast != "" {
		return d.cast(at, w)
	}
	return d.field(s, at, w)
}

func (d *draft) cast(at *node, w *way) *node {
	for _, c := range at.casts {
		if c.way.cast == w.cast {
			return c
		}
	}
	c := &node{way: w}
	at.casts = append(at.casts, c)
	d.undo = append(d.undo, func() { at.casts = at.casts[:len(at.casts)-1] })
	return c
}

func (d *draft) field(s *step, at *node, w *way) *node {
	for _, f := range at.fields {
		if f.slot == w.slot {
			return f.below
		}
	}
	f := &nodeField{slot: w.slot, way: w}
	if w.node != nil {
		f.below = &node{way: w}
	}
	at.fields = append(at.fields, f)
	s.size++
	d.undo = append(d.undo, func() {
		at.fields = at.fields[:len(at.fields)-1]
		s.size--
	})
	return f.below
}

// cost of the draft as it stands. A step whose conditions are not met yet counts
// with the depth that they will have at the least.
func (d *draft) cost() cost {
	var c cost
	d.level(func(s *step) int { return s.start.depth })
	for i, t := range d.tasks {
		c.steps = max(c.steps, t.level+1)
		c.size += d.order[i].size
		c.late += d.order[i].size * t.level
	}
	c.requests = d.scheduler.schedule(d.tasks)
	return c
}

// schedule returns the draft's steps, in its order, as tasks of the fewest
// requests.
func (d *draft) schedule() []task {
	d.level(func(*step) int { return 0 })
	d.scheduler.schedule(d.tasks)
	return d.tasks
}

// level makes tasks of the steps, at the earliest levels they can have; least is
// a lower bound for a step's level.
func (d *draft) level(least func(*step) int) {
	d.tasks = slices.Grow(d.tasks[:0], len(d.order))[:len(d.order)]
	for i, s := range d.order {
		d.tasks[i] = task{subgraph: s.start.subgraph(), level: -1, after: d.tasks[i].after[:0], alone: s.alone()}
	}
	for _, s := range d.order {
		d.levelOf(s, least)
	}
}

func (d *draft) levelOf(s *step, least func(*step) int) int {
	t := &d.tasks[s.index]
	if t.level >= 0 {
		return t.level
	}
	level := least(s)
	for _, before := range s.waits {
		t.after = append(t.after, before.index)
		level = max(level, d.levelOf(before.step, least)+1)
	}
	t.level = level
	return level
}

// alone says that the step cannot share a request: since what it fetches are no
// entities, or since it takes arguments from enclosing objects.
func (s *step) alone() bool {
	return s.start.entry == nil && s.start.place.length > 0 || len(s.start.contexts) > 0
}

// clone copies the draft, without its undo log, and with the fields of each
// selection in the order of their slots, which is the client's.
func (d *draft) clone() *draft {
	c := &draft{steps: map[*start]*step{}}
	for _, s := range d.order {
		copied := &step{start: s.start, root: s.root.clone(), size: s.size, index: s.index}
		c.steps[s.start] = copied
		c.order = append(c.order, copied)
	}
	for _, s := range d.order {
		for _, before := range s.waits {
			c.order[s.index].waits = append(c.order[s.index].waits, wait{c.order[before.index], before.reasons})
		}
	}
	return c
}

func (n *node) clone() *node {
	c := &node{way: n.way, typename: n.typename}
	for _, f := range n.fields {
		copied := *f
		if f.below != nil {
			copied.below = f.below.clone()
		}
		c.fields = append(c.fields, &copied)
	}
	for _, cast := range n.casts {
		c.casts = append(c.casts, cast.clone())
	}
	slices.SortFunc(c.fields, func(a, b *nodeField) int { return a.slot - b.slot })
	slices.SortFunc(c.casts, func(a, b *node) int { return strings.Compare(a.way.cast, b.way.cast) })
	return c
}
