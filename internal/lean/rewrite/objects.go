package main

import (
	"go/ast"
	"strings"
)

// leanObjects rewrites the objects none of whose fields has a resolver that may
// run beside the others.
func (f *file) leanObjects() {
	for name, function := range f.functions {
		if !strings.HasPrefix(name, "_") || strings.Contains(f.text(function.Body), "Concurrently(") {
			continue
		}
		var edits []func()
		for _, statement := range function.Body.List {
			switch text := f.text(statement); {
			case text == "out := graphql.NewFieldSet(fields)":
				edits = append(edits, func() { f.replace(statement, "out := lean.NewObject(fields)") })
			case text == "deferred := graphql.NewDeferredGroup(ctx)", text == "out.Dispatch(ctx)", isDeferring(statement, text):
				edits = append(edits, func() { f.replace(statement, "") })
			}
		}
		if len(edits) == 4 { // all of what such a function has
			for _, edit := range edits {
				edit()
			}
		}
	}
}

func isDeferring(statement ast.Stmt, text string) bool {
	_, isIf := statement.(*ast.IfStmt)
	return isIf && strings.HasPrefix(text, "if n := len(deferred.Defers); n > 0 {")
}

// sequentialLists rewrites the lists.
func (f *file) sequentialLists() {
	for _, function := range f.functions {
		ast.Inspect(function.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && f.text(call.Fun) == "graphql.MarshalSliceConcurrently" {
				f.replace(call.Fun, "lean.MarshalSlice")
			}
			return true
		})
	}
}
