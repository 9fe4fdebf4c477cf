package validate

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// A subscription has one event stream, so which field its root selects must be
// known before any variable is: one response name, no conditions.
var singleFieldSubscriptions = &Rule{
	Name:    "SingleFieldSubscriptions",
	Section: "5.2.4.1 Single Root Field",
	document: func(v *validator) {
		for _, d := range v.operations {
			if d.operation.Operation == ast.Subscription {
				singleRootField(v, d)
			}
		}
	},
}

func singleRootField(v *validator, d *definition) {
	name := "Anonymous Subscription"
	if d.operation.Name != "" {
		name = `Subscription "` + d.operation.Name + `"`
	}
	root := v.flatten([]*selectionSet{d.set})
	for _, c := range root.conditional {
		v.report(at(c.Position), "%s must not use `@skip` or `@include` directives in the top level selection.", name)
	}
	for _, f := range root.fields {
		if f.Alias != root.fields[0].Alias {
			v.report(at(f.Position), "%s must select only one top level field.", name)
			break
		}
	}
	for _, f := range root.fields {
		if strings.HasPrefix(f.Name, "__") {
			v.report(at(f.Position), "%s must not select an introspection top level field.", name)
		}
	}
}

// flatten is what the selection sets select together, the fragments they spread
// opened; each selection set once.
func (v *validator) flatten(sets []*selectionSet) selectionSet {
	var all selectionSet
	v.mark++
	for todo := slices.Clone(sets); len(todo) > 0; todo = todo[1:] {
		set := todo[0]
		if set.mark == v.mark {
			continue
		}
		set.mark = v.mark
		all.fields = append(all.fields, set.fields...)
		all.conditional = append(all.conditional, set.conditional...)
		for _, d := range set.targets {
			todo = append(todo, d.set)
		}
	}
	return all
}
