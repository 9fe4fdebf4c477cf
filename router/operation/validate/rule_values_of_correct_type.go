package validate

import (
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// The rule sees every literal on its own, lists and input objects before their
// elements. Literals inside custom scalars have no expected type and may be
// anything.
var valuesOfCorrectType = &Rule{
	Name:    "ValuesOfCorrectType",
	Section: "5.6.1 Values of Correct Type; 5.6.2 Input Object Field Names; 5.6.4 Input Object Required Fields; 3.10.1 oneOf",
	value: func(v *validator, val *value) {
		switch {
		case val.expected == nil || val.named == nil || val.Kind == ast.Variable:
		case val.Kind == ast.NullValue:
			if val.expected.NonNull {
				v.report(at(val.Position), "Expected value of type %q, found null.", val.expected.String())
			}
		case val.Kind == ast.ListValue && val.expected.Elem != nil:
		case val.named.Kind == ast.InputObject:
			inputObject(v, val)
		case val.named.Kind == ast.Enum:
			enumValue(v, val)
		case val.named.Kind == ast.Scalar:
			if problem := scalarProblem(val); problem != "" {
				v.report(at(val.Position), "%s: %s", problem, describe(val.Value))
			}
		}
	},
}

// scalarProblem says what is wrong with a literal for a built-in scalar, or "".
func scalarProblem(val *value) string {
	isString := val.Kind == ast.StringValue || val.Kind == ast.BlockValue
	switch val.named.Name {
	case "Int":
		if val.Kind != ast.IntValue {
			return "Int cannot represent non-integer value"
		}
		if n, err := strconv.ParseInt(val.Raw, 10, 64); err != nil || n < math.MinInt32 || n > math.MaxInt32 {
			return "Int cannot represent non 32-bit signed integer value"
		}
	case "Float":
		if _, err := strconv.ParseFloat(val.Raw, 64); err != nil || val.Kind != ast.IntValue && val.Kind != ast.FloatValue {
			return "Float cannot represent non numeric value"
		}
	case "String":
		if !isString {
			return "String cannot represent a non string value"
		}
	case "Boolean":
		if val.Kind != ast.BooleanValue {
			return "Boolean cannot represent a non boolean value"
		}
	case "ID":
		if !isString && val.Kind != ast.IntValue {
			return "ID cannot represent a non-string and non-integer value"
		}
	}
	return ""
}

func enumValue(v *validator, val *value) {
	if val.Kind == ast.EnumValue && val.named.EnumValue(val.Raw) != nil {
		return
	}
	similar := ""
	if val.Kind == ast.EnumValue || val.Kind == ast.StringValue {
		similar = v.similarEnum(val.named, val.Raw)
	}
	if val.Kind == ast.EnumValue {
		v.report(at(val.Position), "Value %q does not exist in %q enum.%s", clip(val.Raw, maxSimilar), val.named.Name, similar)
		return
	}
	v.report(at(val.Position), "Enum %q cannot represent non-enum value: %s.%s", val.named.Name, describe(val.Value), similar)
}

func (v *validator) similarEnum(enum *apischema.Type, name string) string {
	if !v.options.Suggestions || len(name) > maxSimilar || v.suggested >= maxSuggested {
		return ""
	}
	v.suggested++
	var names []string
	for _, value := range enum.EnumValues {
		names = append(names, value.Name)
	}
	found := core.SuggestionList(name, names)
	if len(found) == 0 {
		return ""
	}
	return " Did you mean the enum value " + core.QuotedOrList(found...) + "?"
}

func inputObject(v *validator, val *value) {
	if val.Kind != ast.ObjectValue {
		v.report(at(val.Position), "Expected value of type %q, found %s.", val.expected.String(), describe(val.Value))
		return
	}
	given := make(map[string]bool, len(val.Children))
	for _, child := range val.Children {
		given[child.Name] = true
		if val.named.Field(child.Name) == nil {
			v.report(at(child.Position), "Field %q is not defined by type %q.%s", clip(child.Name, maxSimilar), val.named.Name, v.similar(child.Name, func() []string { return inputFieldNames(val.named) }))
		}
	}
	for _, def := range val.named.Fields {
		if def.Type.NonNull && def.DefaultValue == nil && !given[def.Name] {
			v.report(at(val.Position), "Field \"%s.%s\" of required type %q was not provided.", val.named.Name, def.Name, def.Type.String())
		}
	}
	if !val.named.OneOf {
		return
	}
	if len(val.Children) != 1 {
		v.report(at(val.Position), "OneOf Input Object %q must specify exactly one key.", val.named.Name)
	} else if only := val.Children[0]; only.Value.Kind == ast.NullValue {
		v.report(at(val.Position), "Field \"%s.%s\" must be non-null.", val.named.Name, only.Name)
	}
}

func inputFieldNames(t *apischema.Type) []string {
	var names []string
	for _, def := range t.Fields {
		names = append(names, def.Name)
	}
	slices.Sort(names)
	return names
}

// describe is a literal as written, shortened where it may be long.
func describe(v *ast.Value) string {
	switch v.Kind {
	case ast.ListValue:
		return "a list"
	case ast.ObjectValue:
		return "an object"
	case ast.StringValue, ast.BlockValue:
		return strconv.Quote(clip(v.Raw, maxSimilar))
	}
	return clip(v.Raw, maxSimilar)
}
