package operation

import "github.com/vektah/gqlparser/v2/ast"

// usedVariables lists the variables that are left, in the order of their
// definition.
func (n *normalizer) usedVariables() Errors {
	used := make([]bool, len(n.variables))
	n.markSelections(used, n.operation.Root)
	for i := range n.variables {
		if used[i] {
			n.operation.Variables = append(n.operation.Variables, &n.variables[i].Variable)
		}
	}
	return nil
}

func (n *normalizer) markSelections(used []bool, set SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *Field:
			n.markArguments(used, s.Arguments)
			for _, d := range s.Directives {
				n.markArguments(used, d.Arguments)
			}
			n.markSelections(used, s.Selections)
		case *InlineFragment:
			n.markSelections(used, s.Selections)
		}
	}
}

func (n *normalizer) markArguments(used []bool, args ast.ArgumentList) {
	for _, arg := range args {
		n.markValue(used, arg.Value)
	}
}

func (n *normalizer) markValue(used []bool, v *ast.Value) {
	if v.Kind == ast.Variable {
		used[n.index[v.Raw]] = true
	}
	for _, child := range v.Children {
		n.markValue(used, child.Value)
	}
}
