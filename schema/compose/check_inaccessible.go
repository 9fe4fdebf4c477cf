package compose

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// inaccessibleCheck looks at what is left of the supergraph when the elements
// marked @inaccessible are hidden from clients. What is below a hidden element
// is hidden with it and not looked at.
type inaccessibleCheck struct {
	*supergraphCheck
	name string
}

func (c *supergraphCheck) inaccessible() {
	md := c.federated[federation.AtInaccessible]
	if md == nil {
		return
	}
	i := &inaccessibleCheck{c, md.name}
	for _, t := range c.schema.Types {
		if !t.Spec {
			i.typ(t)
		}
	}
	for _, d := range c.schema.Definitions {
		i.directive(d)
	}
}

func (c *inaccessibleCheck) hides(list ast.DirectiveList) bool { return list.ForName(c.name) != nil }

func (c *inaccessibleCheck) hidesType(t *sdl.Type) bool { return t.Directive(c.name) != nil }

func (c *inaccessibleCheck) hidesNamed(name string) bool {
	t := c.schema.Type(name)
	return t != nil && c.hidesType(t)
}

func (c *inaccessibleCheck) typ(t *sdl.Type) {
	if c.hidesType(t) {
		if t.Name == sdl.RootName(ast.Query) {
			c.fail(federation.QueryRootTypeInaccessible, t.Position(), "hide fields of it instead", "%q is @inaccessible, but it is the query root, which clients must see", t.Name)
		}
		return
	}
	c.visibleChildren(t)
	for _, f := range t.Fields {
		switch {
		case t.Kind == ast.InputObject:
			c.inputField(f)
		case c.hides(f.Directives):
			c.hiddenField(f)
		default:
			c.field(f)
		}
	}
}

// visibleChildren demands that something is left of a visible type.
func (c *inaccessibleCheck) visibleChildren(t *sdl.Type) {
	what, left := "fields", slices.ContainsFunc(t.Fields, func(f *sdl.Field) bool { return !c.hides(f.Directives) })
	switch t.Kind {
	case ast.Scalar:
		return
	case ast.Enum:
		what, left = "values", slices.ContainsFunc(t.Values, func(v *ast.EnumValueDefinition) bool { return !c.hides(v.Directives) })
	case ast.Union:
		what, left = "members", slices.ContainsFunc(t.Members, func(r sdl.Reference) bool { return !c.hidesNamed(r.Name) })
	}
	if !left {
		c.fail(federation.OnlyInaccessibleChildren, t.Position(), fmt.Sprintf("hide the type, or show one of its %s", what),
			"%s %q is visible to clients, but all of its %s are @inaccessible", sdl.KindName(t.Kind), t.Name, what)
	}
}

func (c *inaccessibleCheck) reference(where, typeName string, pos *ast.Position) {
	if c.hidesNamed(typeName) {
		e := c.fail(federation.ReferencedInaccessible, pos, fmt.Sprintf("hide %q too, or show the type", where),
			"%q is visible to clients, but it is of type %q, which is @inaccessible", where, typeName)
		e.Places = append(e.Places, federation.Place{Position: c.schema.Type(typeName).Position(), Note: "the hidden type"})
	}
}

func (c *inaccessibleCheck) field(f *sdl.Field) {
	c.reference(f.Coordinate(), f.Type.Name(), f.Position)
	for _, arg := range f.Arguments {
		where := f.ArgumentCoordinate(arg.Name)
		if c.hides(arg.Directives) {
			c.hiddenArgument(where, "argument", arg.Type, arg.DefaultValue, arg.Position)
			c.implementedArgument(f, arg)
			c.implementingArguments(f, arg)
			continue
		}
		c.reference(where, arg.Type.Name(), arg.Position)
		c.defaultValue(where, arg.DefaultValue, arg.Type, arg.Position)
	}
}

func (c *inaccessibleCheck) hiddenArgument(where, what string, t *ast.Type, value *ast.Value, pos *ast.Position) {
	if sdl.IsRequired(t, value) {
		c.fail(federation.RequiredInaccessible, pos, "give it a default or make it nullable, or show it", "%s %q is @inaccessible, but it is required, so that clients must give it", what, where)
	}
}

// hiddenField reports a hidden field that a visible interface shows.
func (c *inaccessibleCheck) hiddenField(f *sdl.Field) {
	for _, r := range f.Parent.Interfaces {
		i := c.schema.Type(r.Name)
		want := i.Field(f.Name)
		if want != nil && !c.hidesType(i) && !c.hides(want.Directives) {
			e := c.fail(federation.ImplementedByInaccessible, f.Position, "hide the interface's field too, or show this one",
				"%q is @inaccessible, but it implements %q, which clients see", f.Coordinate(), want.Coordinate())
			e.Places = append(e.Places, federation.Place{Position: want.Position, Note: "the interface field"})
		}
	}
}

// implementedArgument reports a hidden argument that a visible interface shows.
func (c *inaccessibleCheck) implementedArgument(f *sdl.Field, arg *ast.ArgumentDefinition) {
	for _, r := range f.Parent.Interfaces {
		i := c.schema.Type(r.Name)
		want := i.Field(f.Name)
		if want == nil || c.hidesType(i) || c.hides(want.Directives) {
			continue
		}
		if w := want.Arguments.ForName(arg.Name); w != nil && !c.hides(w.Directives) {
			e := c.fail(federation.ImplementedByInaccessible, arg.Position, "hide the interface's argument too, or show this one",
				"argument %q is @inaccessible, but it implements %q, which clients see", f.ArgumentCoordinate(arg.Name), want.ArgumentCoordinate(arg.Name))
			e.Places = append(e.Places, federation.Place{Position: w.Position, Note: "the interface's argument"})
		}
	}
}

// implementingArguments reports implementations that require an argument which
// the interface hides.
func (c *inaccessibleCheck) implementingArguments(f *sdl.Field, arg *ast.ArgumentDefinition) {
	if f.Parent.Kind != ast.Interface {
		return
	}
	for _, t := range c.schema.Types {
		if !t.Implements(f.Parent.Name) || c.hidesType(t) {
			continue
		}
		g := t.Field(f.Name)
		if g == nil || c.hides(g.Directives) {
			continue
		}
		if a := g.Arguments.ForName(arg.Name); a != nil && !c.hides(a.Directives) && sdl.IsRequired(a.Type, a.DefaultValue) {
			e := c.fail(federation.RequiredInaccessible, arg.Position, "show it, or give it a default where it is implemented",
				"argument %q is @inaccessible, but %q, which implements it, is required", f.ArgumentCoordinate(arg.Name), g.ArgumentCoordinate(arg.Name))
			e.Places = append(e.Places, federation.Place{Position: a.Position, Note: "the implementation"})
		}
	}
}

func (c *inaccessibleCheck) inputField(f *sdl.Field) {
	if c.hides(f.Directives) {
		c.hiddenArgument(f.Coordinate(), "input field", f.Type, f.DefaultValue, f.Position)
		return
	}
	c.reference(f.Coordinate(), f.Type.Name(), f.Position)
	c.defaultValue(f.Coordinate(), f.DefaultValue, f.Type, f.Position)
}

// directive checks the arguments of directives: those for operations like those
// of fields, while those for schemas cannot hide anything.
func (c *inaccessibleCheck) directive(d *ast.DirectiveDefinition) {
	typeSystem := slices.ContainsFunc(d.Locations, func(l ast.DirectiveLocation) bool { return !slices.Contains(executableLocations, l) })
	for _, arg := range d.Arguments {
		where := sdl.DirectiveArgument(d.Name, arg.Name)
		switch {
		case c.hides(arg.Directives) && typeSystem:
			c.fail(federation.DisallowedInaccessible, arg.Position, "remove @inaccessible", "argument %q belongs to a directive for schemas and cannot be @inaccessible", where)
		case c.hides(arg.Directives):
			c.hiddenArgument(where, "argument", arg.Type, arg.DefaultValue, arg.Position)
		case !typeSystem:
			c.reference(where, arg.Type.Name(), arg.Position)
			c.defaultValue(where, arg.DefaultValue, arg.Type, arg.Position)
		}
	}
}

// defaultValue reports hidden input fields and enum values in a default that
// clients see.
func (c *inaccessibleCheck) defaultValue(where string, v *ast.Value, t *ast.Type, pos *ast.Position) {
	if v == nil {
		return
	}
	if v.Kind == ast.ListValue && t.Elem != nil {
		for _, child := range v.Children {
			c.defaultValue(where, child.Value, t.Elem, pos)
		}
		return
	}
	named := c.schema.Type(t.Name())
	switch {
	case named.Kind == ast.Enum && v.Kind == ast.EnumValue:
		if value := named.Value(v.Raw); value != nil && c.hides(value.Directives) {
			c.hiddenDefault(where, "enum value", named.Name+"."+value.Name, pos, value.Position)
		}
	case named.Kind == ast.InputObject && v.Kind == ast.ObjectValue:
		for _, child := range v.Children {
			f := named.Field(child.Name)
			switch {
			case f == nil:
			case c.hides(f.Directives):
				c.hiddenDefault(where, "input field", f.Coordinate(), pos, f.Position)
			default:
				c.defaultValue(where, child.Value, f.Type, pos)
			}
		}
	}
}

func (c *inaccessibleCheck) hiddenDefault(where, what, hidden string, pos, at *ast.Position) {
	e := c.fail(federation.DefaultValueUsesInaccessible, pos, "change the default, or show what it uses", "the default of %q, which clients see, uses %s %q, which is @inaccessible", where, what, hidden)
	e.Places = append(e.Places, federation.Place{Position: at, Note: "the hidden " + what})
}
