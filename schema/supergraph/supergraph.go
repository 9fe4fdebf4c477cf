// Package supergraph reads a supergraph document, by whichever composer it was
// written, into what a planner needs: for each subgraph, which types and fields
// it has and how; and the API schema, which is what clients see.
//
//	supergraph SDL ──Parse──► Supergraph{ Subgraphs, Definitions, API }
//
// The subgraphs here are the *extracted* ones: what @join__type and
// @join__field say, with arguments, enum values and descriptions as merged.
//
// Sources: Apollo join specification v0.1 – v0.5, link specification v1.0, core
// specification v0.1 – v0.2.
package supergraph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Supergraph is a parsed supergraph document. It is read-only after Parse and
// safe for concurrent use.
type Supergraph struct {
	// Subgraphs are in the order of the join__Graph enum; Subgraph.Index is the
	// position in this slice.
	Subgraphs []*Subgraph
	// Definitions are the merged types of all subgraphs by name, inaccessible
	// ones included, the types of linked specifications excluded.
	Definitions map[string]*ast.Definition
	// API is the schema that clients see: neither inaccessible elements nor
	// elements of linked specifications.
	API *ast.Schema
	// Links are the specifications that the schema links.
	Links Links
	// Contexts are, by the name of a context, the types that set it (@context).
	Contexts map[string][]string
	// Labels are the labels of progressive overrides (@override(label:)), sorted.
	Labels []string

	possible map[string][]string
}

// Subgraph is one subgraph, as far as the supergraph document knows it.
type Subgraph struct {
	Index int
	// Name is the name given to composition: "users".
	Name string
	// Graph is the value of enum join__Graph that stands for it: "USERS".
	Graph string
	// URL is the routing URL; it may be empty.
	URL string
	// Types are the subgraph's composite types by name.
	Types map[string]*Type
}

// Type is one subgraph's view of an object type, interface or union.
type Type struct {
	Subgraph *Subgraph
	Name     string
	// Kind is the kind in this subgraph: an interface object is an Object here,
	// although the supergraph's definition of that name is an Interface.
	Kind ast.DefinitionKind
	// InterfaceObject says that the subgraph declares the supergraph's
	// interface of this name as an object type (@interfaceObject).
	InterfaceObject bool
	Keys            []*Key
	// Fields by name. FieldNames keeps the order of the document.
	Fields     map[string]*Field
	FieldNames []string
	// Interfaces that the type implements in this subgraph, sorted.
	Interfaces []string
	// Possible are the object types that a value of this type may have in this
	// subgraph, sorted; for an object type, itself.
	Possible []string
}

// Key is one @key of a type in one subgraph.
type Key struct {
	Type   *Type
	Text   string
	Fields ast.SelectionSet
	// Resolvable says whether the subgraph resolves a representation with this
	// key (@key(resolvable:)).
	Resolvable bool
	// Extension says that the key is on an extension of the type, so that the
	// subgraph knows its fields whoever else resolves them.
	Extension bool
}

// Field is one subgraph's view of a field.
type Field struct {
	Parent *Type
	Name   string
	// Type is the field's type in this subgraph, which may differ from the
	// merged type in nullability or by being more specific.
	Type *ast.Type
	// Definition is the merged field definition.
	Definition *ast.FieldDefinition
	// External fields are not resolved by the subgraph, except where provided.
	External bool
	// Overridden fields are external because another subgraph took them over
	// (@override); they stay only since a key or a requirement names them.
	Overridden bool
	// Requires are the fields of the parent type, resolved elsewhere, that the
	// subgraph needs in the representation; nil without @requires.
	Requires ast.SelectionSet
	// RequiresText is the field set as written.
	RequiresText string
	// Provides are the external fields below this one that the subgraph
	// resolves when they are reached by it; nil without @provides.
	Provides ast.SelectionSet
	// Label is the label of a progressive @override, or "": the field resolves
	// here only in requests for which the label's value is LabelOn.
	Label   string
	LabelOn bool
	// Contexts are the arguments that the router fills from an enclosing object
	// (@fromContext).
	Contexts []ContextArgument
}

// ContextArgument is an argument whose value is taken from an enclosing object.
type ContextArgument struct {
	Name      string
	Type      string
	Context   string
	Selection ast.SelectionSet
}

var errNoJoin = errors.New("the document links no join specification: it is not a supergraph (compose the subgraphs first: shopgraph compose)")

// Parse reads a supergraph document. The error says what is wrong and, where
// the document is at fault, at which line.
func Parse(sdl string) (*Supergraph, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "supergraph", Input: sdl})
	if err != nil {
		return nil, fmt.Errorf("the supergraph is not valid GraphQL: %w", err)
	}
	if len(doc.Extensions) > 0 {
		return nil, fmt.Errorf("the supergraph extends type %q at line %d: a supergraph holds definitions only (is this a subgraph's schema?)",
			doc.Extensions[0].Name, doc.Extensions[0].Position.Line)
	}
	links, err := readLinks(doc)
	if err != nil {
		return nil, err
	}
	s := &Supergraph{Links: links, Definitions: map[string]*ast.Definition{}}
	for _, def := range doc.Definitions {
		if !links.owns(def.Name) {
			s.Definitions[def.Name] = def
		}
	}
	s.possible = possibleTypes(s.Definitions)
	if err := s.readSubgraphs(doc); err != nil {
		return nil, err
	}
	if err := s.checkFieldSets(); err != nil {
		return nil, err
	}
	s.Labels = s.labels()
	s.Contexts = s.contexts()
	s.API, err = apiSchema(doc, links)
	return s, err
}

// Subgraph returns the subgraph of that name, or nil.
func (s *Supergraph) Subgraph(name string) *Subgraph {
	for _, g := range s.Subgraphs {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// Possible returns the object types, inaccessible ones included, that a value
// of the named type may have, sorted; for an object type, itself.
func (s *Supergraph) Possible(typeName string) []string { return s.possible[typeName] }

// IsPossible says whether a value of the named type may be an objectType.
func (s *Supergraph) IsPossible(typeName, objectType string) bool {
	_, ok := slices.BinarySearch(s.possible[typeName], objectType)
	return ok
}

// RootName is the name of the root type of an operation kind in supergraphs.
func RootName(kind ast.Operation) string {
	switch kind {
	case ast.Mutation:
		return "Mutation"
	case ast.Subscription:
		return "Subscription"
	default:
		return "Query"
	}
}

func (s *Supergraph) labels() []string {
	var labels []string
	for _, g := range s.Subgraphs {
		for _, t := range g.Types {
			for _, f := range t.Fields {
				if f.Label != "" {
					labels = append(labels, f.Label)
				}
			}
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

const specContext = "https://specs.apollo.dev/context"

func (s *Supergraph) contexts() map[string][]string {
	directive, ok := s.Links.Directive(specContext, "context")
	if !ok {
		return nil
	}
	contexts := map[string][]string{}
	for name, def := range s.Definitions {
		for _, d := range def.Directives.ForNames(directive) {
			context := argument(d, "name")
			contexts[context] = append(contexts[context], name)
		}
	}
	for _, types := range contexts {
		slices.Sort(types)
	}
	return contexts
}

func possibleTypes(definitions map[string]*ast.Definition) map[string][]string {
	possible := map[string][]string{}
	for name, def := range definitions {
		switch def.Kind {
		case ast.Object:
			possible[name] = append(possible[name], name)
			for _, i := range def.Interfaces {
				possible[i] = append(possible[i], name)
			}
		case ast.Union:
			possible[name] = slices.Clone(def.Types)
		}
	}
	for name := range possible {
		slices.Sort(possible[name])
		possible[name] = slices.Compact(possible[name])
	}
	return possible
}
