package plan

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// jsonNode is a node of the plan's JSON form, which has the names that Apollo's
// router gives it in `extensions.apolloQueryPlan`. BatchFetch, a request with
// several `_entities`, is an addition.
type jsonNode struct {
	Kind           string          `json:"kind"`
	ID             *int            `json:"id,omitempty"` // of fetches: Fetch.Index
	DependsOn      []int           `json:"dependsOn,omitempty"`
	Node           *jsonNode       `json:"node,omitempty"`
	Nodes          []*jsonNode     `json:"nodes,omitempty"`
	Path           []string        `json:"path,omitempty"`
	Service        string          `json:"serviceName,omitempty"`
	OperationKind  ast.Operation   `json:"operationKind,omitempty"`
	OperationName  string          `json:"operationName,omitempty"`
	Operation      string          `json:"operation,omitempty"`
	VariableUsages []string        `json:"variableUsages,omitempty"`
	Requires       []jsonSelection `json:"requires,omitempty"`
	Entities       []jsonEntities  `json:"entities,omitempty"`
}

type jsonEntities struct {
	ResponseName string          `json:"responseName"`
	Paths        [][]string      `json:"paths"`
	Requires     []jsonSelection `json:"requires"`
}

type jsonSelection struct {
	Kind          string          `json:"kind"`
	Name          string          `json:"name,omitempty"`
	TypeCondition string          `json:"typeCondition,omitempty"`
	Selections    []jsonSelection `json:"selections,omitempty"`
}

// MarshalJSON gives the plan as a tree of QueryPlan, Sequence, Parallel, Flatten,
// Fetch and BatchFetch nodes. The id of a fetch is its Index; dependsOn,
// an addition too, are the ids of those it waits for.
func (p *Plan) MarshalJSON() ([]byte, error) {
	var steps []*jsonNode
	for _, step := range p.steps() {
		var fetches []*jsonNode
		for _, f := range step {
			fetches = append(fetches, p.jsonFetch(f))
		}
		steps = append(steps, jsonGroup("Parallel", fetches))
	}
	root := &jsonNode{Kind: "QueryPlan"}
	if len(steps) > 0 {
		root.Node = jsonGroup("Sequence", steps)
	}
	return json.Marshal(root)
}

func jsonGroup(kind string, nodes []*jsonNode) *jsonNode {
	if len(nodes) == 1 {
		return nodes[0]
	}
	return &jsonNode{Kind: kind, Nodes: nodes}
}

func (p *Plan) jsonFetch(f *Fetch) *jsonNode {
	n := &jsonNode{
		Kind: "Fetch", ID: &f.Index, DependsOn: f.DependsOn, Service: f.Subgraph.Name, OperationKind: f.Kind, OperationName: f.Name,
		Operation: f.Text, VariableUsages: f.Variables,
	}
	var path Path
	switch {
	case f.Root != nil:
		path = f.Path
	case len(f.Entities) == 1 && len(f.Entities[0].Targets) == 1:
		path = f.Entities[0].Targets[0].Path
		n.Requires = jsonRequires(&f.Entities[0].Targets[0])
	default:
		n.Kind = "BatchFetch"
		for _, e := range f.Entities {
			je := jsonEntities{ResponseName: e.ResponseName, Requires: jsonRequires(&e.Targets[0])}
			for i := range e.Targets {
				je.Paths = append(je.Paths, p.pathElements(e.Targets[i].Path))
			}
			n.Entities = append(n.Entities, je)
		}
	}
	if len(path) > 0 {
		return &jsonNode{Kind: "Flatten", Path: p.pathElements(path), Node: n}
	}
	return n
}

func jsonRequires(t *Target) []jsonSelection {
	var out []jsonSelection
	for _, r := range t.Representations {
		out = append(out, jsonSelection{
			Kind: "InlineFragment", TypeCondition: t.condition(r),
			Selections: append([]jsonSelection{{Kind: "Field", Name: "__typename"}}, jsonInputs(r.Fields)...),
		})
	}
	return out
}

func jsonInputs(inputs []Input) []jsonSelection {
	var out []jsonSelection
	for _, in := range inputs {
		s := jsonSelection{Kind: "Field", Name: in.Name, Selections: jsonInputs(in.Fields)}
		if in.Typename {
			s.Selections = append([]jsonSelection{{Kind: "Field", Name: "__typename"}}, s.Selections...)
		}
		if in.Types != nil {
			s = jsonSelection{Kind: "InlineFragment", TypeCondition: strings.Join(in.Types, " | "), Selections: []jsonSelection{s}}
		}
		out = append(out, s)
	}
	return out
}

// condition names the objects that a representation is made of.
func (t *Target) condition(r *Representation) string {
	switch {
	case r.Typename != "":
		return r.Typename
	case r.Types != nil:
		return strings.Join(r.Types, " | ")
	default:
		return t.declared
	}
}

// PathText is a path as the plan's texts have it: "order.lines.@.variant".
func (p *Plan) PathText(path Path) string { return strings.Join(p.pathElements(path), ".") }

// pathElements are response names, with "@" for each list and "|[Book]" behind
// an element of which only some types are followed.
func (p *Plan) pathElements(path Path) []string {
	var out []string
	l := p.Root
	for _, step := range path {
		if step.Types != nil && len(out) > 0 {
			out[len(out)-1] += "|[" + strings.Join(step.Types, ", ") + "]"
		}
		out = append(out, l.Slots[step.Slot].ResponseName)
		for range step.Lists {
			out = append(out, "@")
		}
		l = l.Slots[step.Slot].Layout
	}
	return out
}
