package plan

import (
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/graph"
)

// Paths prints what the walk finds before the search chooses: for every leaf of
// the operation the ways to it, cheapest start first, each with the number of
// fetches in sequence before the one that it starts.
func Paths(g *graph.Graph, op *operation.Operation, options Options) (string, error) {
	w := newWalker(g, options.Labels)
	root := w.newLayout()
	var b strings.Builder
	for _, block := range w.blocks(op, root) {
		goals, err := w.walk(block.position, block.selections)
		if err != nil {
			return "", fmt.Errorf("no plan for the operation: %w", err)
		}
		for _, goal := range goals {
			writeGoal(&b, goal)
		}
	}
	return b.String(), nil
}

func writeGoal(b *strings.Builder, g *goal) {
	b.WriteString(g.name() + "\n")
	for _, o := range g.options {
		fmt.Fprintf(b, "  after %d: %s\n", o.way.start.depth, o.way)
	}
}

// name is the response path of what the goal asks for.
func (g *goal) name() string {
	if len(g.options) == 0 {
		return "(nothing)"
	}
	o := g.options[0]
	var parts []string
	for at := o.way; at.prev != nil; at = at.prev {
		if at.cast == "" {
			parts = append(parts, at.from.responseName)
		}
	}
	for at := o.way.start.place; at.length > 0; at = at.above {
		parts = append(parts, at.step.name)
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	name := strings.Join(parts, ".")
	switch {
	case o.typename:
		name += " (__typename)"
	case o.way.node != nil:
		name += " (presence)"
	}
	return name
}
