package plan

import (
	"fmt"
	"strings"
)

// Mermaid draws the plan as a Mermaid flowchart: a box for each request, by
// sequential step, an arrow for each that waits for another.
func (p *Plan) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n  client([client])\n")
	for i, step := range p.steps() {
		fmt.Fprintf(&b, "  subgraph step%d[step %d]\n", i+1, i+1)
		for _, f := range step {
			fmt.Fprintf(&b, "    f%d[%q]\n", f.Index, p.mermaidLabel(f))
		}
		b.WriteString("  end\n")
	}
	for _, f := range p.Fetches {
		if len(f.DependsOn) == 0 {
			fmt.Fprintf(&b, "  client --> f%d\n", f.Index)
		}
		for _, before := range f.DependsOn {
			fmt.Fprintf(&b, "  f%d --> f%d\n", before, f.Index)
		}
	}
	return b.String()
}

// mermaidLabel says which subgraph is asked, and for which objects.
func (p *Plan) mermaidLabel(f *Fetch) string {
	lines := []string{f.Subgraph.Name}
	add := func(path Path, t *Target) {
		text := p.PathText(path)
		if t != nil {
			for _, r := range t.Representations {
				text += " (" + t.condition(r) + ")"
			}
		}
		if text != "" {
			lines = append(lines, text)
		}
	}
	add(f.Path, nil)
	for _, e := range f.Entities {
		for i := range e.Targets {
			add(e.Targets[i].Path, &e.Targets[i])
		}
	}
	return strings.Join(lines, "<br>")
}
