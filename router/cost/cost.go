// Package cost estimates what an operation costs before it is run, and refuses
// those that cost too much.
//
//	supergraph ──New──► Weights
//	                      │
//	Operation ──Compile───► Estimate ──Of(variables)──► cost, or a refusal
//
// A field costs what an object of its type does, and what is selected of it; a
// list costs that once for each element that it is expected to have. How many
// these are say @listSize, by the arguments that slice the list or an assumed
// size, or else the options. What a type, a field or an argument weighs says
// @cost; without it an object weighs 1, a scalar and an enum 0, an object in an
// argument 1, and a mutation 10. Of fragments for different types of objects the
// costliest combination counts that one object can have.
//
// An estimate is compiled once for an operation. Only what depends on variables is
// left for each request: the sizes of slices, and the objects in arguments.
//
// Sources: Apollo's cost v0.1; the defaults are those of Apollo's router.
package cost

import (
	"cmp"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Codes of refused operations, as clients see them in extensions.code.
const (
	// CodeTooExpensive is an operation that is estimated to cost more than it may.
	CodeTooExpensive apierror.Code = "COST_ESTIMATED_TOO_EXPENSIVE"
	// CodeUnsliced is a list of which a client must say how much of it it wants,
	// by one argument of several, and does not.
	CodeUnsliced apierror.Code = "COST_QUERY_PARSE_FAILURE"
)

// Options say what an operation may cost.
type Options struct {
	// Max is the highest cost; 0 is DefaultMax, a negative number none.
	Max int
	// ListSize is how many elements a list is expected to have of which the schema
	// says nothing; 0 is DefaultListSize.
	ListSize int
	// Measure estimates and refuses nothing.
	Measure bool
	// Off estimates nothing.
	Off bool
}

// The defaults of Options.
const (
	DefaultMax      = 200_000
	DefaultListSize = 10
)

// Weights are what the elements of one supergraph cost. They are immutable and
// safe for concurrent use.
type Weights struct {
	options Options
	// types are the weights of composite types, scalars and enums that are not the
	// usual ones.
	types map[string]int
	// fields are those of which the schema says something.
	fields map[fieldKey]*fieldCost
	// inputs are the input types whose values cost something.
	inputs map[string]*inputType
	// supergraph has the definitions and the possible types.
	supergraph *supergraph.Supergraph
}

type fieldKey struct{ typ, field string }

// fieldCost is what a schema says of a field.
type fieldCost struct {
	// weight replaces that of the field's type, if weighs.
	weight int
	weighs bool
	size   *listSize
	// arguments are those whose values cost something.
	arguments map[string]inputField
}

// listSize is a @listSize.
type listSize struct {
	// assumed is the size where no argument says it; negative for none.
	assumed int
	slicing []slicingArgument
	// sized are the fields below that have the size; empty for the field itself.
	sized []string
	// requireOne says that exactly one of the slicing arguments must be given.
	requireOne bool
}

type slicingArgument struct {
	name string
	// standard is the argument's default; negative for none.
	standard int
}

// New reads the weights of a supergraph; nil if the options are off. The error says
// what cannot be understood.
func New(s *supergraph.Supergraph, o Options) (*Weights, error) {
	if o.Off {
		return nil, nil
	}
	o.Max, o.ListSize = cmp.Or(o.Max, DefaultMax), cmp.Or(o.ListSize, DefaultListSize)
	if o.Max < 0 {
		o.Max = most
	}
	w := &Weights{options: o, supergraph: s, types: map[string]int{}, fields: map[fieldKey]*fieldCost{}, inputs: map[string]*inputType{}}
	r, err := newReader(s)
	if err != nil {
		return nil, err
	}
	return w, r.read(w)
}

// Max is the highest cost that an operation may have, which only measuring lets
// pass; 0 for none.
func (w *Weights) Max() int {
	if w == nil || w.options.Max == most {
		return 0
	}
	return w.options.Max
}

// most is a cost that is more than any; costs stop there.
const most = 1 << 52

func plus(a, b int) int { return min(a+b, most) }

func times(a, b int) int {
	if a <= 0 || b <= 0 {
		return 0
	}
	if a > most/b {
		return most
	}
	return a * b
}

func (w *Weights) tooExpensive(cost int) error {
	return apierror.New(CodeTooExpensive, "the operation is estimated to cost %d, and may cost %d: ask for fewer or smaller lists at a time", cost, w.options.Max)
}

func unsliced(typ, field string, size *listSize, given int) error {
	names := ""
	for i, a := range size.slicing {
		names += [...]string{"", ", "}[min(i, 1)] + a.name
	}
	return apierror.New(CodeUnsliced, "%s.%s needs exactly one of the arguments %s, which say how much of the list is wanted; %d are given", typ, field, names, given)
}
