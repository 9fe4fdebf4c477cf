package plan

import (
	"cmp"
	"math"
	"slices"
)

// task is a step as the schedule sees it.
type task struct {
	subgraph int
	// level is the sequential step of the plan in which the task runs, from 0.
	level int
	// after are the indexes of the tasks that must run in an earlier level.
	after []int
	// alone says that the task cannot share a request.
	alone bool
	// deadline is the earliest level of those that wait for the task.
	deadline int
}

// scheduler keeps its memory from one schedule to the next.
type scheduler struct {
	order []int
	// later is, by subgraph, the earliest level found so far at which there is a
	// request that others can share; 0 for none.
	later []int
}

// schedule moves tasks to later levels where that lets them share a request with
// others of their subgraph, without making the plan longer, and returns the
// number of requests. Levels come in as the earliest possible ones. Later levels
// go first, since a task that moves gives room to those it waits for. The tasks
// of level 0 stay: they start from the root.
func (s *scheduler) schedule(tasks []task) (requests int) {
	s.order, s.later = s.order[:0], s.later[:0]
	for i := range tasks {
		tasks[i].deadline = math.MaxInt
		s.order = append(s.order, i)
		for len(s.later) <= tasks[i].subgraph {
			s.later = append(s.later, 0)
		}
	}
	slices.SortFunc(s.order, func(a, b int) int {
		return cmp.Or(tasks[b].level-tasks[a].level, tasks[a].subgraph-tasks[b].subgraph, a-b)
	})
	for rest := s.order; len(rest) > 0; {
		n := 1
		for n < len(rest) && sameRequest(&tasks[rest[0]], &tasks[rest[n]]) {
			n++
		}
		requests += s.place(tasks, rest[:n])
		rest = rest[n:]
	}
	return requests
}

func sameRequest(a, b *task) bool {
	return a.level == b.level && a.subgraph == b.subgraph
}

// place fixes the level of tasks that have one subgraph and level, and returns
// how many requests they need.
func (s *scheduler) place(tasks []task, group []int) (requests int) {
	level, subgraph := tasks[group[0]].level, tasks[group[0]].subgraph
	later, shares, canMove := s.later[subgraph], false, level > 0
	for _, i := range group {
		if tasks[i].alone {
			requests++
			continue
		}
		shares = true
		canMove = canMove && tasks[i].deadline > later
	}
	move := shares && canMove && later > 0
	if shares && !move {
		s.later[subgraph] = level
		requests++
	}
	for _, i := range group {
		t := &tasks[i]
		if move && !t.alone {
			t.level = later
		}
		for _, before := range t.after {
			tasks[before].deadline = min(tasks[before].deadline, t.level)
		}
	}
	return requests
}
