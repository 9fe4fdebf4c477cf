package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Text prints a field set on one line: "id organization { id }".
func Text(set ast.SelectionSet) string {
	parts := make([]string, len(set))
	for i, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			parts[i] = s.Name + argumentsText(s.Arguments)
			if s.Alias != "" && s.Alias != s.Name {
				parts[i] = s.Alias + ": " + parts[i]
			}
			if len(s.SelectionSet) > 0 {
				parts[i] += " { " + Text(s.SelectionSet) + " }"
			}
		case *ast.InlineFragment:
			parts[i] = "... { " + Text(s.SelectionSet) + " }"
			if s.TypeCondition != "" {
				parts[i] = "... on " + s.TypeCondition + " { " + Text(s.SelectionSet) + " }"
			}
		default:
			panic(fmt.Sprintf("a field set holds a %T", s))
		}
	}
	return strings.Join(parts, " ")
}

func argumentsText(args ast.ArgumentList) string {
	if len(args) == 0 {
		return ""
	}
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.Name + ": " + a.Value.String()
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// String names the node by type and subgraph: "Product@inventory", with what is
// provided: "Product@inventory(+price)".
func (n *Node) String() string {
	name := n.Type.Name + "@" + n.Subgraph().Name
	if len(n.Provided) > 0 {
		name += "(+" + Text(n.Provided) + ")"
	}
	return name
}

// String prints the graph, one node per paragraph, for people and tests.
func (g *Graph) String() string {
	var b strings.Builder
	for _, n := range g.nodes {
		b.WriteString(n.String())
		if n.Type.InterfaceObject {
			b.WriteString(" (interface object)")
		}
		b.WriteByte('\n')
		for _, name := range n.Type.FieldNames {
			if e := n.Field(name); e != nil {
				b.WriteString(e.text())
			}
		}
		for _, name := range sortedNames(n.casts) {
			fmt.Fprintf(&b, "  ... on %s -> %s\n", name, n.casts[name])
		}
	}
	for _, name := range sortedNames(g.entries) {
		fmt.Fprintf(&b, "%s is entered\n", name)
		for _, e := range g.entries[name] {
			fmt.Fprintf(&b, "  { %s } -> %s\n", Text(e.Key.Fields), e.Node)
		}
	}
	return b.String()
}

func (e *Edge) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s", e.Field.Name)
	if e.Field.Requires != nil {
		fmt.Fprintf(&b, " requires { %s }", Text(e.Field.Requires))
	}
	if e.Field.Label != "" {
		fmt.Fprintf(&b, " if %s is %v", e.Field.Label, e.Field.LabelOn)
	}
	if e.To != nil {
		fmt.Fprintf(&b, " -> %s", e.To)
	}
	return b.String() + "\n"
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
