package plan

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// names gives the fields of a request their response names. What is selected of
// one object, in whatever fragments, must not use a name for two things: for
// two slots, or for fields whose types differ within the subgraph in a way that
// GraphQL forbids to merge (specification, section 5.3.2, SameResponseShape).
type names struct {
	of map[*nodeField]string
	// typename marks the selection sets that ask for __typename.
	typename map[*node]bool
	// contexts are the variables that stand for arguments taken from enclosing
	// objects, by argument; nil in most requests.
	contexts map[string]string
}

func newNames() *names {
	return &names{of: map[*nodeField]string{}, typename: map[*node]bool{}}
}

// read names everything that the nodes select of the objects of a layout and
// returns how their answer is read.
func (n *names) read(layout *Layout, nodes []*node) *Selection {
	sel := &Selection{Layout: layout, Typename: staticType(nodes)}
	if sel.Typename == "" && wantTypename(nodes) {
		for _, at := range nodes {
			n.typename[at] = true
		}
		sel.Fields = append(sel.Fields, ReadField{ResponseName: "__typename", Slot: TypenameSlot})
	}
	type use struct {
		slot  int
		shape string
	}
	named := map[use]string{}
	taken := map[string]bool{"__typename": true}
	below := map[string][]*node{}
	var order []use
	for _, f := range fieldsOf(nodes) {
		u := use{f.slot, shape(f.way.edge.Field.Type, f.below != nil)}
		name, ok := named[u]
		if !ok {
			name = freeName(layout.Slots[f.slot].ResponseName, taken)
			named[u], taken[name] = name, true
			order = append(order, u)
		}
		n.of[f] = name
		if f.below != nil {
			below[name] = append(below[name], f.below)
		}
	}
	for _, u := range order {
		r := ReadField{ResponseName: named[u], Slot: u.slot}
		if nodes := below[r.ResponseName]; nodes != nil {
			r.Selection = n.read(layout.Slots[u.slot].Layout, nodes)
		}
		sel.Fields = append(sel.Fields, r)
	}
	return sel
}

func freeName(name string, taken map[string]bool) string {
	free := name
	for i := 1; taken[free]; i++ {
		free = name + "_" + strconv.Itoa(i)
	}
	return free
}

// fieldsOf lists the fields of the nodes, those in fragments included.
func fieldsOf(nodes []*node) []*nodeField {
	var out []*nodeField
	for _, at := range nodes {
		out = append(out, at.fields...)
		out = append(out, fieldsOf(at.casts)...)
	}
	return out
}

// staticType is the object type that all the nodes have, "" when there is none.
func staticType(nodes []*node) string {
	name := ""
	for _, at := range nodes {
		t := at.way.node.Type
		if t.Kind != ast.Object || t.InterfaceObject || name != "" && name != t.Name {
			return ""
		}
		name = t.Name
	}
	return name
}

// wantTypename says whether an answer must tell the runtime type of its objects:
// where it is wanted, and where fields are selected by type. It may be that
// another fetch asks for it too, but one that waits only for this answer must
// know already to which objects its fields belong.
func wantTypename(nodes []*node) bool {
	for _, at := range nodes {
		if at.typename || len(at.casts) > 0 {
			return !at.way.node.Type.InterfaceObject
		}
	}
	return false
}

// shape is what two fields under one response name must have in common.
func shape(t *ast.Type, composite bool) string {
	text := t.String()
	if composite {
		text = strings.Replace(text, t.Name(), "", 1)
	}
	return text
}

// textNode is a piece of a request's text: a field or a fragment.
type textNode struct {
	text string
	from *selection
	// contexts are further arguments of a field, without their variables' names
	// at the end: "a: $context".
	contexts []string
	children []*textNode
}

// line prints the node without its children. The suffix belongs to the variables
// of contexts.
func (t *textNode) line(suffix string) string {
	text := t.text
	for i, argument := range t.contexts {
		if i == 0 && !strings.HasSuffix(text, ")") {
			text += "(" + argument + suffix + ")"
		} else {
			text = text[:len(text)-1] + ", " + argument + suffix + ")"
		}
	}
	return text
}

// text returns what the request selects at the node.
func (n *names) text(at *node) []*textNode {
	out := n.content(at)
	if len(out) == 0 {
		out = []*textNode{{text: "__typename"}}
	}
	return out
}

func (n *names) content(at *node) []*textNode {
	var out []*textNode
	if n.typename[at] {
		out = append(out, &textNode{text: "__typename"})
	}
	for _, f := range at.fields {
		t := &textNode{text: f.way.edge.Field.Name + f.way.from.argumentText, from: f.way.from}
		if name := n.of[f]; name != f.way.edge.Field.Name {
			t.text = name + ": " + t.text
		}
		if n.contexts != nil {
			for _, c := range f.way.edge.Field.Contexts {
				t.contexts = append(t.contexts, c.Name+": $"+n.contexts[c.Name])
			}
		}
		if f.below != nil {
			t.children = n.text(f.below)
		}
		out = append(out, t)
	}
	for _, c := range at.casts {
		if children := n.content(c); len(children) > 0 {
			if children = without(children, out); len(children) > 0 {
				out = append(out, &textNode{text: "... on " + c.way.cast, children: children})
			}
		}
	}
	return out
}

// without leaves out the leaves that outer selects for every type anyway.
func without(nodes, outer []*textNode) []*textNode {
	var out []*textNode
	for _, t := range nodes {
		if len(t.children) == 0 && containsText(outer, t.text) {
			continue
		}
		out = append(out, t)
	}
	return out
}

func withoutRepeats(nodes []*textNode) []*textNode {
	var out []*textNode
	for _, t := range nodes {
		if len(t.children) == 0 && containsText(out, t.text) {
			continue
		}
		out = append(out, t)
	}
	return out
}

func containsText(nodes []*textNode, text string) bool {
	for _, n := range nodes {
		if n.text == text && len(n.children) == 0 {
			return true
		}
	}
	return false
}

// compact prints nodes as they are sent: on one line, in braces.
func compact(nodes []*textNode) string {
	var b strings.Builder
	writeCompact(&b, nodes, "")
	return b.String()
}

func writeCompact(b *strings.Builder, nodes []*textNode, suffix string) {
	for i, n := range nodes {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n.line(suffix))
		if len(n.children) > 0 {
			b.WriteByte('{')
			writeCompact(b, n.children, suffix)
			b.WriteByte('}')
		}
	}
}

// variables calls add with the variables that the text uses.
func (t *textNode) variables(add func(name string)) {
	if t.from != nil {
		variablesOf(t.from.arguments, add)
	}
	for _, c := range t.children {
		c.variables(add)
	}
}

// signature is equal for targets whose objects can share a list.
func (t *Target) signature() string {
	var b strings.Builder
	for _, r := range t.Representations {
		b.WriteString(r.Typename + strings.Join(r.Types, ","))
		writeInputs(&b, r.Fields)
		b.WriteByte('|')
	}
	return b.String()
}

func writeInputs(b *strings.Builder, inputs []Input) {
	b.WriteByte('{')
	for _, in := range inputs {
		b.WriteString(in.Name + ":" + strings.Join(in.Types, ","))
		if in.Fields != nil {
			writeInputs(b, in.Fields)
		}
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}
