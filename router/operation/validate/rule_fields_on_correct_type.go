package validate

import (
	"slices"

	"github.com/vektah/gqlparser/v2/validator/core"
)

var fieldsOnCorrectType = &Rule{
	Name:    "FieldsOnCorrectType",
	Section: "5.3.1 Field Selections",
	field: func(v *validator, f *field) {
		if f.parent == nil || f.def != nil {
			return
		}
		v.report(at(f.Position), "Cannot query field %q on type %q.%s", clip(f.Name, maxSimilar), f.parent.Name, v.otherwise(f))
	},
}

// otherwise suggests a type condition under which the field exists, or else
// fields with similar names.
func (v *validator) otherwise(f *field) string {
	if v.options.Suggestions && f.parent.IsAbstractType() {
		if types := v.typesWith(f); len(types) > 0 {
			return " Did you mean to use an inline fragment on " + core.QuotedOrList(types...) + "?"
		}
	}
	return v.similar(f.Name, func() []string {
		var names []string
		for _, def := range f.parent.Fields {
			names = append(names, def.Name)
		}
		return names
	})
}

// typesWith are the types below f.parent that have the field, interfaces first.
func (v *validator) typesWith(f *field) []string {
	if v.suggested >= maxSuggested {
		return nil
	}
	v.suggested++
	var interfaces, objects []string
	for _, name := range f.parent.PossibleTypes {
		object := v.schema.Type(name)
		if object.Field(f.Name) == nil {
			continue
		}
		objects = append(objects, name)
		for _, i := range object.Interfaces {
			if def := v.schema.Type(i); def != nil && def.Field(f.Name) != nil && !slices.Contains(interfaces, i) {
				interfaces = append(interfaces, i)
			}
		}
	}
	return append(interfaces, objects...)
}
