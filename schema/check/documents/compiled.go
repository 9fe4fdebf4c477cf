package documents

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// compiled are the directives by which Relay's compiler is told what to write: an
// operation that has one, or a fragment that has, is not sent as it stands.
var compiled = map[string]bool{
	"alias": true, "appendEdge": true, "appendNode": true, "argumentDefinitions": true, "arguments": true, "assignable": true,
	"catch": true, "deleteEdge": true, "deleteRecord": true, "inline": true, "match": true, "module": true, "no_inline": true,
	"prependEdge": true, "prependNode": true, "raw_response_type": true, "refetchable": true, "relay": true, "required": true,
	"throwOnFieldError": true, "updatable": true,
}

// superseded says whether a compiler makes another document of an operation, so
// that this one is not sent. The other has the same name; where it is not known,
// neither is what clients send, which is a problem.
func (c *collector) superseded(d *definition, fragments []*definition) bool {
	directive := compiledBy(d.operation.Directives, d.operation.SelectionSet)
	for _, f := range fragments {
		if directive == "" {
			directive = compiledBy(f.fragment.Directives, f.fragment.SelectionSet)
		}
	}
	if directive == "" {
		return false
	}
	for _, other := range c.operations {
		if other != d && other.operation.Name == d.operation.Name && other.document.File != d.document.File {
			return true
		}
	}
	c.problems = append(c.problems, Problem{
		d.place.File, d.place.Line, d.place.Column,
		fmt.Sprintf("Relay's compiler makes another operation of %s (@%s): name the folder, too, that it writes to, __generated__, or its persisted queries", d.operation.Name, directive),
	})
	return true
}

// compiledBy is the first directive for the compiler, or "".
func compiledBy(list ast.DirectiveList, set ast.SelectionSet) string {
	for _, d := range list {
		if compiled[d.Name] {
			return d.Name
		}
	}
	for _, s := range set {
		found := ""
		switch s := s.(type) {
		case *ast.Field:
			found = compiledBy(s.Directives, s.SelectionSet)
		case *ast.InlineFragment:
			found = compiledBy(s.Directives, s.SelectionSet)
		case *ast.FragmentSpread:
			found = compiledBy(s.Directives, nil)
		}
		if found != "" {
			return found
		}
	}
	return ""
}
