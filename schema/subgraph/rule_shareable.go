package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// shareableUsage: @shareable says something about fields of object types, once.
func shareableUsage(c *checker) {
	name := c.NameOf(federation.AtShareable)
	if name == "" {
		return
	}
	c.eachType(func(t *sdl.Type) {
		first := map[int]*ast.Directive{}
		for _, d := range t.Directives {
			if d.Name != name {
				continue
			}
			if first[d.Part] != nil {
				c.shareableTwice(t.Name, first[d.Part], d.Directive)
				continue
			}
			first[d.Part] = d.Directive
		}
		for _, f := range t.Fields {
			c.shareableField(f, f.Directives.ForNames(name))
		}
	})
}

func (c *checker) shareableField(f *sdl.Field, applied []*ast.Directive) {
	if len(applied) == 0 {
		return
	}
	if f.Parent.Kind == ast.Interface {
		c.fail(federation.InvalidShareableUsage, applied[0].Position, "mark the fields of the implementations instead",
			"interface field %q cannot be @shareable: only object types resolve fields", f.Coordinate())
	}
	for _, again := range applied[1:] {
		c.shareableTwice(f.Coordinate(), applied[0], again)
	}
}

func (c *checker) shareableTwice(where string, first, again *ast.Directive) {
	e := c.fail(federation.InvalidShareableUsage, again.Position, "remove one of the two", "@%s is applied twice to one declaration of %q", again.Name, where)
	e.Places = append(e.Places, federation.Place{Position: first.Position, Note: "the first one"})
}
