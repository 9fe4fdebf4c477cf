package main

import (
	"go/ast"
	"strings"
)

// leanOperation rewrites how an operation is begun. What is deferred or streamed
// needs more than that; so do input objects that resolvers unmarshal themselves.
func (f *file) leanOperation() {
	exec := f.functions["Exec"]
	if exec == nil || strings.Contains(f.text(exec), "case ast.Subscription") {
		return
	}
	var body strings.Builder
	body.WriteString(`{
	opCtx := graphql.GetOperationContext(ctx)
	ec := newExecutionContext(opCtx, e, nil)
	switch opCtx.Operation.Operation {
`)
	for _, root := range []string{"Query", "Mutation"} {
		if f.functions["_"+root] != nil {
			body.WriteString("\tcase ast." + root + ":\n\t\treturn lean.Respond(opCtx, ec._" + root + ")\n")
		}
	}
	body.WriteString(`	default:
		return graphql.OneShot(graphql.ErrorResponse(ctx, "unsupported GraphQL operation"))
	}
}`)
	f.replace(exec.Body, body.String())
}

// leanRoot rewrites an object that is the root of operations, such as Query: what
// goes around its fields has nothing around it here.
func (f *file) leanRoot(function *ast.FuncDecl) {
	ast.Inspect(function.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			text := f.text(n)
			switch {
			case strings.HasPrefix(text, "innerCtx := graphql.WithRootFieldContext("), strings.HasPrefix(text, "ctx = graphql.WithFieldContext("):
				f.replace(n, "")
				return false
			}
		case *ast.CallExpr:
			if strings.HasSuffix(f.text(n.Fun), ".RootResolverMiddleware") && len(n.Args) == 2 {
				if around, ok := n.Args[1].(*ast.FuncLit); ok && returned(around.Body, 1) != nil {
					f.replace(n, f.text(returned(around.Body, 1)))
					return false
				}
			}
		}
		return true
	})
}
