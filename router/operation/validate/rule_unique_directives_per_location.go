package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueDirectivesPerLocation = &Rule{
	Name:    "UniqueDirectivesPerLocation",
	Section: "5.7.3 Directives Are Unique per Location",
	directives: func(v *validator, directives ast.DirectiveList, _ ast.DirectiveLocation) {
		v.unique(len(directives), func(i int) (string, *ast.Position) {
			d := directives[i]
			if def := v.schema.Directives[d.Name]; def == nil || def.IsRepeatable {
				return "", nil
			}
			return d.Name, d.Position
		}, "The directive \"@%s\" can only be used once at this location.")
	},
}
