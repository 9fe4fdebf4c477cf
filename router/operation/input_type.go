package operation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// inputType is a type as coercion walks it: names resolved, fields in a map.
type inputType struct {
	*ast.Type
	kind inputKind
	elem *inputType // of a list
	// named is the named type; nil for a list.
	named  *apischema.Type
	object *inputObject
}

type inputKind int

const (
	inputList inputKind = iota
	inputInt
	inputFloat
	inputString
	inputBoolean
	inputID
	inputEnum
	inputObjectKind
	inputCustom // a scalar of the schema's own: any JSON
)

// inputObject is an input object type.
type inputObject struct {
	*apischema.Type
	fields map[string]*inputField
	// required are the fields that must be given.
	required []*inputField
}

type inputField struct {
	name string
	// index is the field's position in its type.
	index int
	typ   *inputType
}

// inputTypes are all input objects of a schema, compiled.
type inputTypes struct {
	schema  *apischema.Schema
	objects map[string]*inputObject
}

func newInputTypes(schema *apischema.Schema) inputTypes {
	types := inputTypes{schema, map[string]*inputObject{}}
	for _, def := range schema.Types {
		if def.Kind == ast.InputObject {
			types.objects[def.Name] = &inputObject{Type: schema.Type(def.Name), fields: make(map[string]*inputField, len(def.Fields))}
		}
	}
	for _, object := range types.objects {
		for i, def := range object.Fields {
			f := &inputField{def.Name, i, types.compile(def.Type)}
			object.fields[def.Name] = f
			if def.Type.NonNull && def.DefaultValue == nil {
				object.required = append(object.required, f)
			}
		}
	}
	return types
}

func (t inputTypes) compile(typ *ast.Type) *inputType {
	if typ.Elem != nil {
		return &inputType{Type: typ, kind: inputList, elem: t.compile(typ.Elem)}
	}
	in := &inputType{Type: typ, named: t.schema.Type(typ.NamedType), object: t.objects[typ.NamedType]}
	switch {
	case in.object != nil:
		in.kind = inputObjectKind
	case in.named.Kind == ast.Enum:
		in.kind = inputEnum
	default:
		in.kind = scalarKind(typ.NamedType)
	}
	return in
}

func scalarKind(name string) inputKind {
	switch name {
	case "Int":
		return inputInt
	case "Float":
		return inputFloat
	case "String":
		return inputString
	case "Boolean":
		return inputBoolean
	case "ID":
		return inputID
	}
	return inputCustom
}

// variable is a Variable ready to be coerced.
type variable struct {
	Variable
	typ *inputType
	// fallback is the default value as JSON, coerced; nil without a default.
	fallback []byte
}

func (t inputTypes) variable(def *ast.VariableDefinition, index int) variable {
	v := variable{
		Variable: Variable{
			Name:     def.Variable,
			Type:     def.Type,
			Default:  def.DefaultValue,
			Index:    index,
			Position: position(def.Position),
		},
		typ: t.compile(def.Type),
	}
	if def.DefaultValue != nil {
		v.fallback = appendLiteral(nil, def.DefaultValue, v.typ)
	}
	return v
}

// appendLiteral appends a valid literal without variables as JSON, coerced to
// type t; t is nil inside custom scalars.
func appendLiteral(to []byte, v *ast.Value, t *inputType) []byte {
	if t != nil && t.kind == inputList && v.Kind != ast.ListValue && v.Kind != ast.NullValue {
		to = appendLiteral(append(to, '['), v, t.elem)
		return append(to, ']')
	}
	switch v.Kind {
	case ast.ListValue:
		var elem *inputType
		if t != nil {
			elem = t.elem
		}
		to = append(to, '[')
		for i, child := range v.Children {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendLiteral(to, child.Value, elem)
		}
		return append(to, ']')
	case ast.ObjectValue:
		return appendObjectLiteral(to, v, t)
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return rawjson.AppendString(to, v.Raw)
	case ast.IntValue:
		if t != nil && t.kind == inputID {
			return rawjson.AppendString(to, v.Raw)
		}
	}
	return append(to, v.Raw...)
}

func appendObjectLiteral(to []byte, v *ast.Value, t *inputType) []byte {
	to = append(to, '{')
	for i, child := range v.Children {
		if i > 0 {
			to = append(to, ',')
		}
		var typ *inputType
		if t != nil && t.object != nil {
			typ = t.object.fields[child.Name].typ
		}
		to = append(rawjson.AppendString(to, child.Name), ':')
		to = appendLiteral(to, child.Value, typ)
	}
	return append(to, '}')
}

// describe names the type in a message about a value that is not one.
func (t *inputType) describe() string {
	switch t.kind {
	case inputInt:
		return "Int cannot represent non-integer value"
	case inputFloat:
		return "Float cannot represent non numeric value"
	case inputString:
		return "String cannot represent a non string value"
	case inputBoolean:
		return "Boolean cannot represent a non boolean value"
	case inputID:
		return "ID cannot represent a non-string and non-integer value"
	case inputEnum:
		return `Enum "` + t.named.Name + `" cannot represent non-enum value`
	}
	return `Expected type "` + strings.TrimSuffix(t.String(), "!") + `", found`
}
