package cost

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
)

// counter is how many elements a list is expected to have.
type counter struct {
	// largest is the largest of the sizes that are known, of which given are.
	largest, given int
	// slices are those that variables say.
	slices []slice
	// otherwise is the number if no size is given.
	otherwise int
	// required says that exactly one must be given, of the field typ.field; nil for
	// any.
	required   *listSize
	typ, field string
}

// slice is a slicing argument whose value is a variable.
type slice struct {
	variable string
	// standard is the size where the variable has no value; negative for none.
	standard int
}

var once = counter{otherwise: 1}

// input is an argument whose value depends on variables.
type input struct {
	field inputField
	value *ast.Value
}

// mutationWeight is what a mutation costs by itself.
const mutationWeight = 10

// Compile prepares the estimate of an operation; nil for no weights. Fields that
// are withheld cost nothing.
func (w *Weights) Compile(op *operation.Operation) *Estimate {
	if w == nil {
		return nil
	}
	e := &Estimate{weights: w, sum: w.selections(op.Root, []string{op.RootType.Name}, nil)}
	if op.Kind == ast.Mutation {
		e.sum.constant = plus(e.sum.constant, mutationWeight)
	}
	return e
}

// sizedFields are the fields below a field that have the size which that is given.
type sizedFields struct {
	names []string
	count counter
}

// selections is what they cost for an object that is one of the possible types.
func (w *Weights) selections(set operation.SelectionSet, possible []string, sized *sizedFields) sum {
	var out sum
	var choice choice
	for _, s := range set {
		switch s := s.(type) {
		case *operation.Field:
			if !s.Withheld && !s.IsTypename() && !s.IsIntrospection() {
				out.add(w.field(s, sized))
			}
		case *operation.InlineFragment:
			below := w.selections(s.Selections, s.PossibleTypes, sized)
			if len(s.PossibleTypes) == len(possible) {
				out.join(below)
			} else {
				choice.add(below, s.PossibleTypes)
			}
		}
	}
	if choice.isConstant() {
		out.constant = plus(out.constant, choice.costliest(choice.constants()))
	} else {
		out.choice = &choice
	}
	return out
}

// add adds a fragment for objects of these types.
func (c *choice) add(part sum, types []string) {
	if c.objects == nil {
		c.objects = map[string][]int{}
	}
	for _, object := range types {
		c.objects[object] = append(c.objects[object], len(c.parts))
	}
	c.parts = append(c.parts, part)
}

// add adds a field.
func (s *sum) add(t *term) {
	if t.isConstant() {
		r := request{}
		s.constant = plus(s.constant, r.term(t))
		return
	}
	s.terms = append(s.terms, t)
}

// join adds what else an object has.
func (s *sum) join(other sum) {
	s.constant = plus(s.constant, other.constant)
	s.terms = append(s.terms, other.terms...)
	if other.choice != nil {
		s.terms = append(s.terms, &term{count: once, of: sum{choice: other.choice}})
	}
}

func (w *Weights) field(f *operation.Field, sized *sizedFields) *term {
	c := w.fields[fieldKey{f.ParentType.Name, f.Name}]
	t := &term{count: once}
	var below *sizedFields
	isList := f.Definition.Type.Elem != nil
	switch {
	case isList && sized != nil && slices.Contains(sized.names, f.Name):
		t.count = sized.count
	case c != nil && c.size != nil && len(c.size.sized) > 0:
		below = &sizedFields{c.size.sized, w.count(f, c.size)}
		if isList {
			t.count = counter{otherwise: w.options.ListSize}
		}
	case isList && c != nil:
		t.count = w.count(f, c.size)
	case isList:
		t.count = counter{otherwise: w.options.ListSize}
	}
	t.of = w.selections(f.Selections, w.supergraph.Possible(f.Type.Name), below)
	t.of.constant = plus(t.of.constant, w.weight(f, c))
	if below != nil && !below.count.isConstant() {
		t.of.terms = append(t.of.terms, &term{count: below.count}) // costs nothing, and is refused also where no sized field is selected
	}
	w.arguments(t, f, c)
	return t
}

// weight is that of one object of the field, or of its value.
func (w *Weights) weight(f *operation.Field, c *fieldCost) int {
	if c != nil && c.weighs {
		return c.weight
	}
	if weight, ok := w.types[f.Type.Name]; ok {
		return weight
	}
	if !f.Type.IsAbstractType() {
		return standardWeight(f.Type)
	}
	weight := 0
	for _, object := range w.supergraph.Possible(f.Type.Name) {
		if own, ok := w.types[object]; ok {
			weight = max(weight, own)
		} else {
			weight = max(weight, 1)
		}
	}
	return weight
}

func standardWeight(def *ast.Definition) int {
	if def.IsCompositeType() {
		return 1
	}
	return 0
}

// count is how many elements the field's list is expected to have; size may be
// nil.
func (w *Weights) count(f *operation.Field, size *listSize) counter {
	c := counter{otherwise: w.options.ListSize}
	if size == nil {
		return c
	}
	if size.assumed >= 0 {
		c.otherwise = size.assumed
	}
	if size.requireOne {
		c.required, c.typ, c.field = size, f.ParentType.Name, f.Name
	}
	for _, a := range size.slicing {
		n := a.standard
		if arg := f.Arguments.ForName(a.name); arg != nil {
			switch arg.Value.Kind {
			case ast.Variable:
				c.slices = append(c.slices, slice{arg.Value.Raw, a.standard})
				continue
			case ast.NullValue:
				n = -1
			default:
				n = sizeOf(arg.Value.Raw)
			}
		}
		if n >= 0 {
			c.largest, c.given = max(c.largest, n), c.given+1
		}
	}
	return c
}

func (w *Weights) arguments(t *term, f *operation.Field, c *fieldCost) {
	if c == nil {
		return
	}
	for _, arg := range f.Arguments {
		in, ok := c.arguments[arg.Name]
		switch {
		case !ok:
		case varies(arg.Value):
			t.inputs = append(t.inputs, input{in, arg.Value})
		default:
			t.arguments = plus(t.arguments, in.ofLiteral(arg.Value, nil))
		}
	}
}
