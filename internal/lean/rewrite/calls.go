package main

import (
	"go/ast"
	"strings"
)

// instead are the functions of package lean that take what gqlgen's take.
var instead = map[string]string{
	"graphql.MarshalSliceConcurrently": "lean.MarshalSlice",
	"graphql.CollectFields":            "lean.CollectFields",
}

// paths are the functions that add a step to the path of an argument, by the ones
// that make such a step.
var paths = map[string]string{"graphql.NewPathWithField": "lean.AtField", "graphql.NewPathWithIndex": "lean.AtIndex"}

// callLean rewrites the calls of functions that lean has, too, and leaves out what
// is noted for resolvers that ask for it, which none does here.
func (f *file) callLean() {
	for name, function := range f.functions {
		if strings.HasPrefix(name, "unmarshalInput") {
			f.readInPlace(function.Body)
		}
		ast.Inspect(function.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f.callInstead(n)
			case *ast.BlockStmt:
				f.noteNoResult(n)
			}
			return true
		})
	}
}

func (f *file) callInstead(call *ast.CallExpr) {
	name := f.text(call.Fun)
	if better := instead[name]; better != "" {
		f.replace(call.Fun, better)
	}
	if name == "graphql.MarshalString" && len(call.Args) == 1 {
		if _, isType := call.Args[0].(*ast.BasicLit); isType {
			f.replace(call.Fun, "lean.TypeName")
		}
	}
	if name == "graphql.WithPathContext" && len(call.Args) == 2 {
		if step, ok := call.Args[1].(*ast.CallExpr); ok && paths[f.text(step.Fun)] != "" {
			f.replace(call, paths[f.text(step.Fun)]+"("+f.text(call.Args[0])+", "+f.text(step.Args[0])+")")
		}
	}
}

// noteNoResult takes the note of an element's value out of its context.
func (f *file) noteNoResult(block *ast.BlockStmt) {
	if len(block.List) == 3 && f.text(block.List[0]) == readsContext && strings.HasPrefix(f.text(block.List[1]), "fc.Result = ") {
		f.replace(block.List[0], "")
		f.replace(block.List[1], "")
	}
}

// readInPlace reads an input object from the map that it came in, where gqlgen copies
// it to add the defaults of fields, if there are none.
func (f *file) readInPlace(body *ast.BlockStmt) {
	for i, statement := range body.List[:max(0, len(body.List)-1)] {
		copying, isLoop := body.List[i+1].(*ast.RangeStmt)
		if !isLoop || f.text(statement) != "asMap := map[string]any{}" || strings.Contains(f.text(body), `asMap["`) {
			continue
		}
		f.replace(statement, "asMap := "+f.text(copying.X))
		f.replace(copying, "")
	}
}
