package subgraph

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// Parse reads and checks one subgraph. It reports all problems of the first
// stage that finds any: each stage needs what the one before has made sure of.
// A federation 1 subgraph is checked as GraphQL only; see Upgrade.
func Parse(src Source) (*Subgraph, federation.Errors) {
	s := &Subgraph{Name: src.Name, URL: src.URL}
	for _, stage := range []func() federation.Errors{
		s.checkName,
		func() federation.Errors { return s.read(src) },
		s.link,
		s.complete,
		func() federation.Errors { return sdl.CheckReferences(s.Schema) },
		s.checkDefinitions,
		s.validate,
		s.nameRoots,
		s.analyse,
	} {
		if errs := stage(); len(errs) > 0 {
			return nil, s.own(errs)
		}
	}
	if s.Federation1 {
		return s, nil
	}
	return s, s.own(s.check())
}

func (s *Subgraph) validate() federation.Errors {
	errs := sdl.Validate(s.Schema, s.graphqlRules())
	if len(errs) == 0 {
		sdl.CoerceEnums(s.Schema)
	}
	return errs
}

// own marks errors as this subgraph's.
func (s *Subgraph) own(errs federation.Errors) federation.Errors {
	for _, e := range errs {
		e.Subgraph = s.Name
		for i := range e.Places {
			e.Places[i].Subgraph = s.Name
		}
	}
	return errs
}

func (s *Subgraph) checkName() federation.Errors {
	if s.Name == "_" || s.Name == "" {
		return federation.Errors{{
			Code: federation.InvalidSubgraphName, Message: fmt.Sprintf("a subgraph cannot be named %q", s.Name), Help: "give the subgraph another name",
		}}
	}
	return nil
}

func (s *Subgraph) read(src Source) federation.Errors {
	doc := &ast.SchemaDocument{}
	var errs federation.Errors
	for _, file := range src.Files {
		part, err := parseFile(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		doc.Merge(part)
	}
	if len(errs) > 0 {
		return errs
	}
	if isEmpty(doc) {
		return federation.Errors{{
			Code: federation.SyntaxError, Message: "the schema is empty", Places: s.firstPlace(src),
			Help: "a subgraph's schema has at least one type",
		}}
	}
	s.Schema, errs = sdl.Build(doc)
	return errs
}

func (s *Subgraph) firstPlace(src Source) []federation.Place {
	if len(src.Files) == 0 {
		return nil
	}
	f := src.Files[0]
	return []federation.Place{{Position: &ast.Position{Line: 1, Column: 1, Src: &ast.Source{Name: f.Name, Input: f.SDL}}}}
}

func isEmpty(doc *ast.SchemaDocument) bool {
	return len(doc.Schema)+len(doc.SchemaExtension)+len(doc.Directives)+len(doc.Definitions)+len(doc.Extensions) == 0
}

// executable recognises the start of an operation or a fragment in what the
// parser says about it.
var executable = regexp.MustCompile(`^Unexpected (Name "(query|mutation|subscription|fragment)"|\{)`)

func parseFile(file File) (*ast.SchemaDocument, *federation.Error) {
	source := &ast.Source{Name: file.Name, Input: strings.TrimPrefix(file.SDL, "\uFEFF")}
	doc, err := parser.ParseSchema(source)
	if err == nil {
		return doc, nil
	}
	var syntax *gqlerror.Error
	if !errors.As(err, &syntax) || len(syntax.Locations) == 0 {
		return nil, &federation.Error{Code: federation.SyntaxError, Message: err.Error()}
	}
	at := &ast.Position{Line: syntax.Locations[0].Line, Column: syntax.Locations[0].Column, Src: source}
	e := &federation.Error{
		Code: federation.SyntaxError, Message: "this is not GraphQL: " + lowerFirst(syntax.Message),
		Places: []federation.Place{{Position: at}}, Help: "correct the syntax at the place shown, or a little before it",
	}
	if executable.MatchString(syntax.Message) {
		e.Code, e.Message = federation.InvalidGraphQL, "a schema cannot hold operations or fragments"
		e.Help = "move it to a file of its own that is not part of the schema"
	}
	return nil, e
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// link reads the schema's links and decides between federation 1 and 2.
func (s *Subgraph) link() federation.Errors {
	name, err := federation.LinkName(s.Schema.Directives)
	if err != nil {
		return federation.Errors{err}
	}
	s.Links, s.Federation1 = &federation.Links{}, true
	if name == "" {
		return nil // any @link application is without effect
	}
	links, errs := federation.ReadLinks(s.Schema.Directives, name)
	if s.Links = links; len(errs) > 0 {
		if unknown := s.tooNewOnSchema(); len(unknown) > 0 {
			return unknown
		}
		return errs
	}
	if f := links.Find(federation.IdentityFederation); f != nil {
		s.Federation1, s.Version, s.Linked = false, f.Version, f.Version
	}
	for _, f := range links.Features {
		if needs, ok := federation.Needs(f.Identity); ok && !s.Federation1 && !s.Version.AtLeast(needs) {
			s.Version, s.ImpliedBy = needs, f.URL()
		}
	}
	return nil
}

// tooNewOnSchema reports directives on the schema itself that the linked
// federation version does not have yet. As Apollo's composition does, this is
// said in place of the failing import if the schema links the link specification
// too; its directives are then read first.
func (s *Subgraph) tooNewOnSchema() federation.Errors {
	explicit, linked := s.Links.Find(federation.IdentityLink), s.Links.Find(federation.IdentityFederation)
	if explicit.Position == nil || linked == nil {
		return nil
	}
	var errs federation.Errors
	for _, d := range s.Schema.Directives {
		since, known := federation.Since(federation.IdentityFederation, "@"+d.Name)
		if !known || linked.Version.AtLeast(since) || s.Schema.Definition(d.Name) != nil {
			continue
		}
		more, help := s.unknownDirective(d.Name)
		errs = append(errs, &federation.Error{
			Code: federation.InvalidGraphQL, Message: fmt.Sprintf("directive @%s on the schema is not defined%s", d.Name, more),
			Places: []federation.Place{{Position: d.Position}}, Help: help,
		})
	}
	return errs
}

// nameRoots gives the root types their default names, which they have in the
// supergraph.
func (s *Subgraph) nameRoots() federation.Errors {
	codes := map[ast.Operation]federation.Code{
		ast.Query: federation.RootQueryUsed, ast.Mutation: federation.RootMutationUsed, ast.Subscription: federation.RootSubscriptionUsed,
	}
	var errs federation.Errors
	renamed := map[string]string{}
	for _, op := range sdl.Operations {
		root, name := s.Schema.RootType(op), sdl.RootName(op)
		if root == nil || root.Name == name {
			continue
		}
		if other := s.Schema.Type(name); other != nil {
			errs = append(errs, &federation.Error{
				Code:    codes[op],
				Message: fmt.Sprintf("type %q is not the %s root, %q is: the supergraph calls the root %q, so no other type can have that name", name, op, root.Name, name),
				Places: []federation.Place{
					{Position: other.Position(), Note: "takes the root's name"},
					{Position: root.Position(), Note: "the root"},
				},
				Help: fmt.Sprintf("rename type %q, or make it the %s root", name, op),
			})
			continue
		}
		renamed[root.Name] = name
		s.Schema.RenameType(root, name)
		s.Schema.Roots[op].Type = name
	}
	if len(renamed) > 0 && len(errs) == 0 {
		s.Schema.RenameReferences(renamed)
	}
	return errs
}
