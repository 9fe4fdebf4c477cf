package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Uses lists the coordinates that an operation uses, sorted: types, fields,
// arguments, input fields, enum values and directives. A variable of an input
// object or enum may hold anything, so it uses all that is in the type. What the
// schema does not know is left out.
func Uses(s *ast.Schema, op *ast.OperationDefinition, fragments ast.FragmentDefinitionList) []string {
	u := user{schema: s, fragments: fragments, used: map[string]bool{}, open: map[string]bool{}}
	root := s.Query
	switch op.Operation {
	case ast.Mutation:
		root = s.Mutation
	case ast.Subscription:
		root = s.Subscription
	}
	for _, v := range op.VariableDefinitions {
		u.variable(v.Type.Name())
		u.value(v.Type, v.DefaultValue)
		u.directives(v.Directives)
	}
	u.directives(op.Directives)
	u.selections(root, op.SelectionSet)
	return slices.Sorted(maps.Keys(u.used))
}

// UsesOf is Uses for the only operation of a document; it is nil for other texts.
func UsesOf(s *ast.Schema, text string) []string {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil || len(doc.Operations) != 1 {
		return nil
	}
	return Uses(s, doc.Operations[0], doc.Fragments)
}

// Concerns says whether the change concerns who uses the coordinates, which are
// sorted.
func (c *Change) Concerns(used []string) bool {
	return slices.ContainsFunc(c.Uses, func(use string) bool {
		name, whole := strings.CutSuffix(use, ".*")
		i, found := slices.BinarySearch(used, name)
		if found || !whole {
			return found
		}
		return i < len(used) && strings.HasPrefix(used[i], name+".")
	})
}

// user collects what an operation uses.
type user struct {
	schema    *ast.Schema
	fragments ast.FragmentDefinitionList
	used      map[string]bool
	open      map[string]bool // the fragments that were entered
}

func (u *user) selections(parent *ast.Definition, set ast.SelectionSet) {
	if parent == nil {
		return
	}
	u.used[parent.Name] = true
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			u.field(parent, s)
		case *ast.InlineFragment:
			u.directives(s.Directives)
			if s.TypeCondition == "" {
				u.selections(parent, s.SelectionSet)
			} else {
				u.selections(u.schema.Types[s.TypeCondition], s.SelectionSet)
			}
		case *ast.FragmentSpread:
			u.directives(s.Directives)
			if f := u.fragments.ForName(s.Name); f != nil && !u.open[s.Name] {
				u.open[s.Name] = true
				u.directives(f.Directives)
				u.selections(u.schema.Types[f.TypeCondition], f.SelectionSet)
			}
		}
	}
}

func (u *user) field(parent *ast.Definition, f *ast.Field) {
	u.directives(f.Directives)
	def := parent.Fields.ForName(f.Name)
	if def == nil {
		return
	}
	coordinate := parent.Name + "." + f.Name
	u.used[coordinate] = true
	u.arguments(coordinate, def.Arguments, f.Arguments)
	u.selections(u.schema.Types[def.Type.Name()], f.SelectionSet)
}

func (u *user) directives(list ast.DirectiveList) {
	for _, d := range list {
		if def := u.schema.Directives[d.Name]; def != nil {
			u.used["@"+d.Name] = true
			u.arguments("@"+d.Name, def.Arguments, d.Arguments)
		}
	}
}

func (u *user) arguments(of string, defs ast.ArgumentDefinitionList, args ast.ArgumentList) {
	for _, arg := range args {
		if def := defs.ForName(arg.Name); def != nil {
			u.used[of+"("+arg.Name+":)"] = true
			u.value(def.Type, arg.Value)
		}
	}
}

// value follows a literal down its type.
func (u *user) value(t *ast.Type, v *ast.Value) {
	if v == nil {
		return
	}
	def := u.schema.Types[t.Name()]
	if def == nil {
		return
	}
	u.used[def.Name] = true
	switch v.Kind {
	case ast.EnumValue:
		u.used[def.Name+"."+v.Raw] = true
	case ast.ListValue:
		for _, item := range v.Children {
			u.value(ast.NamedType(def.Name, nil), item.Value)
		}
	case ast.ObjectValue:
		for _, child := range v.Children {
			if f := def.Fields.ForName(child.Name); f != nil {
				u.used[def.Name+"."+f.Name] = true
				u.value(f.Type, child.Value)
			}
		}
	}
}

// variable uses all that values of a type may hold.
func (u *user) variable(typeName string) {
	def := u.schema.Types[typeName]
	if def == nil || u.open["$"+typeName] {
		return
	}
	u.open["$"+typeName] = true
	u.used[typeName] = true
	for _, v := range def.EnumValues {
		u.used[typeName+"."+v.Name] = true
	}
	if def.Kind != ast.InputObject {
		return
	}
	for _, f := range def.Fields {
		u.used[typeName+"."+f.Name] = true
		u.variable(f.Type.Name())
	}
}
