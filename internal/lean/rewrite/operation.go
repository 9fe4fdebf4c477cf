package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// leanOperation rewrites how an operation is executed. What is deferred or streamed
// needs more than that; so do input objects that resolvers unmarshal themselves.
func (f *file) leanOperation() {
	exec := f.functions["Exec"]
	if exec == nil || strings.Contains(f.text(exec), "case ast.Subscription") {
		return
	}
	var execute strings.Builder
	execute.WriteString(`func (e *executableSchema) Execute(ctx context.Context, opCtx *graphql.OperationContext) graphql.Marshaler {
	ec := newExecutionContext(opCtx, e, nil)
	switch opCtx.Operation.Operation {
`)
	for _, root := range []string{"Query", "Mutation"} {
		if f.functions["_"+root] != nil {
			execute.WriteString("\tcase ast." + root + ":\n\t\treturn ec._" + root + "(ctx, opCtx.Operation.SelectionSet)\n")
		}
	}
	execute.WriteString(`	}
	graphql.AddErrorf(ctx, "unsupported GraphQL operation")
	return graphql.Null
}`)
	f.replace(exec, execute.String())
	for _, declaration := range f.parsed.Decls {
		f.leanSchema(declaration)
	}
}

// leanSchema makes package lean's schema of gqlgen's, and one piece of memory of the
// context in which an operation is executed.
func (f *file) leanSchema(declaration ast.Decl) {
	const state = "graphql.NewExecutionContextState"
	ast.Inspect(declaration, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "NewExecutableSchema" {
				f.replace(n.Type.Results, "lean.Schema")
				return false
			}
			return n.Name.Name == "newExecutionContext"
		case *ast.TypeSpec:
			if context, ok := n.Type.(*ast.StructType); ok && n.Name.Name == "executionContext" && len(context.Fields.List) == 1 {
				f.replace(context.Fields.List[0], strings.TrimPrefix(f.text(context.Fields.List[0]), "*"))
			}
			return false
		case *ast.CallExpr:
			if name := f.text(n.Fun); strings.HasPrefix(name, state) && len(n.Args) == 4 {
				f.replace(n, fmt.Sprintf("graphql.ExecutionContextState%s{OperationContext: %s, ExecutableSchemaState: %s, ParsedSchema: %s, DeferredResults: %s}",
					strings.TrimPrefix(name, state), f.text(n.Args[0]), f.text(n.Args[1]), f.text(n.Args[2]), f.text(n.Args[3])))
				return false
			}
		}
		return true
	})
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
