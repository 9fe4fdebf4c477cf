package compose

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// check looks at the merged supergraph as a whole. Validity is judged only if
// nothing is missing, which would be reported a second time in other words.
func check(out *merged, subgraphs []*subgraph.Subgraph) federation.Errors {
	c := &supergraphCheck{merged: out, subgraphs: subgraphs}
	for _, stage := range [][]func(){
		{c.interfaceFields, c.requiredArguments, c.transitiveAccess},
		{c.graphql},
		{c.inaccessible},
	} {
		for _, step := range stage {
			step()
		}
		if len(c.errors) > 0 {
			break
		}
	}
	return c.errors
}

type supergraphCheck struct {
	*merged
	subgraphs []*subgraph.Subgraph
	errors    federation.Errors
}

func (c *supergraphCheck) fail(code federation.Code, pos *ast.Position, help, format string, args ...any) *federation.Error {
	e := &federation.Error{Code: code, Message: fmt.Sprintf(format, args...), Help: help}
	if pos != nil {
		e.Places = []federation.Place{{Position: pos}}
	}
	c.errors = append(c.errors, e)
	return e
}

func (c *supergraphCheck) place(sub int, pos *ast.Position, note string) federation.Place {
	return federation.Place{Subgraph: c.subgraphs[sub].Name, Position: pos, Note: note}
}

// interfaceFields demands that each implementation has each field of its
// interfaces, which are united over the subgraphs.
func (c *supergraphCheck) interfaceFields() {
	for _, t := range c.schema.Types {
		for _, r := range t.Interfaces {
			i := c.types[r.Name]
			if i == nil {
				continue
			}
			for _, want := range i.fields {
				if t.Field(want.Name) == nil {
					c.missingImplementation(c.types[t.Name], i, want)
				}
			}
		}
	}
}

func (c *supergraphCheck) missingImplementation(t, i *mergedType, want *mergedField) {
	var with, implementing []string
	var places []federation.Place
	for _, src := range i.sources {
		if f := src.Field(want.Name); f != nil {
			with = append(with, c.subgraphs[src.sub].Name)
			places = append(places, c.place(src.sub, f.Position, "the interface field"))
		}
	}
	for _, src := range t.sources {
		if src.Implements(i.Name) {
			implementing = append(implementing, c.subgraphs[src.sub].Name)
			places = append(places, c.place(src.sub, src.Position(), "lacks it"))
		}
	}
	c.fail(federation.InterfaceFieldNoImplem, nil, fmt.Sprintf("add %q to %q, or remove it from the interface", want.Name, t.Name),
		"%q implements %q (in %s) but has no field %q, which the interface has in %s", t.Name, i.Name,
		federation.Subgraphs(implementing), want.Name, federation.Subgraphs(with)).Places = places
}

// requiredArguments checks the arguments that @requires passes against the
// fields of the supergraph, which may take fewer or demand more.
func (c *supergraphCheck) requiredArguments() {
	for i, s := range c.subgraphs {
		for _, t := range s.Schema.Types {
			for _, f := range t.Fields {
				if set := s.Requires[f]; set != nil {
					c.argumentsOf(i, set, set.Selections)
				}
			}
		}
	}
}

func (c *supergraphCheck) argumentsOf(sub int, set *subgraph.FieldSet, selections []*subgraph.Selection) {
	for _, sel := range selections {
		c.argumentsOf(sub, set, sel.Selections)
		if sel.Field == nil || c.types[sel.Parent.Name] == nil {
			continue
		}
		f := c.types[sel.Parent.Name].Field(sel.Name)
		if f == nil {
			continue
		}
		for _, arg := range sel.Arguments {
			if def := f.Arguments.ForName(arg.Name); def == nil {
				c.badArgument(sub, set, f, arg.Name, "lacks in the supergraph, as not every subgraph takes it")
			} else if why := c.schema.CheckValue(arg.Value, def.Type); why != "" {
				c.badArgument(sub, set, f, arg.Name, "has of type "+def.Type.String()+" in the supergraph ("+why+")")
			}
		}
		for _, def := range f.Arguments {
			if sdl.IsRequired(def.Type, def.DefaultValue) && sel.Arguments.ForName(def.Name) == nil {
				c.badArgument(sub, set, f, def.Name, "requires in the supergraph")
			}
		}
	}
}

func (c *supergraphCheck) badArgument(sub int, set *subgraph.FieldSet, f *sdl.Field, arg, why string) {
	e := c.fail(federation.RequiresInvalidFields, set.Position(), "pass what every subgraph with the field takes",
		"@requires of %q selects %q in a way that does not fit argument %q, which the field %s", set.Where, f.Coordinate(), arg, why)
	e.Subgraph, e.Places[0].Subgraph = c.subgraphs[sub].Name, c.subgraphs[sub].Name
	for _, src := range c.types[f.Parent.Name].sources {
		if other := src.Field(f.Name); src.sub != sub && other != nil {
			e.Places = append(e.Places, c.place(src.sub, other.Position, ""))
		}
	}
}

// graphql checks the supergraph as a schema: merging may have made types
// nullable that an interface demands non-null, say.
func (c *supergraphCheck) graphql() {
	for i, name := range c.graphs {
		if strings.HasPrefix(name, "__") {
			c.fail(federation.InvalidGraphQL, nil, "give the subgraph a name that begins with a letter",
				`subgraph %q would be called %s in the supergraph, but names beginning with "__" are reserved`, c.subgraphs[i].Name, name)
		}
	}
	for _, t := range c.schema.Types {
		if strings.HasPrefix(t.Name, "join__") || strings.HasPrefix(t.Name, "link__") {
			c.fail(federation.InvalidGraphQL, t.Position(), "rename the type", "type %q has a name that supergraphs reserve for the specifications they are made of", t.Name)
		}
	}
	c.addSpecTypes()
	if len(c.errors) > 0 {
		return
	}
	c.errors = sdl.CheckReferences(c.schema)
	for _, e := range c.errors {
		e.Help = "types of specifications cannot be used in the API: define a type of your own"
		e.Code = federation.ReferencedInaccessible
	}
	if len(c.errors) == 0 {
		c.errors = sdl.Validate(c.schema, nil)
	}
}

// addSpecTypes adds the types of linked specifications, unless a subgraph's type
// of that name is part of the supergraph.
func (c *supergraphCheck) addSpecTypes() {
	for _, l := range c.links {
		for _, name := range l.scalars {
			if c.schema.Type(name) == nil {
				c.schema.AddType(&sdl.Type{Kind: ast.Scalar, Name: name, Spec: true})
			}
		}
	}
}
