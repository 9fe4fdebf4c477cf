package plan

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// TextOf is Text for objects whose contexts have several different values: an
// `_entities` field for each group of objects with the same, with the response
// name and the variables that Entities.Group gives. Only a fetch with contexts
// has more groups than one.
func (f *Fetch) TextOf(groups int) string {
	var params []string
	var b strings.Builder
	b.WriteByte('{')
	writeCompact(&b, f.text, "")
	for i, ent := range f.Entities {
		for group := range groups {
			if i+group > 0 {
				b.WriteByte(' ')
			}
			name, suffix := ent.Group(group)
			if name != "_entities" {
				b.WriteString(name + ": ")
			}
			b.WriteString("_entities(representations: $" + ent.Variable + suffix + "){")
			writeCompact(&b, ent.text, suffix)
			b.WriteByte('}')
			params = append(params, "$"+ent.Variable+suffix+": [_Any!]!")
			for _, c := range ent.Contexts {
				params = append(params, "$"+c.Variable+suffix+": "+c.Type)
			}
		}
	}
	b.WriteByte('}')
	head := f.Name
	if params = append(params, f.params...); len(params) > 0 {
		head += "(" + strings.Join(params, ", ") + ")"
	}
	if head == "" && f.Kind == ast.Query {
		return b.String()
	}
	return strings.TrimSpace(string(f.Kind)+" "+head) + " " + b.String()
}

// Group returns the response name of a group's field in Fetch.TextOf, and what
// follows the names of its variables. The first group's are ResponseName and
// nothing.
func (e *Entities) Group(group int) (responseName, suffix string) {
	if group == 0 {
		return e.ResponseName, ""
	}
	suffix = "_" + strconv.Itoa(group)
	return "_e" + suffix, suffix
}

// nodes are everything that the request selects.
func (f *Fetch) nodes() []*textNode {
	nodes := f.text
	for _, ent := range f.Entities {
		nodes = append(nodes[:len(nodes):len(nodes)], ent.text...)
	}
	return nodes
}
