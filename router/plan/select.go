package plan

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// selection is a field or a fragment to be resolved: of the client's operation,
// or of a field set that a key or @requires asks for.
type selection struct {
	// field is "" for a fragment.
	field        string
	responseName string
	arguments    ast.ArgumentList
	argumentText string
	// typ is the named type of the field, or the fragment's type condition.
	typ string
	// leaf says that the field's type is a scalar or an enum.
	leaf bool
	// lists is how many lists deep the field's values are.
	lists int
	below []*selection
}

// fromOperation turns the client's selections into selections, those aside that
// the client may not see. A fragment of which nothing is left stays: the answer
// depends on the type that it names.
func fromOperation(set operation.SelectionSet) []*selection {
	out := make([]*selection, 0, len(set))
	for _, s := range set {
		switch s := s.(type) {
		case *operation.Field:
			if s.Withheld {
				continue
			}
			out = append(out, &selection{
				field: s.Name, responseName: s.ResponseName,
				arguments: s.Arguments, argumentText: ArgumentText(s.Arguments),
				typ: s.Type.Name, leaf: s.IsLeaf(), lists: listDepth(s.Definition.Type), below: fromOperation(s.Selections),
			})
		case *operation.InlineFragment:
			out = append(out, &selection{typ: s.TypeCondition.Name, below: fromOperation(s.Selections)})
		}
	}
	return out
}

// fromFieldSet turns a field set on the named type into selections.
func fromFieldSet(s *supergraph.Supergraph, typeName string, set ast.SelectionSet) []*selection {
	out := make([]*selection, 0, len(set))
	for _, item := range set {
		switch item := item.(type) {
		case *ast.Field:
			sel := &selection{
				field: item.Name, responseName: item.Name,
				arguments: item.Arguments, argumentText: ArgumentText(item.Arguments),
				typ: "String", leaf: true,
			}
			if def := s.Definitions[typeName].Fields.ForName(item.Name); def != nil {
				sel.typ, sel.lists = def.Type.Name(), listDepth(def.Type)
				sel.leaf = len(item.SelectionSet) == 0
				sel.below = fromFieldSet(s, sel.typ, item.SelectionSet)
				if kind := s.Definitions[sel.typ]; kind != nil && kind.IsAbstractType() {
					sel.below = append([]*selection{{field: "__typename", responseName: "__typename", typ: "String", leaf: true}}, sel.below...)
				}
			}
			out = append(out, sel)
		case *ast.InlineFragment:
			condition := item.TypeCondition
			if condition == "" {
				condition = typeName
			}
			out = append(out, &selection{typ: condition, below: fromFieldSet(s, condition, item.SelectionSet)})
		}
	}
	return out
}

func listDepth(t *ast.Type) int {
	depth := 0
	for ; t.Elem != nil; t = t.Elem {
		depth++
	}
	return depth
}

// variablesOf adds the names of the variables used in the arguments.
func variablesOf(args ast.ArgumentList, add func(name string)) {
	for _, a := range args {
		variablesInValue(a.Value, add)
	}
}

func variablesInValue(v *ast.Value, add func(name string)) {
	if v.Kind == ast.Variable {
		add(v.Raw)
	}
	for _, child := range v.Children {
		variablesInValue(child.Value, add)
	}
}
