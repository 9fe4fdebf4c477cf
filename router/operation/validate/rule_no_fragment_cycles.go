package validate

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var noFragmentCycles = &Rule{
	Name:    "NoFragmentCycles",
	Section: "5.5.2.2 Fragment Spreads Must Not Form Cycles",
	document: func(v *validator) {
		c := cycles{validator: v, depth: map[*definition]int{}}
		for _, d := range v.fragments {
			c.visit(d)
		}
	},
}

// cycles is a depth-first search over fragments. A spread of a fragment that is
// still being visited closes a cycle; each cycle is found at the spread that
// closes it, and every fragment is visited once.
type cycles struct {
	*validator
	path []*ast.FragmentSpread
	// depth is one more than the length of path when the visit began, and -1 when
	// the visit is over.
	depth map[*definition]int
}

func (c *cycles) visit(d *definition) {
	if c.depth[d] != 0 {
		return
	}
	c.depth[d] = len(c.path) + 1
	for _, s := range d.spreads {
		target := c.byName[s.Name]
		if target == nil {
			continue
		}
		if start := c.depth[target]; start > 0 {
			c.reportCycle(s, c.path[start-1:])
			continue
		}
		c.path = append(c.path, s)
		c.visit(target)
		c.path = c.path[:len(c.path)-1]
	}
	c.depth[d] = -1
}

func (c *cycles) reportCycle(closing *ast.FragmentSpread, path []*ast.FragmentSpread) {
	via := ""
	positions := make([]*ast.Position, 0, len(path)+1)
	if len(path) > 0 {
		names := make([]string, len(path))
		for i, s := range path {
			names[i] = `"` + s.Name + `"`
			positions = append(positions, s.Position)
		}
		via = " via " + strings.Join(names, ", ")
	}
	positions = append(positions, closing.Position)
	c.report(positions[:min(len(positions), maxPositions)], "Cannot spread fragment %q within itself%s.", closing.Name, via)
}
