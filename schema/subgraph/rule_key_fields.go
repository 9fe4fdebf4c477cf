package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

var interfaceKeysSince = federation.Version{Major: 2, Minor: 3}

// keyFields: a @key selects fields of its type, down to scalars and enums,
// without arguments, and stands on an interface only since federation 2.3.
func keyFields(c *checker) {
	c.eachType(func(t *sdl.Type) {
		for _, k := range c.Keys[t] {
			switch {
			case k.problem != nil:
				c.errors = append(c.errors, k.problem)
			case t.Kind == ast.Interface && !c.Linked.AtLeast(interfaceKeysSince):
				c.fail(federation.KeyUnsupportedOnInterface, k.Applied.Position, "link federation v2.3 or newer, or put the key on the implementations only",
					"interface %q cannot have a @key in federation %s", t.Name, c.Linked)
			}
		}
	})
}
