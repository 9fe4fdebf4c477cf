// Package contract makes variants of a supergraph: the same graph, of which some
// clients see only a part, chosen by the tags of its elements.
//
//	supergraph ──Apply(filter)──► supergraph with more @inaccessible
//
// The result is a supergraph like any other. A router serves it, and its API is
// the contract's. What clients do not see is still there for keys and @requires.
//
// Source: Apollo GraphOS, "Contract Reference" (which elements a filter
// excludes); inaccessible specification v0.2 (what may be hidden).
package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Filter chooses by tags.
type Filter struct {
	// Include, when it is not empty, hides each field of an object type or
	// interface, and each union, that has none of the tags; a field has the tags
	// of its type, too.
	Include []string
	// Exclude hides every element that has one of the tags. It wins over Include.
	Exclude []string
	// KeepUnreachable leaves types in the API that no operation can reach.
	KeepUnreachable bool
}

const (
	specTag          = "https://specs.apollo.dev/tag"
	specInaccessible = "https://specs.apollo.dev/inaccessible"
)

// Apply hides what the filter does not choose: types and fields by their tags,
// then types of which nothing is left, then types that nothing leads to. An
// error is a federation.Errors that says which visible elements need a hidden
// one, or that nothing is left.
func Apply(sdl string, f Filter) (string, error) {
	s, err := supergraph.Parse(sdl)
	if err != nil {
		return "", err
	}
	doc, err := parser.ParseSchema(&ast.Source{Name: "supergraph", Input: sdl})
	if err != nil {
		return "", err
	}
	tag, ok := s.Links.Directive(specTag, "tag")
	if !ok {
		tag = "tag" // nothing is tagged
	}
	v := newView(doc, s, tag)
	v.filter(f)
	v.hideEmpty()
	if !f.KeepUnreachable {
		v.hideUnreachable()
	}
	if errs := v.check(); len(errs) > 0 {
		return "", errs
	}
	v.mark()
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchemaDocument(doc)
	if _, err := supergraph.Parse(b.String()); err != nil {
		return "", fmt.Errorf("the contract's supergraph is not valid: %w", err)
	}
	return b.String(), nil
}

// view is a supergraph document with what is hidden in it, by coordinate.
type view struct {
	doc    *ast.SchemaDocument
	types  ast.DefinitionList // those of the API and those already hidden
	byName map[string]*ast.Definition
	roots  []string
	tag    string
	// inaccessible is the directive's name, linked whether it is linked.
	inaccessible string
	linked       bool
	hidden       map[string]bool
}

func newView(doc *ast.SchemaDocument, s *supergraph.Supergraph, tag string) *view {
	v := &view{doc: doc, byName: map[string]*ast.Definition{}, tag: tag, hidden: map[string]bool{}}
	v.inaccessible, v.linked = s.Links.Directive(specInaccessible, "inaccessible")
	if !v.linked {
		v.inaccessible = "inaccessible"
	}
	for _, def := range doc.Definitions {
		if s.Definitions[def.Name] == nil {
			continue // of a linked specification: never hidden, never shown
		}
		v.types = append(v.types, def)
		v.byName[def.Name] = def
	}
	for _, kind := range []ast.Operation{ast.Query, ast.Mutation, ast.Subscription} {
		if name := supergraph.RootName(kind); v.byName[name] != nil {
			v.roots = append(v.roots, name)
		}
	}
	v.each(func(coordinate string, directives *ast.DirectiveList) {
		if directives.ForName(v.inaccessible) != nil {
			v.hidden[coordinate] = true
		}
	})
	return v
}

// each visits every element that can be hidden.
func (v *view) each(visit func(coordinate string, directives *ast.DirectiveList)) {
	for _, def := range v.types {
		visit(def.Name, &def.Directives)
		for _, value := range def.EnumValues {
			visit(def.Name+"."+value.Name, &value.Directives)
		}
		for _, field := range def.Fields {
			at := def.Name + "." + field.Name
			visit(at, &field.Directives)
			for _, arg := range field.Arguments {
				visit(at+"("+arg.Name+":)", &arg.Directives)
			}
		}
	}
}

func (v *view) has(directives ast.DirectiveList, tags []string) bool {
	return slices.ContainsFunc(directives.ForNames(v.tag), func(d *ast.Directive) bool {
		name := d.Arguments.ForName("name")
		return name != nil && slices.Contains(tags, name.Value.Raw)
	})
}

func (v *view) filter(f Filter) {
	v.each(func(coordinate string, directives *ast.DirectiveList) {
		if v.has(*directives, f.Exclude) {
			v.hidden[coordinate] = true
		}
	})
	if len(f.Include) == 0 {
		return
	}
	for _, def := range v.types {
		included := v.has(def.Directives, f.Include)
		switch def.Kind {
		case ast.Union:
			v.hidden[def.Name] = v.hidden[def.Name] || !included
		case ast.Object, ast.Interface:
			for _, field := range def.Fields {
				if !included && !v.has(field.Directives, f.Include) {
					v.hidden[def.Name+"."+field.Name] = true
				}
			}
		}
	}
}

// hideEmpty hides types of which everything is hidden, and unions of which all
// members are.
func (v *view) hideEmpty() {
	for changed := true; changed; {
		changed = false
		for _, def := range v.types {
			if !v.hidden[def.Name] && v.empty(def) {
				v.hidden[def.Name] = true
				changed = true
			}
		}
	}
}

func (v *view) empty(def *ast.Definition) bool {
	var parts []string
	for _, f := range def.Fields {
		parts = append(parts, def.Name+"."+f.Name)
	}
	for _, value := range def.EnumValues {
		parts = append(parts, def.Name+"."+value.Name)
	}
	parts = append(parts, def.Types...)
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(c string) bool { return !v.hidden[c] })
}

// hideUnreachable hides the types that no visible field or argument leads to.
// The interfaces and unions of reachable objects stay: fragments can name them.
func (v *view) hideUnreachable() {
	seen := map[string]bool{}
	open := slices.Clone(v.roots)
	related := v.related()
	for len(open) > 0 {
		name := open[0]
		open = open[1:]
		def := v.byName[name]
		if def == nil || seen[name] || v.hidden[name] {
			continue
		}
		seen[name] = true
		open = append(open, related[name]...)
		for _, f := range def.Fields {
			at := name + "." + f.Name
			if v.hidden[at] {
				continue
			}
			open = append(open, f.Type.Name())
			for _, arg := range f.Arguments {
				if !v.hidden[at+"("+arg.Name+":)"] {
					open = append(open, arg.Type.Name())
				}
			}
		}
	}
	for _, def := range v.types {
		if !seen[def.Name] && !def.BuiltIn {
			v.hidden[def.Name] = true
		}
	}
}

// related are, for each type, those that share objects with it.
func (v *view) related() map[string][]string {
	out := map[string][]string{}
	for _, def := range v.types {
		for _, other := range slices.Concat(def.Interfaces, def.Types) {
			out[def.Name] = append(out[def.Name], other)
			out[other] = append(out[other], def.Name)
		}
	}
	return out
}

// mark writes the directive on what is hidden, and links its specification.
func (v *view) mark() {
	v.each(func(coordinate string, directives *ast.DirectiveList) {
		if v.hidden[coordinate] && directives.ForName(v.inaccessible) == nil {
			*directives = append(*directives, &ast.Directive{Name: v.inaccessible})
		}
	})
	if v.linked || len(v.doc.Schema) == 0 {
		return
	}
	text := func(s string) *ast.Value { return &ast.Value{Kind: ast.StringValue, Raw: s} }
	v.doc.Schema[0].Directives = append(v.doc.Schema[0].Directives, &ast.Directive{Name: "link", Arguments: ast.ArgumentList{
		{Name: "url", Value: text(specInaccessible + "/v0.2")},
		{Name: "for", Value: &ast.Value{Kind: ast.EnumValue, Raw: "SECURITY"}},
	}})
	v.doc.Directives = append(v.doc.Directives, &ast.DirectiveDefinition{
		Name: v.inaccessible, Position: &ast.Position{Src: &ast.Source{}},
		Locations: []ast.DirectiveLocation{
			ast.LocationFieldDefinition, ast.LocationObject, ast.LocationInterface, ast.LocationUnion, ast.LocationArgumentDefinition,
			ast.LocationScalar, ast.LocationEnum, ast.LocationEnumValue, ast.LocationInputObject, ast.LocationInputFieldDefinition,
		},
	})
}
