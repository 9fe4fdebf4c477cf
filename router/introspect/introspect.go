// Package introspect answers __schema and __type from the API schema.
//
//	Operation ──Answer──► {"__schema": …, "t": …}   one JSON value per root field
//
// The operation is normalised, so fragments, aliases and conditions need no
// thought here: a selection of an introspection type is a list of fields, and each
// is written as it comes, in one pass.
//
// Source: GraphQL specification, September 2025, section 4.
package introspect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
)

// DefaultMaxBytes is the bound of an answer where Options give none. The whole
// schema of the largest public APIs is a few million bytes.
const DefaultMaxBytes = 32 << 20

// CodeTooLarge is the code of the error about an answer over Options.MaxBytes.
const CodeTooLarge = "MAX_INTROSPECTION_LIMIT"

// Options are the bounds of a Schema.
type Options struct {
	// MaxBytes bounds the answers of one operation together; 0 means
	// DefaultMaxBytes. A short query can ask for the schema many times over.
	MaxBytes int
}

// Schema answers introspection for one API schema. It is immutable and safe for
// concurrent use.
type Schema struct {
	api      *ast.Schema
	maxBytes int
	// types and directives are in the order of their names. Built-in scalars that
	// nothing uses are left out, as the specification demands.
	types      []*ast.Definition
	byName     map[string]*ast.Definition
	directives []*ast.DirectiveDefinition
	// possible are the object types of each interface and union, in the order of
	// their names.
	possible map[string][]*ast.Definition
}

// New prepares api, which must be valid and must not change any more.
func New(api *ast.Schema, o Options) *Schema {
	s := &Schema{api: api, maxBytes: cmp.Or(o.MaxBytes, DefaultMaxBytes), byName: map[string]*ast.Definition{}, possible: map[string][]*ast.Definition{}}
	used := usedScalars(api)
	for _, name := range slices.Sorted(maps.Keys(api.Types)) {
		def := api.Types[name]
		if !isOptionalScalar(name) || used[name] {
			s.types = append(s.types, def)
			s.byName[name] = def
		}
		if def.IsAbstractType() {
			s.possible[name] = objects(api.GetPossibleTypes(def))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(api.Directives)) {
		s.directives = append(s.directives, api.Directives[name])
	}
	return s
}

func objects(possible []*ast.Definition) []*ast.Definition {
	var out []*ast.Definition
	for _, def := range possible {
		if def.Kind == ast.Object {
			out = append(out, def)
		}
	}
	slices.SortFunc(out, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// isOptionalScalar says whether the type is a built-in scalar that introspection
// itself does not use.
func isOptionalScalar(name string) bool { return name == "Int" || name == "Float" || name == "ID" }

func usedScalars(api *ast.Schema) map[string]bool {
	used := map[string]bool{}
	arguments := func(args ast.ArgumentDefinitionList) {
		for _, arg := range args {
			used[arg.Type.Name()] = true
		}
	}
	for _, def := range api.Types {
		for _, field := range def.Fields {
			used[field.Type.Name()] = true
			arguments(field.Arguments)
		}
	}
	for _, directive := range api.Directives {
		arguments(directive.Arguments)
	}
	return used
}

// fields are the type's fields without __schema and __type, which gqlparser counts
// among those of the query type.
func (s *Schema) fields(def *ast.Definition) ast.FieldList {
	if def != s.api.Query {
		return def.Fields
	}
	return slices.DeleteFunc(slices.Clone(def.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

// Answer returns, for each __schema and __type at the operation's root, its value
// as JSON by response name. It fails only when the values are larger than
// Options.MaxBytes together.
func (s *Schema) Answer(op *operation.Operation, vars operation.Variables) (map[string][]byte, operation.Errors) {
	answers := map[string][]byte{}
	left := s.maxBytes
	for _, selection := range op.Root {
		f, ok := selection.(*operation.Field)
		if !ok || !f.IsIntrospection() {
			continue
		}
		w := writer{schema: s, vars: vars, limit: left}
		w.root(f)
		if left -= len(w.out); left < 0 {
			return nil, operation.Errors{{
				Message:   fmt.Sprintf("The introspection answer would be larger than %d bytes; ask for less at a time.", s.maxBytes),
				Locations: []operation.Position{f.Position},
				Code:      CodeTooLarge,
			}}
		}
		answers[f.ResponseName] = w.out
	}
	return answers, nil
}
