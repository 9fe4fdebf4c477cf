package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// requiresFields: a @requires selects fields that other subgraphs resolve, and
// stands on fields of object types.
func requiresFields(c *checker) {
	c.selectionRule(selectionRule{
		sets:        c.Requires,
		unsupported: federation.RequiresUnsupportedOnInterface,
		missing:     federation.RequiresFieldsMissingExternal,
		because:     "a subgraph need not require what it resolves itself",
	})
}

// providesFields: a @provides selects fields that the subgraph otherwise leaves
// to others, and stands on fields of object types.
func providesFields(c *checker) {
	c.selectionRule(selectionRule{
		sets:        c.Provides,
		unsupported: federation.ProvidesUnsupportedOnInterface,
		missing:     federation.ProvidesFieldsMissingExternal,
		because:     "a subgraph need not provide what it resolves anyway",
	})
}

type selectionRule struct {
	sets                 map[*sdl.Field]*FieldSet
	unsupported, missing federation.Code
	because              string
}

func (c *checker) selectionRule(r selectionRule) {
	c.eachField(func(f *sdl.Field) {
		set := r.sets[f]
		if set == nil {
			return
		}
		if set.problem != nil {
			c.errors = append(c.errors, set.problem)
		}
		if f.Parent.Kind == ast.Interface {
			c.fail(r.unsupported, set.Applied.Position, "move it to the fields of the implementations",
				"interface field %q cannot have @%s", f.Coordinate(), set.Applied.Name)
		}
		if !set.resolved {
			return
		}
		for _, leaf := range c.ownLeaves(set.Selections, false) {
			e := c.fail(r.missing, set.Position(), "mark the field @external, or take it out of the selection",
				"%s of %q selects %q, which is not @external: %s", set.describe(), set.Where, leaf.Parent.Name+"."+leaf.Name, r.because)
			if leaf.Field != nil {
				e.Places = append(e.Places, federation.Place{Position: leaf.Field.Position, Note: c.ownNote(leaf.Field)})
			}
		}
	})
}

func (c *checker) ownNote(leaf *sdl.Field) string {
	if c.is(leaf, factFake) {
		return "resolved here: @external has no effect on the key fields of an extension"
	}
	return "resolved here"
}

// ownLeaves returns the leaves of a selection, __typename included, that are
// neither external nor below an external field.
func (s *Subgraph) ownLeaves(selections []*Selection, external bool) []*Selection {
	var out []*Selection
	for _, sel := range selections {
		switch {
		case sel.Name == "":
			out = append(out, s.ownLeaves(sel.Selections, external)...)
		case len(sel.Selections) > 0:
			out = append(out, s.ownLeaves(sel.Selections, external || s.externalOnPath(sel.Field))...)
		case !external && (sel.Field == nil || !s.External(sel.Field)):
			out = append(out, sel)
		}
	}
	return out
}

// externalOnPath says whether a field above a leaf counts as external: an
// interface's field does if any implementation's is.
func (s *Subgraph) externalOnPath(f *sdl.Field) bool {
	if s.External(f) {
		return true
	}
	if f.Parent.Kind == ast.Interface {
		for _, t := range s.implementations(f.Parent) {
			if g := t.Field(f.Name); g != nil && s.External(g) {
				return true
			}
		}
	}
	return false
}
