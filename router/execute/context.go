package execute

import "github.com/shopgraph/shopgraph/router/plan"

// contextVariable is a plan.Context made ready.
type contextVariable struct {
	name  string
	steps int
	value []input
}

func (c *compiler) contexts(list []plan.Context) []contextVariable {
	var out []contextVariable
	for _, v := range list {
		out = append(out, contextVariable{name: v.Variable, steps: v.Steps, value: c.inputs(v.Value)})
	}
	return out
}

// groups divides the objects of a target by the values that their contexts have:
// each group becomes an _entities field of its own, with a batch of its own.
type groups struct {
	*Result
	entities *entities
	state    *fetchState
	// enclosing are the objects on the way to the current one, by the number of
	// steps that lead to them.
	enclosing []Value
	// numbers finds groups by their values.
	numbers map[string]int
	// representations are those of each group.
	representations [][]byte
	// values are the members of "variables" that stand for the contexts.
	values [][]byte
}

// prepareGroups makes the request of a fetch with contexts.
func (r *Result) prepareGroups(f *fetch, s *fetchState) (send bool) {
	e := &f.entities[0]
	g := groups{Result: r, entities: e, state: s, numbers: map[string]int{}}
	g.walk(r.root, 0)
	if len(g.numbers) == 0 {
		return false
	}
	if len(g.numbers) == 1 {
		s.body = append(s.body[:0], f.body...)
	} else {
		s.body = append(appendHead(s.body[:0], f.Fetch, f.TextOf(len(g.numbers))), variablesKey...)
	}
	start := len(s.body)
	s.body = r.appendVariables(s.body, f)
	for n := range g.representations {
		_, suffix := e.plan.Group(n)
		s.body = append(separate(s.body, start), g.values[n]...)
		s.body = append(append(s.body, key(e.plan.Variable+suffix)...), '[')
		s.body = append(append(s.body, g.representations[n]...), ']')
		send = send || len(s.batches[n].unique) > 0
	}
	s.body = append(s.body, "}}"...)
	s.call.Body = s.body
	return send
}

// walk goes from an object that so many steps of the target's path lead to, or
// from a list of such, to the target's objects.
func (g *groups) walk(v Value, steps int) {
	switch v.Kind() {
	case List:
		for _, element := range g.Elements(v) {
			g.walk(element, steps)
		}
	case Object:
		g.enclosing = append(g.enclosing[:steps], v)
		target := &g.entities.targets[0]
		if steps == len(target.place) {
			g.represent(v, target)
			return
		}
		if step := target.place[steps]; step.types == nil || step.types.has(g.Type(v)) {
			g.walk(g.Slots(v)[step.slot], steps+1)
		}
	}
}

// represent adds the object to its group.
func (g *groups) represent(object Value, target *target) {
	var values []byte
	for i := range g.entities.contexts {
		c := &g.entities.contexts[i]
		values = append(g.appendContext(values, g.enclosing[c.steps], c.value), ',')
	}
	n, ok := g.numbers[string(values)]
	if !ok {
		n = len(g.numbers)
		g.numbers[string(values)] = n
		g.representations = append(g.representations, nil)
		g.values = append(g.values, g.members(n))
		if n == len(g.state.batches) {
			g.state.batches = append(g.state.batches, batch{})
		}
	}
	g.representations[n] = g.representOne(g.representations[n], &g.state.batches[n], object, 0, target.representations)
}

// members are the contexts' variables of the n-th group, each with a comma after
// it, with the values of the current object.
func (g *groups) members(n int) []byte {
	var out []byte
	_, suffix := g.entities.plan.Group(n)
	for i := range g.entities.contexts {
		c := &g.entities.contexts[i]
		out = append(out, key(c.name+suffix)...)
		out = append(g.appendContext(out, g.enclosing[c.steps], c.value), ',')
	}
	return out
}

// appendContext appends the value that the fields lead to: the first field that
// applies to an object's type, and so on. What is not there is null.
func (g *groups) appendContext(out []byte, v Value, fields []input) []byte {
	switch kind := v.Kind(); {
	case kind == List:
		out = append(out, '[')
		for i, element := range g.Elements(v) {
			if i > 0 {
				out = append(out, ',')
			}
			out = g.appendContext(out, element, fields)
		}
		return append(out, ']')
	case kind == Object:
		for i := range fields {
			if f := &fields[i]; f.types == nil || f.types.has(g.Type(v)) {
				return g.appendContext(out, g.Slots(v)[f.slot], f.fields)
			}
		}
	case kind > Null && len(fields) == 0:
		return append(out, g.Text(v)...)
	}
	return append(out, "null"...)
}
