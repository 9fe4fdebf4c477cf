package cost

import "slices"

// Estimate is what an operation costs, as far as that is known without its
// variables. It is immutable and safe for concurrent use.
type Estimate struct {
	weights *Weights
	sum     sum
}

// sum is what selections of one object cost.
type sum struct {
	constant int
	terms    []*term
	// choice is what an object has by its type; it may be nil.
	choice *choice
}

// choice is what fragments cost of which an object has those for its type. Each is
// estimated once, however many types of objects it is for.
type choice struct {
	parts []sum
	// objects are the parts that an object of a type has, by their positions.
	objects map[string][]int
}

// term is what a field costs that depends on variables.
type term struct {
	count counter
	of    sum // one element, or the one object
	// arguments is what the arguments cost that are known, inputs are the others.
	arguments int
	inputs    []input
}

// Of returns what the operation costs with these variables. The error, of package
// apierror, says that it costs too much, or that that cannot be known; not if the
// options say to measure only. The estimate of no weights is 0.
func (e *Estimate) Of(variables Variables) (int, error) {
	if e == nil {
		return 0, nil
	}
	r := request{variables: variables}
	cost := r.sum(&e.sum)
	switch {
	case e.weights.options.Measure:
		return cost, nil
	case r.fault != nil:
		return cost, r.fault
	case cost > e.weights.options.Max:
		return cost, e.weights.tooExpensive(cost)
	}
	return cost, nil
}

// Always returns the error of Of where it does not depend on variables.
func (e *Estimate) Always() error {
	if e == nil || !e.sum.isConstant() {
		return nil
	}
	_, err := e.Of(nil)
	return err
}

// request is an estimation for one request.
type request struct {
	variables Variables
	fault     error
}

func (r *request) sum(s *sum) int {
	total := s.constant
	for _, t := range s.terms {
		total = plus(total, r.term(t))
	}
	if s.choice != nil {
		total = plus(total, r.choice(s.choice))
	}
	return max(total, 0)
}

func (r *request) choice(c *choice) int {
	var room [16]int
	costs := room[:0]
	for i := range c.parts {
		costs = append(costs, r.sum(&c.parts[i]))
	}
	return c.costliest(costs)
}

// costliest is what an object of the costliest type costs, given what each part
// does.
func (c *choice) costliest(costs []int) int {
	costliest := 0
	for _, parts := range c.objects {
		cost := 0
		for _, i := range parts {
			cost = plus(cost, costs[i])
		}
		costliest = max(costliest, cost)
	}
	return costliest
}

// constants are what the parts cost that need no variables.
func (c *choice) constants() []int {
	costs := make([]int, len(c.parts))
	for i := range c.parts {
		costs[i] = max(c.parts[i].constant, 0)
	}
	return costs
}

func (c *choice) isConstant() bool {
	return !slices.ContainsFunc(c.parts, func(part sum) bool { return !part.isConstant() })
}

func (r *request) term(t *term) int {
	total := plus(times(r.count(&t.count), r.sum(&t.of)), t.arguments)
	for _, in := range t.inputs {
		total = plus(total, in.field.ofLiteral(in.value, r.variables))
	}
	return total
}

// count is the number of elements that a list is expected to have.
func (r *request) count(c *counter) int {
	n, given := c.largest, c.given
	for _, s := range c.slices {
		size := s.standard
		if value, ok := r.variables.Lookup(s.variable); ok {
			if size = -1; value[0] != 'n' {
				size = sizeOf(string(value))
			}
		}
		if size >= 0 {
			n, given = max(n, size), given+1
		}
	}
	if c.required != nil && given != 1 && r.fault == nil {
		r.fault = unsliced(c.typ, c.field, c.required, given)
	}
	if given == 0 {
		return c.otherwise
	}
	return n
}

// isConstant says whether there is nothing to find out for a request.
func (t *term) isConstant() bool {
	return len(t.inputs) == 0 && t.count.isConstant() && t.of.isConstant()
}

func (s *sum) isConstant() bool { return len(s.terms) == 0 && s.choice == nil }

func (c *counter) isConstant() bool {
	return len(c.slices) == 0 && (c.required == nil || c.given == 1)
}
