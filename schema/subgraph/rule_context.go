package subgraph

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// contextNames: the name of a context becomes part of a name in the supergraph.
func contextNames(c *checker) {
	name := c.NameOf(federation.AtContext)
	if name == "" {
		return
	}
	for _, t := range c.Schema.Types {
		for _, d := range t.Directives {
			if d.Name != name {
				continue
			}
			context, _ := sdl.StringArgument(d.Directive, "name")
			if why := contextNameProblem(context); why != "" {
				c.fail(federation.ContextNameInvalid, d.Position, "rename the context", "context %q of %q has no valid name: %s", context, t.Name, why)
			}
		}
	}
}

// contextArguments: an argument is taken from a context that is set, on a field
// of an object type, by a selection that fits.
func contextArguments(c *checker) {
	name := c.NameOf(federation.AtFromContext)
	if name == "" {
		return
	}
	for _, d := range c.Schema.Definitions {
		for _, arg := range d.Arguments {
			if applied := arg.Directives.ForName(name); applied != nil {
				c.fail(federation.ContextNotSet, applied.Position, "remove it", "argument %q of a directive cannot be taken from a context", sdl.DirectiveArgument(d.Name, arg.Name))
			}
		}
	}
	c.eachField(func(f *sdl.Field) {
		for _, a := range c.Contexts[f] {
			c.contextArgument(a)
		}
	})
}

func (c *checker) contextArgument(a *ContextArgument) {
	f, where, at := a.Field, a.Field.ArgumentCoordinate(a.Argument.Name), a.Applied.Position
	if f.Parent.Kind == ast.Interface {
		c.fail(federation.ContextNotSet, at, "move it to the fields of the implementations", "argument %q of an interface field cannot be taken from a context", where)
		return
	}
	for _, i := range f.Parent.Interfaces {
		if c.Schema.Type(i.Name).Field(f.Name) != nil {
			c.fail(federation.ContextNotSet, at, fmt.Sprintf("remove field %q from the interface, or take the argument from clients", f.Name),
				"argument %q cannot be taken from a context, as %q implements a field of interface %q", where, f.Coordinate(), i.Name)
			return
		}
	}
	if a.Argument.DefaultValue != nil {
		c.fail(federation.ContextNotSet, at, "remove the default", "argument %q cannot have a default, as it is taken from a context", where)
	}
	switch {
	case a.Context == "":
		c.fail(federation.NoContextInSelection, at, `write field: "$context { field }"`, "argument %q names no context", where)
	case len(a.setters) == 0:
		c.fail(federation.ContextNotSet, at, fmt.Sprintf("add @%s(name: %q) to the type that encloses %q", c.NameOf(federation.AtContext), a.Context, f.Parent.Name),
			"argument %q is taken from context %q, which no type of this subgraph sets", where, a.Context)
	}
	c.errors = append(c.errors, a.problems...)
}

// contextKey: to fill the argument a router must be able to come back to the
// object.
func contextKey(c *checker) {
	c.eachType(func(t *sdl.Type) {
		for _, k := range c.Keys[t] {
			if k.Resolvable {
				return
			}
		}
		for _, f := range t.Fields {
			if t.Kind == ast.Object && len(c.Contexts[f]) > 0 {
				c.fail(federation.ContextNoResolvableKey, c.Contexts[f][0].Applied.Position, fmt.Sprintf("add a @key to %q", t.Name),
					"%q takes an argument from a context, but %q has no resolvable @key", f.Coordinate(), t.Name)
			}
		}
	})
}
