package response

import (
	"slices"
	"sync/atomic"

	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Projection lays an operation over the data that its program fetched. It is
// shared by all requests of the operation.
type Projection struct {
	operation *operation.Operation
	compiler  compiler
	root      *shape
	// size is that of the last answer, to make room for the next.
	size atomic.Int64
}

// Compile makes a projection of an operation on the supergraph; program is that
// of the operation's plan.
func Compile(s *supergraph.Supergraph, op *operation.Operation, program *execute.Program) *Projection {
	p := &Projection{operation: op, compiler: compiler{supergraph: s, api: s.API, types: program.Types()}}
	p.root = p.compiler.shape(program.Plan().Root, op.RootType, []operation.SelectionSet{op.Root})
	return p
}

// Options are what an answer has besides the data.
type Options struct {
	// Introspection are the values of the root fields __schema and __type, as
	// JSON, by response name.
	Introspection map[string][]byte
	// Extensions is the JSON object that goes out as the answer's extensions;
	// nil for none.
	Extensions []byte
	// Errors says what the client sees of subgraphs' errors; nil redacts all.
	Errors *Policy
	// MaxBytes bounds the answer's data; DefaultMaxBytes when 0.
	MaxBytes int
}

// DefaultMaxBytes bounds an answer's data where nothing else is said. Data is
// larger than what the subgraphs answered where one entity stands in many
// places.
const DefaultMaxBytes = 1 << 30

// Write appends the answer, {"data": …, "errors": […], "extensions": {…}}, to
// dst, and says how many errors it has. The members that have nothing to say are
// left out, data never is.
func (p *Projection) Write(dst []byte, result *execute.Result, options *Options) (answer []byte, errors int) {
	dst = slices.Grow(dst, int(p.size.Load()))
	start := len(dst)
	w := writer{Result: result, projection: p, options: options, dst: append(dst, `{"data":`...), path: make([]execute.PathElement, 0, 16)}
	w.limit = start + options.MaxBytes
	if options.MaxBytes == 0 {
		w.limit = start + DefaultMaxBytes
	}
	mark := len(w.dst)
	ok := w.object(result.Root(), p.root)
	w.over = w.over || len(w.dst) > w.limit
	if !ok || w.over {
		w.dst = append(w.dst[:mark], "null"...)
	}
	errors = w.errors()
	if options.Extensions != nil {
		w.dst = append(append(w.dst, `,"extensions":`...), options.Extensions...)
	}
	w.dst = append(w.dst, '}')
	p.size.Store(int64(len(w.dst)-start) * 9 / 8)
	return w.dst, errors
}
