package main

import (
	"go/ast"
	"strings"
)

// leanObjects rewrites the objects, but for the roots. An object whose fields have
// resolvers still runs these beside each other; what clients want deferred is not,
// which they have to be ready for.
func (f *file) leanObjects() {
	for name, function := range f.functions {
		if !strings.HasPrefix(name, "_") || strings.Contains(f.text(function.Body), "out.ResolveRootConcurrently(") {
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
	}
}

// resolversOf takes the group of deferred fields out of what schedules resolvers.
func (f *file) resolversOf(function *ast.FuncDecl) (edits []func()) {
	ast.Inspect(function.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && f.text(call.Fun) == "out.ResolveConcurrently" && len(call.Args) == 6 && f.text(call.Args[1]) == "&deferred" {
			edits = append(edits, func() {
				f.edits = append(f.edits, edit{f.offset(call.Fun.Pos()), f.offset(call.Args[2].Pos()), "out.Resolve(ec.OperationContext, "})
				f.edits = append(f.edits, edit{f.offset(call.Args[3].Pos()), f.offset(call.Args[4].Pos()), ""})
			})
		}
		return true
	})
	return edits
}

func isDeferring(statement ast.Stmt, text string) bool {
	_, isIf := statement.(*ast.IfStmt)
	return isIf && strings.HasPrefix(text, "if n := len(deferred.Defers); n > 0 {")
}

// instead are the functions of package lean that take what gqlgen's take.
var instead = map[string]string{
	"graphql.MarshalSliceConcurrently": "lean.MarshalSlice",
	"graphql.CollectFields":            "lean.CollectFields",
}

// callLean rewrites the calls of functions that lean has, too.
func (f *file) callLean() {
	for _, function := range f.functions {
		ast.Inspect(function.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if better := instead[f.text(call.Fun)]; better != "" {
					f.replace(call.Fun, better)
				}
			}
			return true
		})
	}
}
