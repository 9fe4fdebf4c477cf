package lint

import "github.com/vektah/gqlparser/v2/ast"

var enumValueNames = Rule{
	Name: "enum-value-names", Level: Warning,
	Asks: "Values of enums are in UPPER_CASE.",
	Why:  "The GraphQL specification recommends it (section 3.9), and it tells values from types and fields at sight.",
	Bad:  map[string]string{"products": "type Query { size: Size }\nenum Size { small extraLarge }"},
	Good: map[string]string{"products": "type Query { size: Size }\nenum Size { SMALL EXTRA_LARGE }"},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			for _, v := range def.EnumValues {
				if !upperSnake.MatchString(v.Name) {
					l.found(s, def.Name+"."+v.Name, v.Position, "the value %s.%s is not in UPPER_CASE", def.Name, v.Name)
				}
			}
		})
	},
}
