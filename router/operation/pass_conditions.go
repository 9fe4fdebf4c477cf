package operation

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// condition is a boolean variable that decides over @skip or @include.
type condition struct {
	variable int // position in Definition.variables
	used     *ast.Position
}

// findConditions finds the variables that @skip and @include read, in the
// operation and in every fragment it reaches, in the order of their definition.
// It runs once per definition: the values of these variables, and of no others,
// choose among the definition's normalised forms.
func findConditions(d *Definition) []condition {
	f := conditionFinder{definition: d, used: make([]*ast.Position, len(d.variables)), seen: map[string]bool{}}
	f.selections(d.parsed.SelectionSet)
	var found []condition
	for i, at := range f.used {
		if at != nil {
			found = append(found, condition{i, at})
		}
	}
	return found
}

type conditionFinder struct {
	definition *Definition
	used       []*ast.Position
	seen       map[string]bool // fragments
}

func (f *conditionFinder) selections(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			f.directives(s.Directives)
			f.selections(s.SelectionSet)
		case *ast.InlineFragment:
			f.directives(s.Directives)
			f.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			f.directives(s.Directives)
			if !f.seen[s.Name] {
				f.seen[s.Name] = true
				f.selections(f.definition.document.fragments[s.Name].SelectionSet)
			}
		}
	}
}

func (f *conditionFinder) directives(directives ast.DirectiveList) {
	for _, d := range directives {
		if !isConditional(d) {
			continue
		}
		value := d.Arguments.ForName("if").Value
		if i, ok := f.definition.index[value.Raw]; ok && value.Kind == ast.Variable && f.used[i] == nil {
			f.used[i] = value.Position
		}
	}
}

func isConditional(d *ast.Directive) bool { return d.Name == "skip" || d.Name == "include" }
