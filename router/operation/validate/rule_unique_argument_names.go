package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueArgumentNames = &Rule{
	Name:    "UniqueArgumentNames",
	Section: "5.4.2 Argument Uniqueness",
	arguments: func(v *validator, a *arguments) {
		if len(a.given) < 2 {
			return
		}
		first := make(map[string]*ast.Position, len(a.given))
		for _, arg := range a.given {
			if before, ok := first[arg.Name]; ok {
				v.report(at(before, arg.Position), "There can be only one argument named %q.", arg.Name)
				continue
			}
			first[arg.Name] = arg.Position
		}
	},
}
