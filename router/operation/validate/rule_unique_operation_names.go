package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueOperationNames = &Rule{
	Name:    "UniqueOperationNames",
	Section: "5.2.2.1 Operation Name Uniqueness",
	document: func(v *validator) {
		v.unique(len(v.operations), func(i int) (string, *ast.Position) {
			return v.operations[i].operation.Name, v.operations[i].operation.Position
		}, "There can be only one operation named %q.")
	},
}

// unique reports each name that several of n things have, with the positions of
// all of them; the empty name is none.
func (v *validator) unique(n int, thing func(int) (string, *ast.Position), message string) {
	if n < 2 {
		return
	}
	var repeated []string
	positions := make(map[string][]*ast.Position, n)
	for i := range n {
		name, at := thing(i)
		if name == "" {
			continue
		}
		positions[name] = append(positions[name], at)
		if len(positions[name]) == 2 {
			repeated = append(repeated, name)
		}
	}
	for _, name := range repeated {
		v.report(positions[name][:min(len(positions[name]), maxPositions)], message, name)
	}
}
