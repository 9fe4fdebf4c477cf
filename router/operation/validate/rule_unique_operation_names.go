package validate

import "github.com/vektah/gqlparser/v2/ast"

var uniqueOperationNames = &Rule{
	Name:    "UniqueOperationNames",
	Section: "5.2.2.1 Operation Name Uniqueness",
	document: func(v *validator) {
		first := map[string]*ast.Position{}
		for _, d := range v.operations {
			op := d.operation
			if op.Name == "" {
				continue
			}
			if before, ok := first[op.Name]; ok {
				v.report(at(before, op.Position), "There can be only one operation named %q.", op.Name)
				continue
			}
			first[op.Name] = op.Position
		}
	},
}
