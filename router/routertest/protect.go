package routertest

import (
	"errors"
	"math/rand/v2"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/internal/mock"
)

// protected are the types and the fields, as "Type" and "Type.field", that nobody
// may see.
type protected map[string]bool

// in returns a composition that protects a few object types and fields of what
// another composes, by dice.
func (p protected) in(compose Compose, seed uint64) Compose {
	return func(subgraphs []Subgraph) (string, error) {
		sdl, err := compose(subgraphs)
		if err != nil {
			return "", err
		}
		doc, err := parser.ParseSchema(&ast.Source{Input: sdl})
		if err != nil {
			return "", err
		}
		dice := rand.New(rand.NewPCG(seed, 1))
		p.apply(doc, dice)
		link, err := parser.ParseSchema(&ast.Source{Input: `schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "login", for: SECURITY) { query: Query }
			directive @login on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM`})
		if err != nil {
			return "", err
		}
		doc.Schema[0].Directives = append(doc.Schema[0].Directives, link.Schema[0].Directives...)
		doc.Directives = append(doc.Directives, link.Directives...)
		var out strings.Builder
		formatter.NewFormatter(&out).FormatSchemaDocument(doc)
		return out.String(), nil
	}
}

func (p protected) apply(doc *ast.SchemaDocument, dice *rand.Rand) {
	login := &ast.Directive{Name: "login"}
	for _, def := range doc.Definitions {
		if def.Kind != ast.Object {
			continue
		}
		if isRoot := def.Name == "Query" || def.Name == "Mutation"; !isRoot && dice.IntN(12) == 0 {
			p[def.Name] = true
			def.Directives = append(def.Directives, login)
		}
		for _, f := range def.Fields {
			if dice.IntN(8) == 0 {
				p[def.Name+"."+f.Name] = true
				f.Directives = append(f.Directives, login)
			}
		}
	}
}

func (p protected) hides(typ string, field *ast.FieldDefinition) bool {
	return p[typ] || field != nil && (p[typ+"."+field.Name] || p[field.Type.Name()])
}

// guardedData are the monolith's data, whose protected fields fail.
type guardedData struct {
	api       *ast.Schema
	protected protected
	mock.Data
}

// Root implements mock.Data.
func (g *guardedData) Root(operation string) mock.Object {
	root := g.Data.Root(operation)
	if root == nil {
		return nil
	}
	def := g.api.Query
	if operation == "mutation" {
		def = g.api.Mutation
	}
	return &guarded{g, root, def.Name}
}

type guarded struct {
	*guardedData
	mock.Object
	typename string
}

// Typename implements mock.Object.
func (g *guarded) Typename() string { return g.typename }

// Field implements mock.Object.
func (g *guarded) Field(name string, args map[string]any) any {
	if def := g.api.Types[g.typename]; def != nil && g.protected.hides(g.typename, def.Fields.ForName(name)) {
		return errors.New("protected")
	}
	return g.wrap(g.Object.Field(name, args))
}

func (g *guardedData) wrap(value any) any {
	switch value := value.(type) {
	case mock.Object:
		return &guarded{g, value, value.Typename()}
	case []any:
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = g.wrap(v)
		}
		return out
	}
	return value
}
