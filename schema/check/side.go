package check

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// side is one of the two schemas, with what rules ask about it.
type side struct {
	*ast.Schema
	// input and output say of named types whether arguments and input fields, or
	// fields, are of them.
	input, output map[string]bool
	defaults      map[*ast.FieldDefinition]constant
}

func newSide(s *ast.Schema) *side {
	if s == nil {
		s = &ast.Schema{}
	}
	out := &side{Schema: s, input: map[string]bool{}, output: map[string]bool{}, defaults: map[*ast.FieldDefinition]constant{}}
	for _, def := range s.Types {
		if builtInType(def.Name) {
			continue
		}
		for _, field := range def.Fields {
			if def.Kind == ast.InputObject {
				out.input[field.Type.Name()] = true
				continue
			}
			out.output[field.Type.Name()] = true
			for _, arg := range field.Arguments {
				out.input[arg.Type.Name()] = true
			}
		}
	}
	return out
}

// inputOnly says that clients send values of the type but never receive any.
func (s *side) inputOnly(typeName string) bool { return s.input[typeName] && !s.output[typeName] }

// fieldsOf lists the coordinates of the fields that answer values of the type.
func (s *side) fieldsOf(typeName string) []string {
	var out []string
	for _, def := range s.Types {
		if def.Kind == ast.InputObject || builtInType(def.Name) {
			continue
		}
		for _, field := range def.Fields {
			if field.Type.Name() == typeName {
				out = append(out, def.Name+"."+field.Name)
			}
		}
	}
	return out
}

// builtInType says whether every schema has a type of this name.
func builtInType(name string) bool {
	switch name {
	case "String", "Int", "Float", "Boolean", "ID":
		return true
	}
	return strings.HasPrefix(name, "__")
}

// builtInDirective says whether every schema has a directive of this name, or
// the definitions are the parser's own.
func builtInDirective(name string, definitions ...*ast.DirectiveDefinition) bool {
	switch name {
	case "include", "skip", "deprecated", "specifiedBy", "oneOf":
		return true
	}
	for _, d := range definitions {
		if d != nil && (d.Position == nil || d.Position.Src == nil || !d.Position.Src.BuiltIn) {
			return false
		}
	}
	return true
}

func typePosition(d *ast.Definition) *ast.Position {
	if d == nil {
		return nil
	}
	return d.Position
}

func fieldPosition(f *ast.FieldDefinition) *ast.Position {
	if f == nil {
		return nil
	}
	return f.Position
}

func argumentPosition(a *ast.ArgumentDefinition) *ast.Position {
	if a == nil {
		return nil
	}
	return a.Position
}

func valuePosition(v *ast.EnumValueDefinition) *ast.Position {
	if v == nil {
		return nil
	}
	return v.Position
}

func directivePosition(d *ast.DirectiveDefinition) *ast.Position {
	if d == nil {
		return nil
	}
	return d.Position
}

func fieldName(f *ast.FieldDefinition) string       { return f.Name }
func argumentName(a *ast.ArgumentDefinition) string { return a.Name }
func valueName(v *ast.EnumValueDefinition) string   { return v.Name }
