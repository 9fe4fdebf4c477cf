package check

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Read reads a schema as it stands, without asking whether it is valid:
// subgraphs use directives and types that only composition defines. Extensions
// are folded into what they extend, across all sources.
func Read(sources ...*ast.Source) (*ast.Schema, error) {
	doc, err := parser.ParseSchemas(sources...)
	if err != nil {
		return nil, fmt.Errorf("not a GraphQL schema: %w", err)
	}
	return fold(doc), nil
}

// fold makes a schema of a document. It copies what it changes.
func fold(doc *ast.SchemaDocument) *ast.Schema {
	s := &ast.Schema{Types: map[string]*ast.Definition{}, Directives: map[string]*ast.DirectiveDefinition{}}
	for _, defs := range []ast.DefinitionList{doc.Definitions, doc.Extensions} {
		for _, def := range defs {
			if known := s.Types[def.Name]; known != nil {
				extend(known, def)
				continue
			}
			own := *def
			s.Types[def.Name] = &own
		}
	}
	for _, d := range doc.Directives {
		s.Directives[d.Name] = d
	}
	setRoots(s, doc)
	return s
}

// extend appends, to new slices, what ext adds.
func extend(def, ext *ast.Definition) {
	def.Directives = slices.Concat(def.Directives, ext.Directives)
	def.Interfaces = slices.Concat(def.Interfaces, ext.Interfaces)
	def.Fields = slices.Concat(def.Fields, ext.Fields)
	def.Types = slices.Concat(def.Types, ext.Types)
	def.EnumValues = slices.Concat(def.EnumValues, ext.EnumValues)
	if def.Description == "" {
		def.Description = ext.Description
	}
}

// setRoots finds the root types by the schema definition and its extensions, or
// else by name. An extension alone adds to what the names say.
func setRoots(s *ast.Schema, doc *ast.SchemaDocument) {
	roots := map[ast.Operation]string{}
	if len(doc.Schema) == 0 {
		roots = map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"}
	}
	for _, def := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		s.SchemaDirectives = append(s.SchemaDirectives, def.Directives...)
		for _, op := range def.OperationTypes {
			roots[op.Operation] = op.Type
		}
	}
	s.Query, s.Mutation, s.Subscription = s.Types[roots[ast.Query]], s.Types[roots[ast.Mutation]], s.Types[roots[ast.Subscription]]
}
