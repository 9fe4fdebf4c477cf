package check

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Diff lists the differences between two schemas, by coordinate. It judges each
// by the position of what changed, from the sight of those who send operations
// to the schema. An element that was added or removed is one change, whatever is
// in it.
//
// The schemas need not be valid. What every schema has (the built-in scalars and
// directives, introspection) is not compared.
func Diff(old, new *ast.Schema) []Change {
	d := &differ{old: newSide(old), new: newSide(new)}
	d.schema()
	d.directives()
	d.types()
	slices.SortFunc(d.changes, byCoordinate)
	return d.changes
}
