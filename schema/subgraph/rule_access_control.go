package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// accessControlOnInterfaces: who may see an interface follows from who may see
// its implementations; composition works it out.
func accessControlOnInterfaces(c *checker) {
	for _, d := range []federation.Directive{federation.AtAuthenticated, federation.AtRequiresScopes, federation.AtPolicy} {
		c.eachType(func(t *sdl.Type) {
			applied := c.AppliedToType(t, d)
			switch {
			case applied == nil:
			case t.Kind == ast.Interface:
				c.accessControl(applied, "interface", t.Name)
			case c.IsInterfaceObject(t):
				c.accessControl(applied, "interface object", t.Name)
			}
			if t.Kind != ast.Interface {
				return
			}
			for _, f := range t.Fields {
				if applied := c.Applied(f.Directives, d); applied != nil {
					c.accessControl(applied, "interface field", f.Coordinate())
				}
			}
		})
	}
}

func (c *checker) accessControl(d *ast.Directive, what, where string) {
	c.fail(federation.AuthRequirementsAppliedOnInterface, d.Position, "apply it to the implementations; the interface inherits it from them",
		"%s %q cannot have @%s", what, where, d.Name)
}
