package validate

import "github.com/vektah/gqlparser/v2/ast"

var knownArgumentNames = &Rule{
	Name:    "KnownArgumentNames",
	Section: "5.4.1 Argument Names",
	arguments: func(v *validator, a *arguments) {
		for _, arg := range a.given {
			if a.defs.ForName(arg.Name) != nil {
				continue
			}
			similar := v.similar(arg.Name, func() []string { return argumentNames(a.defs) })
			name := clip(arg.Name, maxSimilar)
			if a.field != nil {
				v.report(at(arg.Position), "Unknown argument %q on field \"%s.%s\".%s", name, a.field.parent.Name, a.field.Name, similar)
			} else {
				v.report(at(arg.Position), "Unknown argument %q on directive \"@%s\".%s", name, a.directive.Name, similar)
			}
		}
	},
}

func argumentNames(defs ast.ArgumentDefinitionList) []string {
	var names []string
	for _, def := range defs {
		names = append(names, def.Name)
	}
	return names
}
