package subgraph

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
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
		func() federation.Errors { return s.read(src) },
		s.link,
		s.complete,
		func() federation.Errors { return sdl.CheckReferences(s.Schema) },
		s.serve,
		s.checkNames,
		s.validate,
		s.judge,
	} {
		if errs := stage(); len(errs) > 0 {
			return nil, s.own(errs)
		}
	}
	return s, nil
}

// judge applies the rules of federation, those of federation 1 subgraphs apart.
func (s *Subgraph) judge() federation.Errors {
	errs := s.nameRoots()
	s.analyse()
	if s.Federation1 {
		return errs
	}
	return append(errs, s.check()...)
}

func (s *Subgraph) validate() federation.Errors {
	errs := append(sdl.Validate(s.Schema, s.freeArguments), s.shadowed()...)
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

// checkNames makes sure that names mean what they seem to: those of elements of
// linked specifications, those of directives, and the subgraph's own.
func (s *Subgraph) checkNames() federation.Errors {
	errs := slices.Concat(s.late, sdl.CheckRoots(s.Schema), s.checkDefinitions(), sdl.CheckDirectives(s.Schema, s.unknownDirective))
	if len(errs) == 0 && (s.Name == "_" || s.Name == "") {
		errs = append(errs, &federation.Error{
			Code: federation.InvalidSubgraphName, Message: fmt.Sprintf("a subgraph cannot be named %q", s.Name), Help: "give the subgraph another name",
		})
	}
	return errs
}

func (s *Subgraph) read(src Source) federation.Errors {
	doc := &ast.SchemaDocument{}
	var errs federation.Errors
	for _, file := range src.Files {
		source := &ast.Source{Name: file.Name, Input: strings.TrimPrefix(file.SDL, "\uFEFF")}
		s.documents = append(s.documents, source)
		part, err := parseFile(source)
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
			Code: federation.SyntaxError, Message: "the schema is empty", Places: s.firstPlace(),
			Help: "a subgraph's schema has at least one type",
		}}
	}
	s.Schema, errs = sdl.Build(doc)
	return errs
}

func (s *Subgraph) firstPlace() []federation.Place {
	if len(s.documents) == 0 {
		return nil
	}
	return []federation.Place{{Position: &ast.Position{Line: 1, Column: 1, Src: s.documents[0]}}}
}

func isEmpty(doc *ast.SchemaDocument) bool {
	return len(doc.Schema)+len(doc.SchemaExtension)+len(doc.Directives)+len(doc.Definitions)+len(doc.Extensions) == 0
}

// executable recognises the start of an operation or a fragment in what the
// parser says about it.
var executable = regexp.MustCompile(`^Unexpected (Name "(query|mutation|subscription|fragment)"|\{)`)

func parseFile(source *ast.Source) (*ast.SchemaDocument, *federation.Error) {
	doc, err := parser.ParseSchema(source)
	if err == nil {
		return doc, checkDraft(doc)
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

// checkDraft refuses what the parser knows from drafts of the specification but
// other tools do not.
func checkDraft(doc *ast.SchemaDocument) *federation.Error {
	fail := func(pos *ast.Position, what string) *federation.Error {
		return &federation.Error{
			Code: federation.SyntaxError, Message: what + " is not part of the GraphQL specification of 2021", Places: []federation.Place{{Position: pos}},
			Help: "remove it",
		}
	}
	for _, d := range doc.Directives {
		if len(d.Directives) > 0 {
			return fail(d.Directives[0].Position, "a directive on a directive definition")
		}
		if slices.Contains(d.Locations, ast.LocationDirectiveDefinition) {
			return fail(d.Position, "the location DIRECTIVE_DEFINITION")
		}
	}
	for _, d := range doc.DirectiveExtensions {
		return fail(d.Position, "the extension of a directive")
	}
	return nil
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
	s.Links, s.Federation1 = &federation.Links{}, true
	if err != nil {
		s.late = federation.Errors{err}
	}
	if name == "" {
		return nil // any @link application is without effect
	}
	links, errs := federation.ReadLinks(s.Schema.Directives, name)
	if s.Links = links; len(errs) > 0 {
		return s.consequences(errs)
	}
	if f := links.Find(federation.IdentityFederation); f != nil && federation.Definitions(f) == nil {
		s.late = federation.Errors{{
			Code: federation.UnknownFederationLinkVersion, Message: fmt.Sprintf("version %s of the federation specification is unknown", f.Version),
			Places: []federation.Place{{Position: f.Position}}, Help: fmt.Sprintf("link a version from v2.0 to %s", federation.LatestFederation),
		}}
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

// consequences adds to errors of links that, with the federation link lost,
// directives in use are unknown. If the schema links the link specification too,
// directives on the schema itself are read first; such errors stand alone, as with
// Apollo's composition.
func (s *Subgraph) consequences(errs federation.Errors) federation.Errors {
	fed := s.Links.Find(federation.IdentityFederation)
	if s.Links.Find(federation.IdentityLink).Position == nil || fed == nil || !fed.Faulty {
		return errs
	}
	var onSchema federation.Errors
	for _, d := range s.Schema.Directives {
		if s.Schema.Definition(d.Name) == nil && isFederation2("@"+d.Name) {
			more, help := s.unknownDirective(d.Name)
			onSchema = append(onSchema, &federation.Error{
				Code: federation.InvalidGraphQL, Message: fmt.Sprintf("directive @%s on the schema is not defined%s", d.Name, more),
				Places: []federation.Place{{Position: d.Position}}, Help: help,
			})
		}
	}
	if len(onSchema) > 0 {
		return onSchema
	}
	return append(errs, s.lost()...)
}

// isFederation2 says whether only federation 2 has the directive.
func isFederation2(name string) bool {
	latest := federation.Feature{Identity: federation.IdentityFederation, Version: federation.LatestFederation}
	return slices.Contains(federation.Elements(&latest), name) && !slices.Contains(federation.Elements(federation.Federation1()), name)
}

// lost says which directives in use are unknown because the link that should
// bring them is wrong. Those of federation 1 are known without a link.
func (s *Subgraph) lost() federation.Errors {
	var names []string
	var places []federation.Place
	s.Schema.EachDirective(func(d *ast.Directive) {
		if name := "@" + d.Name; isFederation2(name) && s.Schema.Definition(d.Name) == nil && !slices.Contains(names, name) {
			names = append(names, name)
			places = append(places, federation.Place{Position: d.Position})
		}
	})
	if len(names) == 0 {
		return nil
	}
	return federation.Errors{{
		Code: federation.InvalidGraphQL, Message: fmt.Sprintf("not known without a correct link: %s", federation.Coordinates(names)),
		Places: places, Help: "correct the link",
	}}
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
