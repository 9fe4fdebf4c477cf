package plan

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

// schedule moves tasks to later levels where that lets them share a request
// with others of their subgraph, without moving the last level. Levels come in
// as the earliest possible ones.
func schedule(tasks []task) {
	for moved := true; moved; {
		moved = false
		for i := range tasks {
			moved = delay(tasks, i) || moved
		}
	}
}

// delay moves all tasks that share a request with task i to the earliest later
// level at which there is a request to the same subgraph, if none of them is
// waited for before that.
func delay(tasks []task, i int) bool {
	if tasks[i].alone {
		return false
	}
	to := -1
	for j := range tasks {
		t := &tasks[j]
		if t.subgraph == tasks[i].subgraph && !t.alone && t.level > tasks[i].level && (to < 0 || t.level < to) {
			to = t.level
		}
	}
	if to < 0 || tasks[i].level == 0 {
		return false
	}
	from := tasks[i].level
	shares := func(t *task) bool { return !t.alone && t.subgraph == tasks[i].subgraph && t.level == from }
	for j := range tasks {
		for _, before := range tasks[j].after {
			if tasks[j].level <= to && shares(&tasks[before]) {
				return false
			}
		}
	}
	subgraph := tasks[i].subgraph
	for j := range tasks {
		if t := &tasks[j]; !t.alone && t.subgraph == subgraph && t.level == from {
			t.level = to
		}
	}
	return true
}

// requests counts the requests of a schedule: one for each level and subgraph.
func requests(tasks []task) int {
	type request struct{ level, subgraph int }
	shared := map[request]bool{}
	n := 0
	for _, t := range tasks {
		if t.alone {
			n++
			continue
		}
		r := request{t.level, t.subgraph}
		if !shared[r] {
			shared[r] = true
			n++
		}
	}
	return n
}
