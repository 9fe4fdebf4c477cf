package router

import (
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// Response is the answer to one Request.
type Response struct {
	// Kind and OperationName are those of the operation that the request means;
	// empty when it means none.
	Kind          ast.Operation
	OperationName string
	// Refused is why the operation did not run: the code of the first error. The
	// body then has errors and no data. It is empty when the operation ran,
	// with or without errors.
	Refused apierror.Code
	// Cost is what the operation is estimated to cost.
	Cost int
	// Errors is how many errors the body has.
	Errors int
	// Body is the JSON text to send. It must not be changed, nor read after
	// Release.
	Body []byte

	// memory is where the body is, if it can be used again.
	memory *[]byte
}

// bodies is memory of answers that were sent.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

// largestBody is the largest memory that is kept for another answer.
const largestBody = 4 << 20

// Release gives the memory of the body back. The response must not be used
// afterwards; not to call it costs memory only.
func (r *Response) Release() {
	if r.memory != nil && cap(*r.memory) <= largestBody {
		bodies.Put(r.memory)
	}
	r.memory, r.Body = nil, nil
}

func (r *Response) isInternal() bool { return r.Refused == apierror.Internal }
