package lean

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Schema is a graphql.ExecutableSchema whose operations have one answer each, which
// is written where it is wanted.
type Schema interface {
	Schema() *ast.Schema
	// Complexity is what a field costs, if that is said of it.
	Complexity(ctx context.Context, typeName, fieldName string, childComplexity int, arguments map[string]any) (int, bool)
	// Execute returns the data of the operation, a query or a mutation. Its errors are
	// in ctx, which carries the operation and its response.
	Execute(ctx context.Context, oc *graphql.OperationContext) graphql.Marshaler
}
