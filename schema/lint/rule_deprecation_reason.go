package lint

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var deprecationReason = Rule{
	Name: "deprecation-reason", Level: Warning,
	Asks: "Whoever deprecates something says what to use instead.",
	Why:  "Without a reason clients see \"No longer supported\", which is not yet true and does not help.",
	Bad:  map[string]string{"products": "type Query { price: Int @deprecated }"},
	Good: map[string]string{"products": "type Query { price: Int @deprecated(reason: \"Use cost, which has a currency.\") cost: Int }"},
	check: func(l *linter) {
		reasonless := func(s Subgraph, at string, directives ast.DirectiveList, position *ast.Position) {
			d := directives.ForName("deprecated")
			if d == nil {
				return
			}
			if reason := d.Arguments.ForName("reason"); reason == nil || strings.TrimSpace(reason.Value.Raw) == "" || reason.Value.Raw == "No longer supported" {
				l.found(s, at, position, "%s is deprecated without a reason: say what to use instead", at)
			}
		}
		l.types(func(s Subgraph, def *ast.Definition) {
			for _, v := range def.EnumValues {
				reasonless(s, def.Name+"."+v.Name, v.Directives, v.Position)
			}
			for _, f := range def.Fields {
				reasonless(s, def.Name+"."+f.Name, f.Directives, f.Position)
				for _, arg := range f.Arguments {
					reasonless(s, def.Name+"."+f.Name+"("+arg.Name+":)", arg.Directives, arg.Position)
				}
			}
		})
	},
}
