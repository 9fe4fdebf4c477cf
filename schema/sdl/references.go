package sdl

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// CheckReferences reports what is wrong with a document's structure, such as
// fields given twice, names of types that do not exist, and types that are of the
// wrong kind for their place: an input object as a field's type, a scalar as a
// union's member.
func CheckReferences(s *Schema) federation.Errors {
	c := &referenceCheck{schema: s, errors: slices.Clip(s.structure)}
	for _, op := range Operations {
		if r := s.Roots[op]; r != nil {
			c.find(fmt.Sprintf("the %s root", op), r.Type, r.Position)
		}
	}
	for _, t := range s.Types {
		c.typ(t)
	}
	for _, d := range s.Definitions {
		for _, arg := range d.Arguments {
			c.input(DirectiveArgument(d.Name, arg.Name), arg.Type)
		}
	}
	return c.errors
}

type referenceCheck struct {
	schema *Schema
	errors federation.Errors
	names  []string // for suggestions, made when first needed
	// suggested counts for how many names similar ones were looked for.
	suggested int
}

func (c *referenceCheck) fail(pos *ast.Position, help, format string, args ...any) {
	c.errors = append(c.errors, invalid(pos, fmt.Sprintf(format, args...), help))
}

func (c *referenceCheck) find(where, name string, pos *ast.Position) *Type {
	t := c.schema.Type(name)
	if t == nil {
		c.fail(pos, "define the type in this subgraph: a subgraph defines (or stubs) every type it mentions",
			"%s refers to type %q, which does not exist%s", where, name, c.suggest(name))
	}
	return t
}

// mostSuggestions is for how many unknown types a similar one is looked for: each
// is compared with all names, of which a hostile document may have as many.
const mostSuggestions = 50

func (c *referenceCheck) suggest(name string) string {
	if c.suggested++; c.suggested > mostSuggestions {
		return ""
	}
	if c.names == nil {
		for _, t := range c.schema.Types {
			c.names = append(c.names, t.Name)
		}
	}
	return federation.Suggest(name, c.names)
}

// CheckRoots reports root types that are no object types, or the root of two
// operations.
func CheckRoots(s *Schema) federation.Errors {
	c := &referenceCheck{schema: s}
	first := map[string]ast.Operation{}
	for _, op := range Operations {
		r := s.Roots[op]
		if r == nil {
			continue
		}
		if t := s.Type(r.Type); t != nil && t.Kind != ast.Object {
			c.fail(r.Position, "use an object type", "the %s root is %q, which is %s", op, r.Type, article(t.Kind))
		}
		if other, taken := first[r.Type]; taken {
			c.fail(r.Position, "use a type of its own for each root", "%q is both the %s root and the %s root", r.Type, other, op)
		}
		first[r.Type] = op
	}
	return c.errors
}

func article(k ast.DefinitionKind) string {
	switch name := KindName(k); name[0] {
	case 'a', 'e', 'i', 'o':
		return "an " + name
	default:
		return "a " + name
	}
}

func (c *referenceCheck) typ(t *Type) {
	for _, r := range t.Interfaces {
		if i := c.find(fmt.Sprintf("%q", t.Name), r.Name, r.Position); i != nil && i.Kind != ast.Interface {
			c.fail(r.Position, "define it as an interface, or do not implement it", "%q cannot implement %q, which is %s", t.Name, r.Name, article(i.Kind))
		}
	}
	for _, r := range t.Members {
		if m := c.find(fmt.Sprintf("union %q", t.Name), r.Name, r.Position); m != nil && m.Kind != ast.Object {
			c.fail(r.Position, "a union's members are object types", "union %q cannot have the member %q, which is %s", t.Name, r.Name, article(m.Kind))
		}
	}
	for _, f := range t.Fields {
		if t.Kind == ast.InputObject {
			c.input(f.Coordinate(), f.Type)
			continue
		}
		c.output(f)
		for _, arg := range f.Arguments {
			c.input(f.ArgumentCoordinate(arg.Name), arg.Type)
		}
	}
}

func (c *referenceCheck) output(f *Field) {
	name := f.Type.Name()
	if t := c.find(fmt.Sprintf("%q", f.Coordinate()), name, f.Type.Position); t != nil && t.Kind == ast.InputObject {
		c.fail(f.Type.Position, "use an object type, interface, union, scalar or enum", "field %q cannot have the type %q, which is an input object", f.Coordinate(), name)
	}
}

func (c *referenceCheck) input(coordinate string, ref *ast.Type) {
	name := ref.Name()
	if t := c.find(fmt.Sprintf("%q", coordinate), name, ref.Position); t != nil && !t.IsInput() {
		c.fail(ref.Position, "use a scalar, an enum or an input object", "%q cannot have the type %q, which is %s", coordinate, name, article(t.Kind))
	}
}
