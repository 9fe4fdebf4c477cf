package operation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// String is the operation's text form: GraphQL that normalises to the same
// operation. An empty selection set is written as a __typename that is skipped.
func (o *Operation) String() string {
	var p printer
	p.header(o)
	p.selectionSet(o.Root, 0)
	p.WriteByte('\n')
	return p.String()
}

// String is the selection set's text form, braces included, indented by two
// spaces per level.
func (s SelectionSet) String() string {
	var p printer
	p.selectionSet(s, 0)
	return p.String()
}

// FormatValue is a literal as GraphQL text, the way it is read best:
// {a: [1, $x], b: "c"}.
func FormatValue(v *ast.Value) string {
	var p printer
	p.value(v)
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) header(o *Operation) {
	if o.Kind == ast.Query && o.Name == "" && len(o.Variables) == 0 {
		return
	}
	p.WriteString(string(o.Kind))
	if o.Name != "" {
		p.WriteByte(' ')
		p.WriteString(o.Name)
	}
	for i, v := range o.Variables {
		p.WriteString([]string{"(", ", "}[min(i, 1)])
		p.WriteString("$" + v.Name + ": " + v.Type.String())
		if v.Default != nil {
			p.WriteString(" = ")
			p.value(v.Default)
		}
	}
	if len(o.Variables) > 0 {
		p.WriteByte(')')
	}
	p.WriteByte(' ')
}

func (p *printer) selectionSet(set SelectionSet, depth int) {
	p.WriteString("{\n")
	if len(set) == 0 {
		p.indent(depth + 1)
		p.WriteString("__typename @skip(if: true)\n")
	}
	for _, s := range set {
		p.indent(depth + 1)
		switch s := s.(type) {
		case *Field:
			p.field(s, depth+1)
		case *InlineFragment:
			p.WriteString("... on " + s.TypeCondition.Name + " ")
			p.selectionSet(s.Selections, depth+1)
		}
		p.WriteByte('\n')
	}
	p.indent(depth)
	p.WriteByte('}')
}

func (p *printer) indent(depth int) {
	for range depth {
		p.WriteString("  ")
	}
}

func (p *printer) field(f *Field, depth int) {
	if f.ResponseName != f.Name {
		p.WriteString(f.ResponseName + ": ")
	}
	p.WriteString(f.Name)
	p.arguments(f.Arguments)
	for _, d := range f.Directives {
		p.WriteString(" @" + d.Name)
		p.arguments(d.Arguments)
	}
	if f.Type.IsCompositeType() {
		p.WriteByte(' ')
		p.selectionSet(f.Selections, depth)
	}
}

func (p *printer) arguments(args ast.ArgumentList) {
	if len(args) == 0 {
		return
	}
	for i, arg := range args {
		p.WriteString([]string{"(", ", "}[min(i, 1)])
		p.WriteString(arg.Name + ": ")
		p.value(arg.Value)
	}
	p.WriteByte(')')
}

// value writes a literal; ast.Value.String would leave out the spaces.
func (p *printer) value(v *ast.Value) {
	switch v.Kind {
	case ast.ListValue:
		p.WriteByte('[')
		for i, child := range v.Children {
			if i > 0 {
				p.WriteString(", ")
			}
			p.value(child.Value)
		}
		p.WriteByte(']')
	case ast.ObjectValue:
		p.WriteByte('{')
		for i, child := range v.Children {
			if i > 0 {
				p.WriteString(", ")
			}
			p.WriteString(child.Name + ": ")
			p.value(child.Value)
		}
		p.WriteByte('}')
	default:
		p.WriteString(v.String())
	}
}
