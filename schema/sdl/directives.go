package sdl

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// CheckDirectives reports the directives that are applied but not defined, one
// error for each name. Explain returns what to say about a name besides, and
// what to do; it may return nothing.
func CheckDirectives(s *Schema, explain func(name string) (more, help string)) federation.Errors {
	var errs federation.Errors
	byName := map[string]*federation.Error{}
	s.EachDirective(func(d *ast.Directive) {
		if s.Definition(d.Name) != nil {
			return
		}
		if e := byName[d.Name]; e != nil {
			e.Places = append(e.Places, federation.Place{Position: d.Position})
			return
		}
		more, help := explain(d.Name)
		if help == "" {
			help = "define the directive in this schema, or link the specification it belongs to"
		}
		byName[d.Name] = invalid(d.Position, fmt.Sprintf("directive @%s is not defined%s", d.Name, more), help)
		errs = append(errs, byName[d.Name])
	})
	return errs
}

// EachDirective calls do for every directive applied in the schema.
func (s *Schema) EachDirective(do func(*ast.Directive)) {
	list := func(directives ast.DirectiveList) {
		for _, d := range directives {
			do(d)
		}
	}
	list(s.Directives)
	for _, t := range s.Types {
		for _, d := range t.Directives {
			do(d.Directive)
		}
		for _, f := range t.Fields {
			list(f.Directives)
			for _, arg := range f.Arguments {
				list(arg.Directives)
			}
		}
		for _, v := range t.Values {
			list(v.Directives)
		}
	}
	for _, d := range s.Definitions {
		for _, arg := range d.Arguments {
			list(arg.Directives)
		}
	}
}
