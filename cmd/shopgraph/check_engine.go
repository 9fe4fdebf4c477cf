package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/check/verdict"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// routerEngine is this program's router as a check's verdict.Engine.
type routerEngine struct {
	parser *operation.Parser
	graph  *graph.Graph // nil where only an API is known
}

// checkTokens is the size of the largest operation that a check reads: clients'
// tools write longer ones than servers accept.
const checkTokens = 1_000_000

func newEngine(s *supergraph.Supergraph) *routerEngine {
	return &routerEngine{operationParser(s.API), graph.Build(s)}
}

func operationParser(api *ast.Schema) *operation.Parser {
	return operation.NewParser(api, operation.Options{Suggestions: true, MaxTokens: checkTokens})
}

// newAPIEngine validates operations on a schema that was read without being
// validated itself.
func newAPIEngine(api *ast.Schema) (*routerEngine, error) {
	var b strings.Builder
	formatter.NewFormatter(&b).FormatSchema(api)
	return newSchemaEngine(b.String())
}

// newSchemaEngine is newAPIEngine for SDL. Directives that the schema does not
// define, as subgraphs have them, are left out: operations cannot use them.
func newSchemaEngine(sdl string) (*routerEngine, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "schema", Input: sdl})
	if err != nil {
		return nil, err
	}
	prelude, err := parser.ParseSchema(validator.Prelude)
	if err != nil {
		return nil, err
	}
	doc.Directives = slices.DeleteFunc(doc.Directives, func(d *ast.DirectiveDefinition) bool { return !usable(d) })
	dropUnknownDirectives(doc, prelude)
	prelude.Merge(doc)
	schema, err := validator.ValidateSchemaDocument(prelude)
	if err != nil {
		return nil, err
	}
	return &routerEngine{parser: operationParser(schema)}, nil
}

// usable says whether operations can use a directive.
func usable(d *ast.DirectiveDefinition) bool {
	return slices.ContainsFunc(d.Locations, func(l ast.DirectiveLocation) bool {
		switch l {
		case ast.LocationQuery, ast.LocationMutation, ast.LocationSubscription, ast.LocationField, ast.LocationFragmentDefinition,
			ast.LocationFragmentSpread, ast.LocationInlineFragment, ast.LocationVariableDefinition:
			return true
		}
		return false
	})
}

func dropUnknownDirectives(doc, prelude *ast.SchemaDocument) {
	known := func(list ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(list, func(d *ast.Directive) bool {
			return prelude.Directives.ForName(d.Name) == nil && doc.Directives.ForName(d.Name) == nil
		})
	}
	for _, s := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		s.Directives = known(s.Directives)
	}
	for _, def := range slices.Concat(doc.Definitions, doc.Extensions) {
		def.Directives = known(def.Directives)
		for _, f := range def.Fields {
			f.Directives = known(f.Directives)
			for _, arg := range f.Arguments {
				arg.Directives = known(arg.Directives)
			}
		}
		for _, v := range def.EnumValues {
			v.Directives = known(v.Directives)
		}
	}
}

// Validate implements verdict.Engine.
func (e *routerEngine) Validate(text string) []verdict.Fault {
	_, errs := e.parser.Parse(text)
	var faults []verdict.Fault
	for _, err := range errs {
		f := verdict.Fault{Line: 1, Column: 1, Message: err.Message}
		if len(err.Locations) > 0 {
			f.Line, f.Column = err.Locations[0].Line, err.Locations[0].Column
		}
		faults = append(faults, f)
	}
	return faults
}

// Plan implements verdict.Engine.
func (e *routerEngine) Plan(text string) (p *verdict.Plan, planned bool, err error) {
	if e.graph == nil {
		return nil, false, nil
	}
	built, err := e.build(text)
	if err != nil {
		return nil, true, err
	}
	p = &verdict.Plan{Requests: len(built.Fetches), Text: built.String(), Cost: estimate(e.graph.Supergraph, built)}
	for _, f := range built.Fetches {
		p.Steps = max(p.Steps, f.Step+1)
		if !slices.Contains(p.Subgraphs, f.Subgraph.Name) {
			p.Subgraphs = append(p.Subgraphs, f.Subgraph.Name)
		}
	}
	return p, true, nil
}

// build plans the only operation of a document, with everything that @skip and
// @include decide about asked for.
func (e *routerEngine) build(text string) (*plan.Plan, error) {
	doc, errs := e.parser.Parse(text)
	if errs != nil {
		return nil, errs
	}
	definition, errs := doc.Operation("")
	if errs != nil {
		return nil, errs
	}
	op, errs := operation.Key{Definition: definition, Conditions: everything(definition, text)}.Normalize()
	if errs != nil {
		return nil, errs
	}
	return plan.Build(e.graph, op, plan.Options{})
}

// everything are the values of an operation's conditions with which it asks for
// the most: a variable of an @include is true, one of a @skip alone is not.
func everything(definition *operation.Definition, text string) string {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return ""
	}
	includes := map[string]bool{} // by variable; false: used by @skip only
	for _, op := range doc.Operations {
		readConditions(op.SelectionSet, includes)
	}
	for _, f := range doc.Fragments {
		readConditions(f.SelectionSet, includes)
	}
	var bits []byte
	n := 0
	for _, v := range definition.Variables() {
		include, ok := includes[v.Name]
		if !ok {
			continue
		}
		if n%8 == 0 {
			bits = append(bits, 0)
		}
		if include {
			bits[n/8] |= 1 << (n % 8)
		}
		n++
	}
	return string(bits)
}

func readConditions(set ast.SelectionSet, includes map[string]bool) {
	read := func(list ast.DirectiveList) {
		for _, d := range list {
			if arg := d.Arguments.ForName("if"); arg != nil && arg.Value.Kind == ast.Variable && (d.Name == "include" || d.Name == "skip") {
				includes[arg.Value.Raw] = includes[arg.Value.Raw] || d.Name == "include"
			}
		}
	}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			read(s.Directives)
			readConditions(s.SelectionSet, includes)
		case *ast.InlineFragment:
			read(s.Directives)
			readConditions(s.SelectionSet, includes)
		case *ast.FragmentSpread:
			read(s.Directives)
		}
	}
}

// brokenEngine is the engine of a schema that is not valid, and why.
type brokenEngine struct{ err error }

// Validate implements verdict.Engine.
func (e brokenEngine) Validate(string) []verdict.Fault {
	return []verdict.Fault{{Line: 1, Column: 1, Message: fmt.Sprintf("the schema itself is not valid: %v", e.err)}}
}

// Plan implements verdict.Engine.
func (e brokenEngine) Plan(string) (p *verdict.Plan, planned bool, err error) {
	return nil, true, errors.New("the schema is not valid")
}
