package subgraph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// interfaceKey: whoever resolves an interface by a key must resolve each of its
// implementations by that key.
func interfaceKey(c *checker) {
	c.eachType(func(t *sdl.Type) {
		if t.Kind != ast.Interface {
			return
		}
		for _, k := range c.Keys[t] {
			if k.problem == nil {
				c.keyOnImplementations(t, k)
			}
		}
	})
}

func (c *checker) keyOnImplementations(i *sdl.Type, k *Key) {
	form := normalForm(k.Selections)
	for _, t := range c.implementations(i) {
		if slices.ContainsFunc(c.Keys[t], func(k *Key) bool { return k.problem != nil }) {
			continue // reported; it may be the key in question
		}
		found, resolvable := false, false
		for _, other := range c.Keys[t] {
			if normalForm(other.Selections) == form {
				found, resolvable = true, resolvable || other.Resolvable
			}
		}
		var e *federation.Error
		switch {
		case !found:
			e = c.fail(federation.InterfaceKeyNotOnImplementation, k.Applied.Position, fmt.Sprintf("add %s to %q", k.describe(), t.Name),
				"interface %q has %s, but its implementation %q has not", i.Name, k.describe(), t.Name)
		case k.Resolvable && !resolvable:
			e = c.fail(federation.InterfaceKeyNotOnImplementation, k.Applied.Position, fmt.Sprintf("remove resolvable: false from the key of %q, or add it to the interface's", t.Name),
				"interface %q has a resolvable %s, but the one of its implementation %q is not resolvable", i.Name, k.describe(), t.Name)
		default:
			continue
		}
		e.Places = append(e.Places, federation.Place{Position: t.Position(), Note: "the implementation"})
	}
}

// normalForm returns a text that is equal for equal sets of selections.
func normalForm(selections []*Selection) string {
	parts := make([]string, len(selections))
	for i, sel := range selections {
		part := sel.Name
		switch {
		case sel.Name == "" && sel.Condition != sel.Parent:
			part = "... on " + sel.Condition.Name
		case sel.Name == "":
			part = "..."
		}
		if len(sel.Selections) > 0 {
			part += "{" + normalForm(sel.Selections) + "}"
		}
		parts[i] = part
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " ")
}

// interfaceObjectKey: an interface object is an entity; its key is how routers
// move between it and the implementations.
func interfaceObjectKey(c *checker) {
	c.eachType(func(t *sdl.Type) {
		if c.IsInterfaceObject(t) && len(c.Keys[t]) == 0 {
			c.fail(federation.InterfaceObjectUsageError, c.AppliedToType(t, federation.AtInterfaceObject).Position,
				"add a @key that the interface has in the subgraph that defines its implementations",
				"%q is an @interfaceObject but has no @key", t.Name)
		}
	})
}
