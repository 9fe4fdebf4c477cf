package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// leanObjects rewrites the objects. One whose fields have resolvers still runs
// these beside each other, but for mutations; what clients want deferred is not,
// which they have to be ready for.
func (f *file) leanObjects() {
	for name, function := range f.functions {
		if !strings.HasPrefix(name, "_") {
			continue
		}
		var edits []func()
		dispatch := func() {}
		for _, statement := range function.Body.List {
			switch text := f.text(statement); {
			case text == "out := graphql.NewFieldSet(fields)":
				edits = append(edits, func() { f.replace(statement, "out := lean.NewObject(fields)") })
			case text == "deferred := graphql.NewDeferredGroup(ctx)", isDeferring(statement, text):
				edits = append(edits, func() { f.replace(statement, "") })
			case text == "out.Dispatch(ctx)":
				dispatch = func() { f.replace(statement, "") }
			}
		}
		resolvers := f.resolversOf(function)
		if len(edits) != 3 { // all of what such a function has
			continue
		}
		if len(resolvers) == 0 {
			dispatch()
		}
		for _, edit := range append(edits, resolvers...) {
			edit()
		}
		f.leanRoot(function)
	}
}

// resolversOf takes what stands around fields out of what schedules resolvers: the
// group of deferred ones, a root's context.
func (f *file) resolversOf(function *ast.FuncDecl) (edits []func()) {
	ast.Inspect(function.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 6 {
			return true
		}
		switch f.text(call.Fun) {
		case "out.ResolveConcurrently", "out.ResolveRootConcurrently":
			edits = append(edits, func() {
				f.edits = append(f.edits, edit{f.offset(call.Fun.Pos()), f.offset(call.Args[2].Pos()), f.sole(call) + "out.Resolve("})
				f.edits = append(f.edits, edit{f.offset(call.Args[3].Pos()), f.offset(call.Args[4].Pos()), ""})
			})
		}
		return true
	})
	return edits
}

// sole is what resolves a field that is the only one, with nothing to run beside it.
func (f *file) sole(call *ast.CallExpr) string {
	resolver, ok := call.Args[5].(*ast.FuncLit)
	if !ok || returned(resolver.Body, 1) == nil {
		return ""
	}
	return fmt.Sprintf("if len(fields) == 1 {\nout.Set(%s, %s, %s)\nbreak\n}\n", f.text(call.Args[2]), f.text(call.Args[4]), f.text(returned(resolver.Body, 1)))
}

func isDeferring(statement ast.Stmt, text string) bool {
	_, isIf := statement.(*ast.IfStmt)
	return isIf && strings.HasPrefix(text, "if n := len(deferred.Defers); n > 0 {")
}
