package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueDirectivesPerLocation = &Rule{
	Name:    "UniqueDirectivesPerLocation",
	Section: "5.7.3 Directives Are Unique per Location",
	directives: func(v *validator, directives ast.DirectiveList, _ ast.DirectiveLocation) {
		if len(directives) < 2 {
			return
		}
		first := make(map[string]*ast.Position, len(directives))
		for _, d := range directives {
			if def := v.schema.Directives[d.Name]; def == nil || def.IsRepeatable {
				continue
			}
			if before, ok := first[d.Name]; ok {
				v.report(at(before, d.Position), "The directive \"@%s\" can only be used once at this location.", d.Name)
				continue
			}
			first[d.Name] = d.Position
		}
	},
}
