package router

import (
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
	// Errors is how many errors the body has.
	Errors int
	// Body is the JSON text to send. It must not be changed, nor read after
	// Release.
	Body []byte

	release func()
}

// Release gives the memory of the body back. The response must not be used
// afterwards; not to call it costs memory only.
func (r *Response) Release() {
	if r.release != nil {
		r.release()
		r.release, r.Body = nil, nil
	}
}
