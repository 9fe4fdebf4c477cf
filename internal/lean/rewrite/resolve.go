package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// resolveFields rewrites the fields that are not read directly.
func (f *file) resolveFields() {
	for _, field := range f.fields {
		if !field.direct {
			f.replace(field.statement, f.resolve(field))
		}
	}
}

// resolve is the statement that resolves a field by lean.ResolveField.
func (f *file) resolve(l *field) string {
	return fmt.Sprintf(`return lean.ResolveField(ctx, ec.OperationContext,
		graphql.FieldContext{%s},
		func(ctx context.Context) (v %s, err error) %s,
		ec.%s, %s)`, f.placeOf(l), f.text(l.valueType), f.resolverOf(l), l.marshal, l.nonNull)
}

// placeOf are the members of the context that says where the field is, without
// those that nobody here asks for.
func (f *file) placeOf(l *field) string {
	if l.leaf {
		call := returned(l.describes.Body, 1).(*ast.CallExpr)
		return fmt.Sprintf("Object: %s, Field: field, IsMethod: %s, IsResolver: %s", f.text(call.Args[0]), f.text(call.Args[2]), f.text(call.Args[3]))
	}
	var members []string
	ast.Inspect(l.describes.Body, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok || f.text(literal.Type) != "graphql.FieldContext" {
			return true
		}
		for _, element := range literal.Elts {
			member, ok := element.(*ast.KeyValueExpr)
			if ok && f.text(member.Key) != "Child" {
				members = append(members, f.text(member.Key)+": "+f.text(member.Value))
			}
		}
		return false
	})
	return strings.Join(members, ", ")
}

// argument is one of a field's, and the function that reads it.
type argument struct{ name, read string }

// argumentsOf are the arguments of a field, as the function reads them that is called
// where the field is described. ok is false for one that is not known.
//
//	arg0, err := graphql.ProcessArgField(ctx, rawArgs, "id", func(ctx context.Context, v any) (string, error) { … })
//	if err != nil { … }
//	args["id"] = arg0
func (f *file) argumentsOf(describes *ast.FuncDecl) (arguments []argument, ok bool) {
	var reads *ast.FuncDecl
	ast.Inspect(describes.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && strings.HasSuffix(called(call), "_args") {
			reads = f.functions[called(call)]
		}
		return true
	})
	if reads == nil {
		return nil, true
	}
	for _, statement := range reads.Body.List {
		assigned, isAssignment := statement.(*ast.AssignStmt)
		if !isAssignment || called(assigned.Rhs[0]) != "ProcessArgField" {
			continue
		}
		call := assigned.Rhs[0].(*ast.CallExpr)
		arguments = append(arguments, argument{f.text(call.Args[2]), f.text(call.Args[3])})
	}
	const around = 3 // var err error, args := …, return
	return arguments, len(reads.Body.List) == around+3*len(arguments)
}

// resolverOf is the body of the resolver, which reads its arguments before it calls
// it.
func (f *file) resolverOf(l *field) string {
	var body strings.Builder
	body.WriteString("{\n")
	for i, argument := range l.arguments {
		fmt.Fprintf(&body, "arg%d, err := lean.Argument(ctx, ec.OperationContext, field, %s, %s)\nif err != nil {\nreturn v, err\n}\n", i, argument.name, argument.read)
	}
	for _, statement := range l.resolver.Body.List {
		if f.text(statement) != readsContext {
			body.WriteString(f.withArguments(statement, l.arguments) + "\n")
		}
	}
	body.WriteString("}")
	return body.String()
}

// withArguments is a statement in which fc.Args["id"].(string) is arg0.
func (f *file) withArguments(statement ast.Stmt, arguments []argument) string {
	text, start := f.text(statement), f.offset(statement.Pos())
	var found []ast.Node
	ast.Inspect(statement, func(n ast.Node) bool {
		if asserted, ok := n.(*ast.TypeAssertExpr); ok {
			if index, ok := asserted.X.(*ast.IndexExpr); ok && f.text(index.X) == "fc.Args" {
				found = append(found, n)
				return false
			}
		}
		return true
	})
	for _, n := range slices.Backward(found) {
		name := f.text(n.(*ast.TypeAssertExpr).X.(*ast.IndexExpr).Index)
		i := slices.IndexFunc(arguments, func(a argument) bool { return a.name == name })
		text = fmt.Sprintf("%sarg%d%s", text[:f.offset(n.Pos())-start], i, text[f.offset(n.End())-start:])
	}
	return text
}

// readsContext begins what is done in the context of a field.
const readsContext = "fc := graphql.GetFieldContext(ctx)"
