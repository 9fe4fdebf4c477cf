package plan

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// ArgumentText prints arguments the way Slot.Arguments has them.
func ArgumentText(args ast.ArgumentList) string {
	if len(args) == 0 {
		return ""
	}
	var b strings.Builder
	for i, a := range args {
		b.WriteString([]string{"(", ", "}[min(i, 1)])
		b.WriteString(a.Name + ": ")
		writeArgument(&b, a.Value)
	}
	b.WriteByte(')')
	return b.String()
}

func writeArgument(b *strings.Builder, v *ast.Value) {
	separators := [2]string{"", ", "}
	switch v.Kind {
	case ast.ListValue:
		b.WriteByte('[')
		for i, child := range v.Children {
			b.WriteString(separators[min(i, 1)])
			writeArgument(b, child.Value)
		}
		b.WriteByte(']')
	case ast.ObjectValue:
		b.WriteByte('{')
		for i, child := range v.Children {
			b.WriteString(separators[min(i, 1)] + child.Name + ": ")
			writeArgument(b, child.Value)
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.String())
	}
}
