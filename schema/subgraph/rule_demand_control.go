package subgraph

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// costOnInterface: the cost of an interface's field is that of its
// implementations.
func costOnInterface(c *checker) {
	c.eachField(func(f *sdl.Field) {
		if d := c.Applied(f.Directives, federation.AtCost); d != nil && f.Parent.Kind == ast.Interface {
			c.fail(federation.CostAppliedToInterfaceField, d.Position, "move it to the fields of the implementations",
				"interface field %q cannot have @%s", f.Coordinate(), d.Name)
		}
	})
}

// listSize: @listSize speaks of lists and of arguments that say how long they
// are.
func listSize(c *checker) {
	c.eachField(func(f *sdl.Field) {
		d := c.Applied(f.Directives, federation.AtListSize)
		if d == nil {
			return
		}
		if sized := sdl.ArgumentValue(d, "sizedFields"); sized != nil && sized.Kind != ast.NullValue {
			c.sizedFields(f, d, texts(sized))
		} else if f.Type.Elem == nil {
			c.fail(federation.ListSizeAppliedToNonList, d.Position, "remove it, or name the list fields of the result in sizedFields",
				"%q has @%s but is of type %s, which is no list", f.Coordinate(), d.Name, f.Type)
		}
		if size := sdl.ArgumentValue(d, "assumedSize"); size != nil && strings.HasPrefix(size.Raw, "-") {
			c.fail(federation.ListSizeInvalidAssumedSize, size.Position, "give the number of elements to expect",
				"the assumedSize of %q is negative", f.Coordinate())
		}
		if slicing := sdl.ArgumentValue(d, "slicingArguments"); slicing != nil {
			for _, name := range texts(slicing) {
				c.slicingArgument(f, slicing, name)
			}
		}
	})
}

func (c *checker) slicingArgument(f *sdl.Field, at *ast.Value, name string) {
	arg := f.Arguments.ForName(name)
	switch {
	case arg == nil:
		c.fail(federation.ListSizeInvalidSlicingArgument, at.Position, "name arguments of the field",
			"slicing argument %q is no argument of %q", name, f.Coordinate())
	case arg.Type.NamedType != "Int":
		e := c.fail(federation.ListSizeInvalidSlicingArgument, at.Position, "name arguments that say how many elements are returned",
			"slicing argument %q is of type %s; it must be Int", f.ArgumentCoordinate(name), arg.Type)
		e.Places = append(e.Places, federation.Place{Position: arg.Position})
	}
}

func (c *checker) sizedFields(f *sdl.Field, d *ast.Directive, names []string) {
	base := c.Schema.Type(f.Type.Name())
	if !base.IsComposite() {
		c.fail(federation.ListSizeInvalidSizedField, d.Position, "remove sizedFields",
			"%q has sizedFields but is of type %s, which has no fields", f.Coordinate(), f.Type)
		return
	}
	for _, name := range names {
		sized := base.Field(name)
		switch {
		case sized == nil:
			c.fail(federation.ListSizeInvalidSizedField, d.Position, fmt.Sprintf("name list fields of %q", base.Name),
				"sized field %q of %q is no field of %q", name, f.Coordinate(), base.Name)
		case sized.Type.Elem == nil:
			e := c.fail(federation.ListSizeAppliedToNonList, d.Position, fmt.Sprintf("name list fields of %q", base.Name),
				"sized field %q is of type %s, which is no list", sized.Coordinate(), sized.Type)
			e.Places = append(e.Places, federation.Place{Position: sized.Position})
		}
	}
}

// texts returns a list of strings, or the one string that stands for it.
func texts(v *ast.Value) []string {
	if v.Kind != ast.ListValue {
		if v.Kind == ast.NullValue {
			return nil
		}
		return []string{v.Raw}
	}
	out := make([]string, len(v.Children))
	for i, c := range v.Children {
		out[i] = c.Value.Raw
	}
	return out
}
