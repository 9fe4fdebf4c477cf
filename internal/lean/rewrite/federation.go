package main

import (
	"bytes"
	"go/ast"
)

// sameType resolves representations that are of one type, as those of a router's
// fetch mostly are, without a map of types.
const sameType = `
	if typeName := lean.TypeOf(representations); typeName != "" {
		reps := make([]EntityWithIndex, len(representations))
		for i, rep := range representations {
			reps[i] = EntityWithIndex{index: i, entity: rep}
		}
		ec.resolveEntityGroup(ctx, typeName, reps, list)
		return list
	}
`

// rewriteFederation is rewrite for federation.go.
func rewriteFederation(source []byte) ([]byte, error) {
	f, err := read(source)
	if err != nil || bytes.Contains(source, []byte(leanImport)) {
		return source, err
	}
	resolve := f.functions["__resolve_entities"]
	if resolve == nil || !f.begins(resolve, "list := make([]fedruntime.Entity, len(representations))") {
		return source, nil
	}
	after := f.offset(resolve.Body.List[0].End())
	f.edits = append(f.edits, edit{after, after, sameType})
	return f.apply()
}

// begins says whether this is the function's first statement.
func (f *file) begins(function *ast.FuncDecl, statement string) bool {
	return len(function.Body.List) > 0 && f.text(function.Body.List[0]) == statement
}
