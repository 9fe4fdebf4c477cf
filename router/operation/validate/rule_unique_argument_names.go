package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueArgumentNames = &Rule{
	Name:    "UniqueArgumentNames",
	Section: "5.4.2 Argument Uniqueness",
	arguments: func(v *validator, a *arguments) {
		v.unique(len(a.given), func(i int) (string, *ast.Position) {
			return a.given[i].Name, a.given[i].Position
		}, "There can be only one argument named %q.")
	},
}
