package mock

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// group is the fields of one response name in one object (section 6.3.2), with
// what does not change between objects of the same type: so a list of a
// thousand objects is collected once.
type group struct {
	key      string // response name
	quoted   string // "key":
	nodes    []*ast.Field
	field    *field // nil for __typename
	children []typeGroups
	args     map[string]any
	argsErr  error
	argsDone bool
}

// typeGroups are the groups below a field for one runtime type.
type typeGroups struct {
	typ    *namedType
	groups []*group
}

// collect groups the fields that apply to objects of type t.
func (e *execution) collect(t *namedType, sets ...ast.SelectionSet) []*group {
	c := collector{execution: e, typ: t, byKey: map[string]*group{}}
	for _, set := range sets {
		c.add(set)
	}
	return c.groups
}

type collector struct {
	*execution
	typ     *namedType
	groups  []*group
	byKey   map[string]*group
	visited map[string]bool // fragments
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if c.included(s.Directives) {
				c.addField(s)
			}
		case *ast.InlineFragment:
			if c.included(s.Directives) && c.applies(s.TypeCondition) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if !c.visited[s.Name] && c.included(s.Directives) {
				c.addFragment(s)
			}
		}
	}
}

func (c *collector) addField(f *ast.Field) {
	g := c.byKey[f.Alias]
	if g == nil {
		g = &group{key: f.Alias, quoted: `"` + f.Alias + `":`, field: c.typ.fields[f.Name]}
		c.byKey[f.Alias] = g
		c.groups = append(c.groups, g)
	}
	g.nodes = append(g.nodes, f)
}

func (c *collector) addFragment(s *ast.FragmentSpread) {
	if c.visited == nil {
		c.visited = map[string]bool{}
	}
	c.visited[s.Name] = true
	if f := c.doc.Fragments.ForName(s.Name); c.applies(f.TypeCondition) {
		c.add(f.SelectionSet)
	}
}

func (c *collector) applies(condition string) bool {
	if condition == "" || condition == c.typ.name {
		return true
	}
	t := c.schema.types[condition]
	return t != nil && t.possible[c.typ.name] != nil
}

// included evaluates @skip and @include.
func (c *collector) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		if c.condition(d) == (d.Name == "skip") {
			return false
		}
	}
	return true
}

func (c *collector) condition(d *ast.Directive) bool {
	v := d.Arguments.ForName("if").Value
	if v.Kind == ast.Variable {
		b, _ := c.variables[v.Raw].(bool)
		return b
	}
	return v.Raw == "true"
}

// below gives the groups of a field's selections for a runtime type.
func (e *execution) below(g *group, t *namedType) []*group {
	for _, known := range g.children {
		if known.typ == t {
			return known.groups
		}
	}
	var sets [4]ast.SelectionSet
	list := sets[:0]
	for _, node := range g.nodes {
		list = append(list, node.SelectionSet)
	}
	groups := e.collect(t, list...)
	g.children = append(g.children, typeGroups{t, groups})
	return groups
}

// arguments coerces a field's arguments, once per group.
func (e *execution) arguments(g *group) (map[string]any, error) {
	if !g.argsDone {
		g.args, g.argsErr = coerceArguments(g.field, g.nodes[0].Arguments, e.variables)
		g.argsDone = true
	}
	return g.args, g.argsErr
}
