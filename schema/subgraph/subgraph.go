// Package subgraph reads the schema of one subgraph: SDL → Subgraph or errors.
//
// Parse tells the story: read the documents, resolve the links, complete the
// schema with what the linked specifications define, check that it is valid
// GraphQL, and apply the rules of federation that concern one subgraph alone
// (rules.go lists them). A federation 1 subgraph is only half judged by that:
// Upgrade turns a set of them into federation 2 subgraphs, looking at all
// subgraphs at once, and checks them again.
//
// Source: Apollo Federation subgraph specification, federation v2.0 – v2.14.
package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// Source is a subgraph as it is handed to composition.
type Source struct {
	// Name is the subgraph's name in the supergraph, unique there.
	Name string
	// URL is where routers reach it; it may be empty.
	URL string
	// Files hold its schema; their definitions and extensions count as one
	// document.
	Files []File
}

// File is one document of a schema. Its name is only for messages.
type File struct{ Name, SDL string }

// FromSDL returns the source of a subgraph whose schema is one text.
func FromSDL(name, url, text string) Source {
	return Source{Name: name, URL: url, Files: []File{{Name: name + ".graphql", SDL: text}}}
}

// Subgraph is one subgraph's schema, valid GraphQL and valid federation.
type Subgraph struct {
	Name, URL string
	// Schema is complete: it has the definitions of the linked specifications,
	// under the names that they have here.
	Schema *sdl.Schema
	Links  *federation.Links
	// Version is the federation version that the subgraph links, or that a
	// specification linked separately calls for. A federation 1 subgraph has
	// none before its upgrade and v2.4 after it.
	Version federation.Version
	// Linked is the federation version that the subgraph names itself.
	Linked federation.Version
	// ImpliedBy is the url of the specification because of which Version is
	// newer than Linked, or "".
	ImpliedBy string
	// Federation1 says that the schema links no federation specification.
	Federation1 bool
	// Keys are the @key applications of each type, in source order.
	Keys map[*sdl.Type][]*Key
	// Requires and Provides are the field sets on fields.
	Requires, Provides map[*sdl.Field]*FieldSet
	// Contexts are the @fromContext arguments of each field.
	Contexts map[*sdl.Field][]*ContextArgument

	documents []*ast.Source
	// late are errors of links to unknown versions, which are reported together
	// with the unknown directives that follow from them.
	late    federation.Errors
	meaning map[string]federation.Directive
	names   map[federation.Directive]string
	fields  []fieldFact
	// implementers are the object types that implement each interface.
	implementers map[string][]*sdl.Type
}

// Documents are the files that the schema was read from, as positions refer to
// them.
func (s *Subgraph) Documents() []*ast.Source { return s.documents }

// Meaning returns what a directive of this schema means to composition.
func (s *Subgraph) Meaning(directive string) federation.Directive { return s.meaning[directive] }

// NameOf returns what this schema calls a directive, without "@", or "" when it
// does not know it.
func (s *Subgraph) NameOf(d federation.Directive) string { return s.names[d] }

// Applied returns the first application of a directive, nil when there is none.
func (s *Subgraph) Applied(list ast.DirectiveList, d federation.Directive) *ast.Directive {
	if len(list) == 0 {
		return nil
	}
	name := s.names[d]
	for _, a := range list {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// AppliedToType is Applied for the directives of a type.
func (s *Subgraph) AppliedToType(t *sdl.Type, d federation.Directive) *ast.Directive {
	if len(t.Directives) == 0 || s.names[d] == "" {
		return nil
	}
	return t.Directive(s.names[d])
}

// IsInterfaceObject says whether the type stands for an interface of other
// subgraphs.
func (s *Subgraph) IsInterfaceObject(t *sdl.Type) bool {
	return t.Kind == ast.Object && s.AppliedToType(t, federation.AtInterfaceObject) != nil
}

// IsFederationField says whether the field is one that every subgraph serves
// for routers, which is not part of its own schema.
func IsFederationField(f *sdl.Field) bool {
	return f.Name == "_entities" || f.Name == "_service"
}

// fieldFact is what the federation directives make of one field.
type fieldFact uint8

const (
	factExternal fieldFact = 1 << iota // resolved elsewhere (§ external), provided or not
	factFake                           // marked external but part of an extension's key: resolved here
	factProvided                       // selected by a @provides
	factKey                            // selected by a @key of any type
	factUsed                           // selected by some field set, or needed by an interface
)

func (s *Subgraph) is(f *sdl.Field, fact fieldFact) bool { return s.fields[f.Index]&fact != 0 }

// External says whether the field is marked as resolved by another subgraph.
func (s *Subgraph) External(f *sdl.Field) bool { return s.is(f, factExternal) }

// FullyExternal says whether the subgraph never resolves the field; a provided
// external field is resolved where it is provided.
func (s *Subgraph) FullyExternal(f *sdl.Field) bool {
	return s.fields[f.Index]&(factExternal|factProvided) == factExternal
}

// Used says whether a field set of the subgraph selects the field, or an
// interface of the subgraph demands it.
func (s *Subgraph) Used(f *sdl.Field) bool { return s.is(f, factUsed) }

// Shareable says whether other subgraphs may resolve the field too: it is
// declared so, or part of a key, or provided.
func (s *Subgraph) Shareable(f *sdl.Field) bool {
	return s.is(f, factKey) || s.fields[f.Index]&(factExternal|factProvided) == factExternal|factProvided ||
		s.DeclaredShareable(f)
}

// DeclaredShareable says whether the field, or the part of its type that
// declares it, is marked @shareable.
func (s *Subgraph) DeclaredShareable(f *sdl.Field) bool {
	name := s.names[federation.AtShareable]
	if name == "" {
		return false
	}
	if f.Directives.ForName(name) != nil {
		return true
	}
	for _, d := range f.Parent.Directives {
		if d.Name == name && d.Part == f.Part {
			return true
		}
	}
	return false
}

// eachType calls do for the subgraph's object types and interfaces.
func (s *Subgraph) eachType(do func(*sdl.Type)) {
	for _, t := range s.Schema.Types {
		if !t.Spec && (t.Kind == ast.Object || t.Kind == ast.Interface) {
			do(t)
		}
	}
}
