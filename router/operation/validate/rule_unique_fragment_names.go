package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueFragmentNames = &Rule{
	Name:    "UniqueFragmentNames",
	Section: "5.5.1.1 Fragment Name Uniqueness",
	document: func(v *validator) {
		v.unique(len(v.fragments), func(i int) (string, *ast.Position) {
			return v.fragments[i].fragment.Name, v.fragments[i].fragment.Position
		}, "There can be only one fragment named %q.")
	},
}
