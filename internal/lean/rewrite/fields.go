package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// field is a function that resolves a field:
//
//	func (ec *executionContext) _Order_number(ctx …, field …, obj *model.Order) (ret graphql.Marshaler) {
//		return graphql.ResolveField(ctx, ec.OperationContext, field,
//			func(…) (*graphql.FieldContext, error) { return ec.fieldContext_Order_number(ctx, field) },
//			func(ctx context.Context) (any, error) { return obj.Number, nil },
//			nil,
//			func(ctx …, selections …, v string) graphql.Marshaler { return ec.marshalNString2string(ctx, selections, v) },
//			true, true)
//	}
//
// Its context of its own says where an error is. Where it only reads from its
// object, and there can be no error, all of it is the last call.
type field struct {
	statement *ast.ReturnStmt
	object    string // the type's name
	value     string // obj.Number; "" for a field that has to be resolved
	valueType ast.Expr
	resolver  *ast.FuncLit
	describes *ast.FuncDecl // the function that says where it is
	arguments []argument
	marshal   string // the name of the function
	nonNull   string // true or false
	leaf      bool
	direct    bool
}

func (f *file) field(function *ast.FuncDecl) *field {
	typeName, isField := typeOf(function.Name.Name)
	call, ok := returned(function.Body, 1).(*ast.CallExpr)
	if !isField || !ok || called(call) != "ResolveField" || len(call.Args) != 9 || f.text(call.Args[5]) != "nil" { // directives
		return nil
	}
	context, isFunction := call.Args[3].(*ast.FuncLit)
	resolver, isResolver := call.Args[4].(*ast.FuncLit)
	marshal, isMarshal := call.Args[6].(*ast.FuncLit)
	if !isFunction || !isResolver || !isMarshal {
		return nil
	}
	parameters := marshal.Type.Params.List
	found := &field{
		statement: function.Body.List[0].(*ast.ReturnStmt), object: typeName, value: f.readFromObject(resolver), resolver: resolver,
		valueType: parameters[len(parameters)-1].Type, marshal: called(returned(marshal.Body, 1)), nonNull: f.text(call.Args[8]),
		describes: f.functions[called(returned(context.Body, 1))],
	}
	if found.marshal == "" || f.functions[found.marshal] == nil || found.describes == nil {
		return nil
	}
	var known bool
	if found.arguments, known = f.argumentsOf(found.describes); !known {
		return nil
	}
	found.leaf = called(returned(found.describes.Body, 1)) == "NewScalarFieldContext"
	return found
}

// typeOf is the object type of a function of a field; names of types have
// underscores at their beginning only.
func typeOf(function string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(function, "_")
	bare := strings.TrimLeft(rest, "_")
	name, _, found := strings.Cut(bare, "_")
	return rest[:len(rest)-len(bare)] + name, ok && found
}

// readFromObject is the value that a resolver returns, if that is a field of obj
// or a method of it without arguments that cannot fail.
func (f *file) readFromObject(resolver *ast.FuncLit) string {
	value := returned(resolver.Body, 2)
	read := value
	if call, ok := value.(*ast.CallExpr); ok && len(call.Args) == 0 {
		read = call.Fun
	}
	selector, ok := read.(*ast.SelectorExpr)
	if !ok || f.text(selector.X) != "obj" {
		return ""
	}
	return f.text(value)
}

// readFieldsDirectly rewrites the fields that cannot fail: leaves, and objects all
// of whose fields are such.
func (f *file) readFieldsDirectly() {
	for _, field := range f.fields {
		if field.leaf && field.value != "" && f.infallible(field) {
			field.direct = true
			f.replace(field.statement, fmt.Sprintf("return ec.%s(ctx, field.Selections, %s)", field.marshal, field.value))
		}
	}
	for again := true; again; {
		again = false
		for _, field := range f.fields {
			target := f.objectOf(field)
			if field.direct || field.value == "" || target == "" || !f.quiet(target) {
				continue
			}
			field.direct, again = true, true
			f.replace(field.statement, fmt.Sprintf("if v := %s; v != nil {\n return ec._%s(ctx, field.Selections, v)\n}\n%s", field.value, target, f.resolve(field)))
		}
	}
}

// infallible says that a leaf has no way to be wrong: its type in Go has no nil, or
// the field may be null.
func (f *file) infallible(l *field) bool {
	if strings.Contains(f.text(f.functions[l.marshal].Body), "WrapContextMarshaler") {
		return false
	}
	switch l.valueType.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return true
	case *ast.StarExpr:
		return strings.HasPrefix(l.marshal, "marshalO")
	}
	return false
}

// objectOf is the type of the object that the field leads to, a single one; ""
// for any other field.
func (f *file) objectOf(l *field) string {
	if _, isPointer := l.valueType.(*ast.StarExpr); !isPointer || l.leaf {
		return ""
	}
	body := f.functions[l.marshal].Body
	last, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	if !ok || len(last.Results) != 1 {
		return ""
	}
	name, ok := strings.CutPrefix(called(last.Results[0]), "_")
	if !ok || f.functions["_"+name] == nil {
		return ""
	}
	return name
}

// quiet says that nothing in an object of the type can be wrong: each of its
// fields is read directly.
func (f *file) quiet(typeName string) bool {
	fields := 0
	for name := range f.functions {
		if of, ok := typeOf(name); ok && of == typeName {
			fields++
			if field := f.fields[name]; field == nil || !field.direct {
				return false
			}
		}
	}
	return fields > 0
}
