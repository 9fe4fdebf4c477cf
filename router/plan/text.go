package plan

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// String prints the plan in the text form that other federation routers use:
//
//	QueryPlan {
//	  Sequence {
//	    Fetch(service: "products") {
//	      {
//	        topProducts {
//	          upc
//	        }
//	      }
//	    },
//	    Flatten(path: "topProducts.@") {
//	      Fetch(service: "reviews") {
//	        {
//	          ... on Product {
//	            __typename
//	            upc
//	          }
//	        } =>
//	        {
//	          ... on Product {
//	            reviews {
//	              body
//	            }
//	          }
//	        }
//	      },
//	    },
//	  },
//	}
//
// Steps are in Sequence, the fetches of a step in Parallel. A request with
// several `_entities` is a BatchFetch of Flatten nodes.
func (p *Plan) String() string {
	t := &textWriter{plan: p}
	t.open("QueryPlan")
	steps := p.steps()
	if len(steps) > 1 {
		t.open("Sequence")
	}
	for _, step := range steps {
		if len(step) > 1 {
			t.open("Parallel")
		}
		for _, f := range step {
			t.fetch(f)
		}
		if len(step) > 1 {
			t.close(",")
		}
	}
	if len(steps) > 1 {
		t.close(",")
	}
	t.close("")
	return t.String()
}

// steps groups the fetches by Fetch.Step.
func (p *Plan) steps() [][]*Fetch {
	var steps [][]*Fetch
	for _, f := range p.Fetches {
		for len(steps) <= f.Step {
			steps = append(steps, nil)
		}
		steps[f.Step] = append(steps[f.Step], f)
	}
	return steps
}

type textWriter struct {
	strings.Builder
	plan  *Plan
	depth int
}

func (t *textWriter) line(s string) {
	for range t.depth {
		t.WriteString("  ")
	}
	t.WriteString(s)
	t.WriteByte('\n')
}

func (t *textWriter) open(s string) {
	t.line(strings.TrimSpace(s + " {"))
	t.depth++
}

func (t *textWriter) close(after string) {
	t.depth--
	t.line("}" + after)
}

func (t *textWriter) fetch(f *Fetch) {
	service := `(service: ` + strconv.Quote(f.Subgraph.Name) + `)`
	switch {
	case f.Root != nil && len(f.Path) > 0:
		t.open("Flatten(path: " + t.path(f.Path) + ")")
		t.rootFetch(f, service)
		t.close(",")
	case f.Root != nil:
		t.rootFetch(f, service)
	case len(f.Entities) == 1 && len(f.Entities[0].Targets) == 1:
		t.open("Flatten(path: " + t.path(f.Entities[0].Targets[0].Path) + ")")
		t.open("Fetch" + service)
		t.entities(f.Entities[0])
		t.close(",")
		t.close(",")
	default:
		t.open("BatchFetch" + service)
		for _, e := range f.Entities {
			var paths []string
			for i := range e.Targets {
				paths = append(paths, t.path(e.Targets[i].Path))
			}
			t.open("Flatten(path: " + strings.Join(paths, ", ") + ")")
			t.entities(e)
			t.close(",")
		}
		t.close(",")
	}
}

func (t *textWriter) rootFetch(f *Fetch, service string) {
	t.open("Fetch" + service)
	if f.Kind != ast.Query {
		t.line(string(f.Kind))
	}
	t.open("")
	t.nodes(f.text)
	t.close("")
	t.close(",")
}

func (t *textWriter) entities(e *Entities) {
	target := &e.Targets[0]
	t.open("")
	for _, r := range target.Representations {
		t.representation(target, r)
	}
	for _, c := range e.Contexts {
		t.context(target, c)
	}
	t.close(" =>")
	t.open("")
	t.nodes(e.text)
	t.close("")
}

func (t *textWriter) representation(target *Target, r *Representation) {
	t.open("... on " + target.condition(r))
	t.line("__typename")
	t.inputs(target.Layout, r.Fields)
	t.close("")
}

// context prints where a variable's value comes from.
func (t *textWriter) context(target *Target, c Context) {
	l := t.plan.Root
	for _, step := range target.Path[:c.Steps] {
		l = l.Slots[step.Slot].Layout
	}
	t.open("$" + c.Variable + " from " + t.path(target.Path[:c.Steps]))
	t.inputs(l, c.Value)
	t.close("")
}

func (t *textWriter) inputs(l *Layout, inputs []Input) {
	for i := range inputs {
		in := &inputs[i]
		slot := &l.Slots[in.Slot]
		if in.Types != nil {
			t.open("... on " + strings.Join(in.Types, " | "))
		}
		if in.Fields == nil {
			t.line(in.Name + slot.Arguments)
		} else {
			t.open(in.Name + slot.Arguments)
			if in.Typename {
				t.line("__typename")
			}
			t.inputs(slot.Layout, in.Fields)
			t.close("")
		}
		if in.Types != nil {
			t.close("")
		}
	}
}

func (t *textWriter) nodes(nodes []*textNode) {
	for _, n := range nodes {
		if len(n.children) == 0 {
			t.line(n.line(""))
			continue
		}
		t.open(n.line(""))
		t.nodes(n.children)
		t.close("")
	}
}

func (t *textWriter) path(path Path) string {
	return strconv.Quote(strings.Join(t.plan.pathElements(path), "."))
}
