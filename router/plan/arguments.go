package plan

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
)

// ArgumentText prints arguments the way Slot.Arguments has them.
func ArgumentText(args ast.ArgumentList) string {
	if len(args) == 0 {
		return ""
	}
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.Name + ": " + operation.FormatValue(a.Value)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}
