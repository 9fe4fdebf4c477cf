package subgraph

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// ContextArgument is an argument that routers fill from an enclosing object
// (@fromContext).
type ContextArgument struct {
	Field    *sdl.Field
	Argument *ast.ArgumentDefinition
	Applied  *ast.Directive
	// Context is the name of the context, Selection what is taken from it, as
	// written. Both are "" when the value has not that form.
	Context, Selection string

	// Taken are the ways to take the value, from the types that set the context.
	Taken []Taken
	// setters are the types of the subgraph that set the context.
	setters []*sdl.Type
	// problems are what is wrong with the selection.
	problems federation.Errors
}

// Taken is one way to take the value of a contextual argument: the type that
// sets the context and what is selected from it.
type Taken struct {
	Setter     *sdl.Type
	Selections []*Selection
}

// contextValue is "$name selection", with whatever GraphQL ignores around it.
var contextValue = regexp.MustCompile(`^[\s,]*\$[\s,]*([_A-Za-z]\w*)\b([\s\S]*)$`)

// readContexts reads the contextual arguments of all fields.
func (s *Subgraph) readContexts() {
	set, from := s.names[federation.AtContext], s.names[federation.AtFromContext]
	if set == "" || from == "" {
		return
	}
	setters := s.contextSetters(set)
	for _, t := range s.Schema.Types {
		if t.Kind != ast.Object && t.Kind != ast.Interface {
			continue
		}
		for _, f := range t.Fields {
			for _, arg := range f.Arguments {
				if d := arg.Directives.ForName(from); d != nil {
					s.Contexts[f] = append(s.Contexts[f], s.readContext(f, arg, d, setters))
				}
			}
		}
	}
}

// contextSetters maps the names of contexts to the types that set them.
func (s *Subgraph) contextSetters(directive string) map[string][]*sdl.Type {
	setters := map[string][]*sdl.Type{}
	for _, t := range s.Schema.Types {
		for _, d := range t.Directives {
			if d.Name != directive {
				continue
			}
			name, _ := sdl.StringArgument(d.Directive, "name")
			if contextNameProblem(name) == "" && !slices.Contains(setters[name], t) {
				setters[name] = append(setters[name], t)
			}
		}
	}
	return setters
}

var contextName = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z]*$`)

func contextNameProblem(name string) string {
	if !contextName.MatchString(name) {
		return "it should be letters and digits, and begin with a letter"
	}
	return ""
}

func (s *Subgraph) readContext(f *sdl.Field, arg *ast.ArgumentDefinition, d *ast.Directive, setters map[string][]*sdl.Type) *ContextArgument {
	c := &ContextArgument{Field: f, Argument: arg, Applied: d}
	text, _ := sdl.StringArgument(d, "field")
	m := contextValue.FindStringSubmatch(text)
	if m == nil || !selects(m[2]) {
		return c
	}
	c.Context, c.Selection, c.setters = m[1], m[2], setters[m[1]]
	if len(c.setters) > 0 {
		s.resolveContext(c)
	}
	return c
}

// selects says whether there is anything but blanks.
func selects(text string) bool { return strings.Trim(text, " \t\r\n,") != "" }
