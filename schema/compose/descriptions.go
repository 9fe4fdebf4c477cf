package compose

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// described is the description of an element in one subgraph.
type described struct {
	sub      int
	text     string
	position *ast.Position
}

// mergeDescriptions returns the description that most subgraphs give, the first
// of those that equally many give.
func (m *merger) mergeDescriptions(where string, all []described) string {
	if len(all) == 0 {
		return ""
	}
	best, same := all[0].text, true
	for _, d := range all[1:] {
		same = same && d.text == best
	}
	if same {
		return best
	}
	count := map[string]int{}
	for _, d := range all {
		count[d.text]++
	}
	var places []federation.Place
	seen := map[string]bool{}
	for _, d := range all {
		if count[d.text] > count[best] {
			best = d.text
		}
		if !seen[d.text] {
			seen[d.text] = true
			places = append(places, m.place(d.sub, d.position, ""))
		}
	}
	m.hint(federation.InconsistentDescription, where, places, "%q has different descriptions in the subgraphs; the supergraph has the most frequent", where)
	return best
}
