package supergraph

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

const specInaccessible = "https://specs.apollo.dev/inaccessible"

// apiSchema is the document without inaccessible elements and without the
// elements of linked specifications; of applied directives only the built-in
// ones stay.
func apiSchema(doc *ast.SchemaDocument, links Links) (*ast.Schema, error) {
	f := apiFilter{hidden: map[string]bool{}}
	f.inaccessible, _ = links.Directive(specInaccessible, "inaccessible")
	for _, def := range doc.Definitions {
		f.hidden[def.Name] = links.owns(def.Name) || f.hides(def.Directives)
	}
	api, err := prelude()
	if err != nil {
		return nil, err
	}
	for _, def := range doc.Definitions {
		if !f.hidden[def.Name] {
			api.Definitions = append(api.Definitions, f.definition(def))
		}
	}
	for _, d := range doc.Directives {
		if !links.OwnsDirective(d.Name) && !isBuiltIn(d.Name) {
			api.Directives = append(api.Directives, d)
		}
	}
	api.Schema = f.schema(doc.Schema)
	schema, err := validator.ValidateSchemaDocument(api)
	if err != nil {
		return nil, fmt.Errorf("the API schema of this supergraph is not valid: %w", err)
	}
	return schema, nil
}

// apiFilter copies elements without what clients must not see.
type apiFilter struct {
	inaccessible string
	hidden       map[string]bool
}

func (f apiFilter) hides(directives ast.DirectiveList) bool {
	return f.inaccessible != "" && directives.ForName(f.inaccessible) != nil
}

func (f apiFilter) definition(def *ast.Definition) *ast.Definition {
	out := *def
	out.Directives = builtIn(def.Directives)
	if def.Kind != ast.InputObject {
		// A directive of that name that the user defined before it was standard.
		out.Directives = dropNamed(out.Directives, "oneOf")
	}
	out.Interfaces = f.visible(def.Interfaces)
	out.Types, out.TypePositions = f.visible(def.Types), nil
	out.Fields, out.EnumValues = nil, nil
	for _, field := range def.Fields {
		if !f.hides(field.Directives) {
			out.Fields = append(out.Fields, f.field(field))
		}
	}
	for _, value := range def.EnumValues {
		if !f.hides(value.Directives) {
			v := *value
			v.Directives = builtIn(value.Directives)
			out.EnumValues = append(out.EnumValues, &v)
		}
	}
	return &out
}

func (f apiFilter) field(field *ast.FieldDefinition) *ast.FieldDefinition {
	out := *field
	out.Directives = builtIn(field.Directives)
	out.Arguments = nil
	for _, arg := range field.Arguments {
		if !f.hides(arg.Directives) {
			a := *arg
			a.Directives = builtIn(arg.Directives)
			out.Arguments = append(out.Arguments, &a)
		}
	}
	return &out
}

func (f apiFilter) schema(schemas ast.SchemaDefinitionList) ast.SchemaDefinitionList {
	var out ast.SchemaDefinitionList
	for _, schema := range schemas {
		s := *schema
		s.Directives, s.OperationTypes = nil, nil
		for _, op := range schema.OperationTypes {
			if !f.hidden[op.Type] {
				s.OperationTypes = append(s.OperationTypes, op)
			}
		}
		out = append(out, &s)
	}
	return out
}

func (f apiFilter) visible(names []string) []string {
	var out []string
	for _, name := range names {
		if !f.hidden[name] {
			out = append(out, name)
		}
	}
	return out
}

func builtIn(directives ast.DirectiveList) ast.DirectiveList {
	var out ast.DirectiveList
	for _, d := range directives {
		if isBuiltIn(d.Name) {
			out = append(out, d)
		}
	}
	return out
}

func dropNamed(directives ast.DirectiveList, name string) ast.DirectiveList {
	return slices.DeleteFunc(directives, func(d *ast.Directive) bool { return d.Name == name })
}

func isBuiltIn(directive string) bool {
	switch directive {
	case "deprecated", "specifiedBy", "oneOf", "skip", "include":
		return true
	}
	return false
}
