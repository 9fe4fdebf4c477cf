package shrink

import (
	"maps"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// editsOfQuery removes selections, fragments, aliases, arguments, directives
// and variables, each apart.
func editsOfQuery(c Case, i int) (Case, bool) {
	doc, err := parser.ParseQuery(&ast.Source{Input: c.Query})
	if err != nil {
		return c, false
	}
	e := &queryEditor{doc: doc, left: i}
	for _, op := range doc.Operations {
		op.SelectionSet = e.set(op.SelectionSet)
		e.variables(op)
	}
	for _, f := range doc.Fragments {
		f.SelectionSet = e.set(f.SelectionSet)
	}
	if !e.done {
		return c, false
	}
	dropUnused(doc)
	c.Query = printQuery(doc)
	c.Variables = declared(doc, c.Variables)
	return c, true
}

func printQuery(doc *ast.QueryDocument) string {
	var out strings.Builder
	formatter.NewFormatter(&out, formatter.WithIndent(" ")).FormatQueryDocument(doc)
	return out.String()
}

// queryEditor walks a document and makes the edit whose turn it is.
type queryEditor struct {
	doc  *ast.QueryDocument
	left int // edits to pass over
	done bool
}

// turn says whether the edit at hand is the one to make.
func (e *queryEditor) turn() bool {
	if e.done {
		return false
	}
	e.left--
	e.done = e.left < 0
	return e.done
}

func (e *queryEditor) set(set ast.SelectionSet) ast.SelectionSet {
	for i := 0; i < len(set) && !e.done; i++ {
		if len(set) > 1 && e.turn() {
			return append(set[:i:i], set[i+1:]...)
		}
		if inner := e.inside(set[i]); inner != nil {
			return append(append(set[:i:i], inner...), set[i+1:]...)
		}
	}
	return set
}

// inside edits within a selection; what it returns, if anything, stands in the
// selection's place.
func (e *queryEditor) inside(selection ast.Selection) ast.SelectionSet {
	switch s := selection.(type) {
	case *ast.Field:
		if s.Alias != s.Name && e.turn() {
			s.Alias = s.Name
		}
		if len(s.SelectionSet) > 0 && e.turn() {
			s.SelectionSet = ast.SelectionSet{&ast.Field{Name: "__typename", Alias: "__typename"}}
		}
		s.Directives = e.directives(s.Directives)
		s.Arguments = e.arguments(s.Arguments)
		s.SelectionSet = e.set(s.SelectionSet)
	case *ast.InlineFragment:
		if e.turn() {
			return s.SelectionSet
		}
		s.Directives = e.directives(s.Directives)
		s.SelectionSet = e.set(s.SelectionSet)
	case *ast.FragmentSpread:
		if f := e.doc.Fragments.ForName(s.Name); f != nil && e.turn() {
			return ast.SelectionSet{&ast.InlineFragment{TypeCondition: f.TypeCondition, Directives: s.Directives, SelectionSet: f.SelectionSet}}
		}
		s.Directives = e.directives(s.Directives)
	}
	return nil
}

func (e *queryEditor) directives(list ast.DirectiveList) ast.DirectiveList {
	for i := range list {
		if e.turn() {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

func (e *queryEditor) arguments(list ast.ArgumentList) ast.ArgumentList {
	for i, arg := range list {
		if e.turn() {
			return append(list[:i:i], list[i+1:]...)
		}
		if arg.Value.Kind == ast.Variable && e.turn() {
			arg.Value = e.constant(arg.Value.Raw)
		}
		e.value(arg.Value)
	}
	return list
}

// value removes parts of a literal.
func (e *queryEditor) value(v *ast.Value) {
	for i, child := range v.Children {
		if e.turn() {
			v.Children = append(v.Children[:i:i], v.Children[i+1:]...)
			return
		}
		e.value(child.Value)
	}
}

// constant stands for a variable: its default, or a value that is short.
func (e *queryEditor) constant(name string) *ast.Value {
	for _, op := range e.doc.Operations {
		if def := op.VariableDefinitions.ForName(name); def != nil && def.DefaultValue != nil {
			return def.DefaultValue
		}
	}
	return &ast.Value{Kind: ast.NullValue, Raw: "null"}
}

func (e *queryEditor) variables(op *ast.OperationDefinition) {
	for _, def := range op.VariableDefinitions {
		if def.DefaultValue != nil && e.turn() {
			def.DefaultValue = nil
		}
	}
}

// dropUnused removes the fragments and variables that nothing uses any more.
func dropUnused(doc *ast.QueryDocument) {
	u := usage{doc: doc, fragments: map[string]bool{}, variables: map[string]bool{}}
	for _, op := range doc.Operations {
		u.set(op.SelectionSet)
	}
	var fragments ast.FragmentDefinitionList
	for _, f := range doc.Fragments {
		if u.fragments[f.Name] {
			fragments = append(fragments, f)
		}
	}
	doc.Fragments = fragments
	for _, op := range doc.Operations {
		var variables ast.VariableDefinitionList
		for _, def := range op.VariableDefinitions {
			if u.variables[def.Variable] {
				variables = append(variables, def)
			}
		}
		op.VariableDefinitions = variables
	}
}

type usage struct {
	doc                  *ast.QueryDocument
	fragments, variables map[string]bool
}

func (u usage) set(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			u.arguments(s.Arguments)
			u.directives(s.Directives)
			u.set(s.SelectionSet)
		case *ast.InlineFragment:
			u.directives(s.Directives)
			u.set(s.SelectionSet)
		case *ast.FragmentSpread:
			u.directives(s.Directives)
			if f := u.doc.Fragments.ForName(s.Name); f != nil && !u.fragments[s.Name] {
				u.fragments[s.Name] = true
				u.set(f.SelectionSet)
			}
		}
	}
}

func (u usage) directives(list ast.DirectiveList) {
	for _, d := range list {
		u.arguments(d.Arguments)
	}
}

func (u usage) arguments(list ast.ArgumentList) {
	for _, arg := range list {
		u.value(arg.Value)
	}
}

func (u usage) value(v *ast.Value) {
	if v.Kind == ast.Variable {
		u.variables[v.Raw] = true
	}
	for _, child := range v.Children {
		u.value(child.Value)
	}
}

// declared leaves of the variables' values those that are still declared.
func declared(doc *ast.QueryDocument, values map[string]any) map[string]any {
	kept := maps.Clone(values)
	for name := range values {
		used := false
		for _, op := range doc.Operations {
			used = used || op.VariableDefinitions.ForName(name) != nil
		}
		if !used {
			delete(kept, name)
		}
	}
	return kept
}
