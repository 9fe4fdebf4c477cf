package subgraph

import (
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// providesPosition: @provides needs a field that this subgraph resolves and that
// has fields to provide.
func providesPosition(c *checker) {
	c.eachField(func(f *sdl.Field) {
		d := c.Applied(f.Directives, federation.AtProvides)
		if d == nil {
			return
		}
		if c.markedExternal(f) {
			c.fail(federation.ExternalCollisionWithAnotherDirective, d.Position, "remove @external if this subgraph resolves the field, else remove @provides",
				"%q is both @external and @provides: what this subgraph does not resolve cannot provide anything", f.Coordinate())
			return
		}
		if !c.Schema.Type(f.Type.Name()).IsComposite() {
			c.fail(federation.ProvidesOnNonObjectField, d.Position, "remove @provides",
				"%q is of type %s, which has no fields to provide", f.Coordinate(), f.Type)
		}
	})
}
