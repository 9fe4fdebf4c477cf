package sdl

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// builtInTypes are the scalars that every schema has.
var builtInTypes = map[string]*Type{
	"Int":     {Kind: ast.Scalar, Name: "Int"},
	"Float":   {Kind: ast.Scalar, Name: "Float"},
	"String":  {Kind: ast.Scalar, Name: "String"},
	"Boolean": {Kind: ast.Scalar, Name: "Boolean"},
	"ID":      {Kind: ast.Scalar, Name: "ID"},
}

// builtInDirectives are the directives that every schema has. @oneOf is not
// among them: Apollo's composition does not know it, and neither do routers
// that read what it writes.
var builtInDirectives = func() map[string]*ast.DirectiveDefinition {
	doc, err := parser.ParseSchema(&ast.Source{Name: "built-in", Input: `
		directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
		directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
		directive @deprecated(reason: String = "No longer supported") on FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE | INPUT_FIELD_DEFINITION
		directive @specifiedBy(url: String!) on SCALAR`})
	if err != nil {
		panic("sdl: built-in directives: " + err.Error())
	}
	m := map[string]*ast.DirectiveDefinition{}
	for _, d := range doc.Directives {
		m[d.Name] = d
	}
	return m
}()

// IsBuiltInType says whether the name is that of a built-in scalar.
func IsBuiltInType(name string) bool { return builtInTypes[name] != nil }

// IsBuiltInDirective says whether the name is that of a built-in directive.
func IsBuiltInDirective(name string) bool { return builtInDirectives[name] != nil }
