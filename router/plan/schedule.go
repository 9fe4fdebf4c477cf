package plan

import "slices"

// task is a step as the schedule sees it.
type task struct {
	subgraph int
	// level is the sequential step of the plan in which the task runs, from 0.
	level int
	// after are the indexes of the tasks that must run in an earlier level.
	after []int
	// alone says that the task cannot share a request.
	alone bool
}

// request is a place in a schedule: the tasks of one subgraph at one level share a request.
type request struct{ level, subgraph int }

// schedule moves tasks to later levels where that lets them share a request
// with others of their subgraph, without making the plan longer. Levels come in
// as the earliest possible ones. Later levels go first, since a task that moves
// gives room to those it waits for.
func schedule(tasks []task) {
	shared := map[request][]int{}
	levels := map[int][]int{} // by subgraph
	last := 0
	for i, t := range tasks {
		if t.alone {
			continue
		}
		r := request{t.level, t.subgraph}
		if shared[r] == nil {
			levels[t.subgraph] = append(levels[t.subgraph], t.level)
		}
		shared[r] = append(shared[r], i)
		last = max(last, t.level)
	}
	waiting := waitingLists(tasks)
	for level := last - 1; level > 0; level-- {
		for subgraph, own := range levels {
			from := request{level, subgraph}
			if shared[from] == nil {
				continue
			}
			to := request{nextAfter(own, level), subgraph}
			if to.level < 0 || !canMove(tasks, waiting, shared[from], to.level) {
				continue
			}
			for _, i := range shared[from] {
				tasks[i].level = to.level
			}
			shared[to] = append(shared[to], shared[from]...)
			delete(shared, from)
			levels[subgraph] = slices.DeleteFunc(own, func(l int) bool { return l == level })
		}
	}
}

// waitingLists says for each task which tasks wait for it.
func waitingLists(tasks []task) [][]int {
	waiting := make([][]int, len(tasks))
	for i := range tasks {
		for _, before := range tasks[i].after {
			waiting[before] = append(waiting[before], i)
		}
	}
	return waiting
}

func nextAfter(levels []int, level int) int {
	next := -1
	for _, l := range levels {
		if l > level && (next < 0 || l < next) {
			next = l
		}
	}
	return next
}

// canMove says whether everything that waits for the tasks runs after the level.
func canMove(tasks []task, waiting [][]int, moving []int, level int) bool {
	for _, i := range moving {
		for _, j := range waiting[i] {
			if tasks[j].level <= level {
				return false
			}
		}
	}
	return true
}

// requests counts the requests of a schedule: one for each level and subgraph.
func requests(tasks []task) int {
	shared := map[request]bool{}
	n := 0
	for _, t := range tasks {
		r := request{t.level, t.subgraph}
		switch {
		case t.alone:
			n++
		case !shared[r]:
			shared[r] = true
			n++
		}
	}
	return n
}
