package lean

import (
	"bytes"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Respond returns the one response of an operation: what its root makes of its
// selections.
func Respond(oc *graphql.OperationContext, root func(ctx context.Context, selections ast.SelectionSet) graphql.Marshaler) graphql.ResponseHandler {
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return &graphql.Response{Data: written(root(ctx, oc.Operation.SelectionSet))}
	}
}

// buffers are what answers are written in before their length is known.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxBuffer is the largest buffer in bytes that is kept for other answers.
const maxBuffer = 1 << 20

func written(m graphql.Marshaler) []byte {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	m.MarshalGQL(b)
	text := bytes.Clone(b.Bytes())
	if b.Cap() <= maxBuffer {
		buffers.Put(b)
	}
	return text
}
