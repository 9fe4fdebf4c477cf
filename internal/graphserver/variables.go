package graphserver

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// coerce returns the variables of an operation as their types want them. Those
// that are so already are returned as they came: to look at each value by
// reflection and to copy it costs more than what most requests have resolved.
func (o *operation) coerce(schema *ast.Schema, given map[string]any) (map[string]any, error) {
	if len(given) == len(o.definition.VariableDefinitions) {
		fit := true
		for _, variable := range o.definition.VariableDefinitions {
			value, isGiven := given[variable.Variable]
			fit = fit && isGiven && fits(schema, variable.Type, value)
		}
		if fit {
			return given, nil
		}
	}
	return validator.VariableValues(schema, o.definition, given)
}

// fits says that a value needs no coercion; false is no verdict.
func fits(schema *ast.Schema, typ *ast.Type, value any) bool {
	if typ.Elem != nil {
		list, isList := value.([]any)
		if !isList {
			return false
		}
		for _, element := range list {
			if !fits(schema, typ.Elem, element) {
				return false
			}
		}
		return true
	}
	switch typ.NamedType {
	case "ID", "String":
		_, isText := value.(string)
		return isText
	case "Boolean":
		_, isBoolean := value.(bool)
		return isBoolean
	case "Int", "Float":
		return false
	}
	definition := schema.Types[typ.NamedType]
	return definition != nil && definition.Kind == ast.Scalar && value != nil
}
