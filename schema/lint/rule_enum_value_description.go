package lint

import "github.com/vektah/gqlparser/v2/ast"

var enumValueDescription = Rule{
	Name: "enum-value-description", Level: Off,
	Asks: "Every value of an enum has a description.",
	Why:  "When an order is PENDING, and how it stops being so, is a question that clients have to answer.",
	Bad:  map[string]string{"orders": "type Query { state: State }\nenum State { PENDING }"},
	Good: map[string]string{"orders": "type Query { state: State }\nenum State { \"Paid, and not yet sent.\" PENDING }"},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			for _, v := range def.EnumValues {
				if v.Description == "" {
					l.found(s, def.Name+"."+v.Name, v.Position, "%s.%s has no description", def.Name, v.Name)
				}
			}
		})
	},
}
