package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// externalOnInterface: an interface's field is resolved by the implementations,
// so that it makes no sense to call it external.
func externalOnInterface(c *checker) {
	c.eachField(func(f *sdl.Field) {
		if d := c.Applied(f.Directives, federation.AtExternal); d != nil && f.Parent.Kind == ast.Interface {
			c.fail(federation.ExternalOnInterface, d.Position, "move it to the fields of the implementations",
				"interface field %q cannot be @external", f.Coordinate())
		}
	})
}

// externalUnused: an external field is there to be used, by a field set or for
// an interface.
func externalUnused(c *checker) {
	c.eachField(func(f *sdl.Field) {
		if !c.External(f) || c.Used(f) {
			return
		}
		pos, how := f.Position, "is @external through its type"
		if d := c.Applied(f.Directives, federation.AtExternal); d != nil {
			pos, how = d.Position, "is @external"
		}
		c.fail(federation.ExternalUnused, pos, "remove the field, or remove @external if this subgraph resolves it",
			"%q %s, but no @key, @requires or @provides of this subgraph selects it and no interface demands it", f.Coordinate(), how)
	})
}
