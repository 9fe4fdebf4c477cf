package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Coercion of input (section 3 of the specification, per type; 6.1.2 for
// variables, 6.4.1 for arguments). Coerced values are nil, bool, int64 (Int),
// float64 (Float), string (String, ID, enum), []any, map[string]any (input
// object) and, for custom scalars, whatever JSON was given.

// coerceVariables gives the operation's variables their types, or says what is
// wrong with each.
func (s *Schema) coerceVariables(op *ast.OperationDefinition, given map[string]any) (map[string]any, []Error) {
	coerced := make(map[string]any, len(op.VariableDefinitions))
	var errs []Error
	for _, def := range op.VariableDefinitions {
		value, ok, err := s.coerceVariable(def, given)
		if err != nil {
			errs = append(errs, requestError(codeInput, fmt.Sprintf("variable $%s: %v", def.Variable, err), def.Position))
			continue
		}
		if ok {
			coerced[def.Variable] = value
		}
	}
	return coerced, errs
}

func (s *Schema) coerceVariable(def *ast.VariableDefinition, given map[string]any) (value any, ok bool, err error) {
	typ := s.typeRef(def.Type)
	raw, has := given[def.Variable]
	switch {
	case !has && def.DefaultValue != nil:
		value, err = coerceLiteral(typ, def.DefaultValue, nil)
		return value, true, err
	case !has && def.Type.NonNull:
		return nil, false, fmt.Errorf("a value of type %s is required", typ.text)
	case !has:
		return nil, false, nil
	}
	value, err = coerceJSON(typ, raw)
	return value, true, err
}

// coerceJSON coerces a value that came as JSON.
func coerceJSON(t *typeRef, v any) (any, error) {
	if v == nil {
		if t.nonNull {
			return nil, fmt.Errorf("null is not a value of type %s", t.text)
		}
		return nil, nil
	}
	if t.elem != nil {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		out := make([]any, len(list))
		for i, item := range list {
			value, err := coerceJSON(t.elem, item)
			if err != nil {
				return nil, fmt.Errorf("element %d: %w", i, err)
			}
			out[i] = value
		}
		return out, nil
	}
	switch t.named.kind {
	case ast.Enum:
		if name, ok := v.(string); ok && t.named.values[name] {
			return name, nil
		}
		return nil, fmt.Errorf("%s is not a value of enum %s", preview(v), t.named.name)
	case ast.InputObject:
		return coerceJSONObject(t.named, v)
	}
	return coerceJSONScalar(t.named.name, v)
}

func coerceJSONScalar(name string, v any) (any, error) {
	number, isNumber := toNumber(v)
	switch name {
	case "Int":
		if i, ok := number.int32(); isNumber && ok {
			return i, nil
		}
	case "Float":
		if f, ok := number.float(); isNumber && ok {
			return f, nil
		}
	case "ID":
		if i, ok := number.integer(); isNumber && ok {
			return i, nil
		}
		if s, ok := v.(string); ok {
			return s, nil
		}
	case "String":
		if s, ok := v.(string); ok {
			return s, nil
		}
	case "Boolean":
		if b, ok := v.(bool); ok {
			return b, nil
		}
	default:
		return v, nil
	}
	return nil, fmt.Errorf("%s is not a value of type %s", preview(v), name)
}

func coerceJSONObject(t *namedType, v any) (any, error) {
	given, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is not an input object %s", preview(v), t.name)
	}
	for name := range given {
		if t.fields[name] == nil {
			return nil, fmt.Errorf("input object %s has no field %q", t.name, name)
		}
	}
	return coerceFields(t, func(in *input) (any, bool, error) {
		raw, has := given[in.name]
		if !has {
			return nil, false, nil
		}
		value, err := coerceJSON(in.typ, raw)
		return value, true, err
	})
}

// coerceFields builds an input object of what get gives per field, with the
// defaults for the rest.
func coerceFields(t *namedType, get func(*input) (value any, has bool, err error)) (any, error) {
	out := make(map[string]any, len(t.inOrder))
	for _, f := range t.inOrder {
		value, has, err := get(f.input)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.name, err)
		}
		if !has {
			value, has, err = f.input.absent()
			if err != nil {
				return nil, fmt.Errorf("field %q: %w", f.name, err)
			}
		}
		if has {
			out[f.name] = value
		}
	}
	if t.oneOf && (len(out) != 1 || hasNull(out)) {
		return nil, fmt.Errorf("exactly one field of %s must be given, and not null", t.name)
	}
	return out, nil
}

func hasNull(object map[string]any) bool {
	for _, v := range object {
		if v == nil {
			return true
		}
	}
	return false
}

// absent is what an input is when it is not given: its default, nothing, or an
// error when it is required.
func (in *input) absent() (value any, has bool, err error) {
	if in.byDefault != nil {
		err := in.resolveDefault()
		return in.value, true, err
	}
	if in.typ.nonNull {
		return nil, false, fmt.Errorf("a value of type %s is required", in.typ.text)
	}
	return nil, false, nil
}

// coerceArguments coerces a field's arguments. nil when it declares none.
func coerceArguments(f *field, args ast.ArgumentList, variables map[string]any) (map[string]any, error) {
	if len(f.args) == 0 {
		return nil, nil
	}
	out := make(map[string]any, len(f.args))
	for _, in := range f.args {
		value, has, err := argumentValue(in, args.ForName(in.name), variables)
		if err != nil {
			return nil, fmt.Errorf("argument %q of %s.%s: %w", in.name, f.parent.name, f.name, err)
		}
		if has {
			out[in.name] = value
		}
	}
	return out, nil
}

func argumentValue(in *input, arg *ast.Argument, variables map[string]any) (value any, has bool, err error) {
	if arg == nil || isAbsentVariable(arg.Value, variables) {
		return in.absent()
	}
	value, err = coerceLiteral(in.typ, arg.Value, variables)
	return value, true, err
}

func isAbsentVariable(v *ast.Value, variables map[string]any) bool {
	if v.Kind != ast.Variable {
		return false
	}
	_, has := variables[v.Raw]
	return !has
}

// coerceLiteral coerces a value written in a document. A variable within has
// already been coerced to its own type, which validation found to fit; only a
// nullable variable in a non-null place (allowed by a default) can be wrong.
func coerceLiteral(t *typeRef, v *ast.Value, variables map[string]any) (any, error) {
	switch {
	case v.Kind == ast.Variable:
		value := variables[v.Raw]
		if value == nil && t.nonNull {
			return nil, fmt.Errorf("$%s is null, which is not a value of type %s", v.Raw, t.text)
		}
		return value, nil
	case v.Kind == ast.NullValue:
		if t.nonNull {
			return nil, fmt.Errorf("null is not a value of type %s", t.text)
		}
		return nil, nil
	case t.elem != nil:
		return coerceLiteralList(t, v, variables)
	}
	switch t.named.kind {
	case ast.Enum:
		if v.Kind == ast.EnumValue && t.named.values[v.Raw] {
			return v.Raw, nil
		}
		return nil, fmt.Errorf("%s is not a value of enum %s", v, t.named.name)
	case ast.InputObject:
		return coerceLiteralObject(t.named, v, variables)
	}
	return coerceLiteralScalar(t.named.name, v, variables)
}

func coerceLiteralList(t *typeRef, v *ast.Value, variables map[string]any) (any, error) {
	if v.Kind != ast.ListValue {
		value, err := coerceLiteral(t.elem, v, variables)
		return []any{value}, err
	}
	out := make([]any, len(v.Children))
	for i, child := range v.Children {
		value, err := coerceLiteral(t.elem, child.Value, variables)
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		out[i] = value
	}
	return out, nil
}

func coerceLiteralObject(t *namedType, v *ast.Value, variables map[string]any) (any, error) {
	if v.Kind != ast.ObjectValue {
		return nil, fmt.Errorf("%s is not an input object %s", v, t.name)
	}
	for _, child := range v.Children {
		if t.fields[child.Name] == nil {
			return nil, fmt.Errorf("input object %s has no field %q", t.name, child.Name)
		}
	}
	return coerceFields(t, func(in *input) (any, bool, error) {
		child := v.Children.ForName(in.name)
		if child == nil || isAbsentVariable(child, variables) {
			return nil, false, nil
		}
		value, err := coerceLiteral(in.typ, child, variables)
		return value, true, err
	})
}

var errNotFinite = errors.New("the number is out of range")

func coerceLiteralScalar(name string, v *ast.Value, variables map[string]any) (any, error) {
	isString := v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	switch name {
	case "Int":
		if i, err := strconv.ParseInt(v.Raw, 10, 32); v.Kind == ast.IntValue && err == nil {
			return i, nil
		}
	case "Float":
		if v.Kind == ast.IntValue || v.Kind == ast.FloatValue {
			f, err := strconv.ParseFloat(v.Raw, 64)
			if err != nil {
				return nil, errNotFinite
			}
			return f, nil
		}
	case "ID":
		if isString || v.Kind == ast.IntValue {
			return v.Raw, nil
		}
	case "String":
		if isString {
			return v.Raw, nil
		}
	case "Boolean":
		if v.Kind == ast.BooleanValue {
			return v.Raw == "true", nil
		}
	default:
		return literalJSON(v, variables), nil
	}
	return nil, fmt.Errorf("%s is not a value of type %s", v, name)
}

// literalJSON is a literal of a custom scalar, as JSON would have it.
func literalJSON(v *ast.Value, variables map[string]any) any {
	switch v.Kind {
	case ast.Variable:
		return variables[v.Raw]
	case ast.NullValue:
		return nil
	case ast.IntValue, ast.FloatValue:
		return json.Number(v.Raw)
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.ListValue:
		list := make([]any, len(v.Children))
		for i, child := range v.Children {
			list[i] = literalJSON(child.Value, variables)
		}
		return list
	case ast.ObjectValue:
		object := make(map[string]any, len(v.Children))
		for _, child := range v.Children {
			if !isAbsentVariable(child.Value, variables) {
				object[child.Name] = literalJSON(child.Value, variables)
			}
		}
		return object
	}
	return v.Raw // string, block string, enum
}

// preview shows a value in an error, cut to a readable length.
func preview(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("a Go %T", v)
	}
	if len(text) > 60 {
		return string(text[:57]) + "..."
	}
	return string(text)
}
