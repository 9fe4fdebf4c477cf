package main

import (
	"fmt"
	"go/ast"
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
	arguments := f.argumentsOf(l)
	given := "_"
	if arguments != "nil" {
		given = "args"
	}
	return fmt.Sprintf(`return lean.ResolveField(ctx, ec.OperationContext,
		graphql.FieldContext{%s},
		%s,
		func(ctx context.Context, %s map[string]any) (%s, error) %s,
		ec.%s, %s)`, f.placeOf(l), arguments, given, f.text(l.valueType), f.resolverOf(l), l.marshal, l.nonNull)
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

// argumentsOf is the function that reads the field's arguments; nil where it has
// none.
func (f *file) argumentsOf(l *field) string {
	arguments := "nil"
	ast.Inspect(l.describes.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && strings.HasSuffix(called(call), "_args") {
			arguments = f.text(call.Fun)
		}
		return true
	})
	return arguments
}

// resolverOf is the body of the resolver, which is given its arguments instead of
// looking for them in its context.
func (f *file) resolverOf(l *field) string {
	var body strings.Builder
	body.WriteString("{\n")
	for _, statement := range l.resolver.Body.List {
		if text := f.text(statement); text != readsContext {
			body.WriteString(strings.ReplaceAll(text, "fc.Args[", "args[") + "\n")
		}
	}
	body.WriteString("}")
	return body.String()
}

// readsContext begins what is done in the context of a field.
const readsContext = "fc := graphql.GetFieldContext(ctx)"
