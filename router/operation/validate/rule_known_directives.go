package validate

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

var knownDirectives = &Rule{
	Name:    "KnownDirectives",
	Section: "5.7.1 Directives Are Defined; 5.7.2 Directives Are in Valid Locations",
	directives: func(v *validator, directives ast.DirectiveList, location ast.DirectiveLocation) {
		for _, d := range directives {
			def := v.schema.Directives[d.Name]
			switch {
			case def == nil:
				v.report(at(d.Position), "Unknown directive \"@%s\".", d.Name)
			case !slices.Contains(def.Locations, location):
				v.report(at(d.Position), "Directive \"@%s\" may not be used on %s.", d.Name, location)
			}
		}
	},
}
