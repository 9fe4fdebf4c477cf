package subgraph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// complete adds what a subgraph may leave out: the definitions of the linked
// specifications, under the names that they have in this schema, and what every
// subgraph serves to routers.
func (s *Subgraph) complete() federation.Errors {
	var errs federation.Errors
	if s.Federation1 {
		s.dropOutdated()
		errs = s.missingFieldSet()
	}
	s.define()
	s.addServed(served)
	return errs
}

// missingFieldSet reports definitions of federation 1 directives by a scalar
// that the schema does not define: who writes out the one must write out the
// other.
func (s *Subgraph) missingFieldSet() federation.Errors {
	const scalar = "_FieldSet"
	var errs federation.Errors
	for _, d := range s.Schema.Definitions {
		for _, arg := range d.Arguments {
			if arg.Type.Name() == scalar && s.Schema.Type(scalar) == nil {
				errs = append(errs, &federation.Error{
					Code:    federation.InvalidGraphQL,
					Message: fmt.Sprintf("%q refers to type %q, which does not exist", sdl.DirectiveArgument(d.Name, arg.Name), scalar),
					Places:  []federation.Place{{Position: arg.Type.Position}},
					Help:    fmt.Sprintf("add: scalar %s, or remove the definition of @%s, as composition knows it", scalar, d.Name),
				})
			}
		}
	}
	return errs
}

// define adds the definitions of the features that the schema does not have,
// and notes what their directives mean.
func (s *Subgraph) define() {
	s.meaning, s.names = map[string]federation.Directive{}, map[federation.Directive]string{}
	for _, f := range s.features() {
		s.add(f)
	}
}

// features are what the schema links and what it uses without linking it.
func (s *Subgraph) features() []*federation.Feature {
	features := slices.Clip(s.Links.Features)
	if s.Links.Find(federation.IdentityFederation) == nil {
		features = append(features, federation.Federation1())
	}
	if s.Links.Find(federation.IdentityLink) == nil {
		features = append(features, federation.ImpliedLink("link"))
	}
	return features
}

func (s *Subgraph) add(f *federation.Feature) {
	definitions := federation.Definitions(f)
	own := make(map[string]string, 4)
	spec := f.Identity == federation.IdentityFederation || f.Identity == federation.IdentityLink || f.Identity == federation.IdentityConnect
	for _, d := range definitions {
		if d.Type != nil {
			own[d.Type.Name] = f.InSchema(d.Type.Name)
			s.addType(d.Type, own[d.Type.Name], spec)
		}
	}
	for _, d := range definitions {
		if d.Directive == nil {
			continue
		}
		name := f.InSchema(d.Name())[1:]
		if m := federation.Meaning(f, d.Name()); m != federation.NoDirective && s.names[m] == "" {
			s.meaning[name], s.names[m] = m, name
		}
		if s.Schema.Definition(name) == nil {
			s.Schema.AddDefinition(sdl.Instantiate(d.Directive, name, own))
		}
	}
}

func (s *Subgraph) addType(def *ast.Definition, name string, spec bool) {
	if t := s.Schema.Type(name); t != nil {
		t.Spec = t.Spec || spec
		return
	}
	t := &sdl.Type{Kind: def.Kind, Name: name, Spec: spec}
	for _, v := range def.EnumValues {
		t.AddValue(v)
	}
	s.Schema.AddType(t)
}

// dropOutdated removes definitions of federation 1 directives in the forms that
// old libraries print, so that the right ones take their place.
func (s *Subgraph) dropOutdated() {
	for _, name := range []string{"key", "requires", "provides"} {
		d := s.Schema.Definition(name)
		if d == nil || len(d.Arguments) > 1 {
			continue
		}
		if len(d.Arguments) == 0 || isOutdatedFields(d.Arguments[0]) {
			s.Schema.RemoveDefinition(name)
		}
	}
}

func isOutdatedFields(arg *ast.ArgumentDefinition) bool {
	return arg.Name == "fields" && arg.Type.Elem == nil && !arg.Type.NonNull && slices.Contains([]string{"String", "_FieldSet", "FieldSet"}, arg.Type.NamedType)
}

// served are the types by which routers reach a subgraph.
var served = []string{"_Any", "_Entity", "_Service"}

// addServed adds those that the document does not define.
func (s *Subgraph) addServed(names []string) {
	kinds := map[string]ast.DefinitionKind{"_Any": ast.Scalar, "_Entity": ast.Union, "_Service": ast.Object}
	for _, name := range names {
		if s.Schema.Type(name) == nil {
			s.Schema.AddType(&sdl.Type{Kind: kinds[name], Name: name, Spec: true})
		}
	}
}

// serve replaces what the document says about the types by which routers reach a
// subgraph, and gives it a query root, if it has none, with the field for that.
func (s *Subgraph) serve() federation.Errors {
	s.Schema.RemoveTypes(func(t *sdl.Type) bool { return slices.Contains(served, t.Name) })
	s.addServed(served)
	root := s.Schema.RootType(ast.Query)
	if root == nil {
		if s.Schema.Roots[ast.Query] != nil || s.Schema.Type("Query") != nil {
			return nil // no object type, which is reported if it is to be the root
		}
		root = &sdl.Type{Kind: ast.Object, Name: "Query"}
		s.Schema.AddType(root)
		s.Schema.Roots[ast.Query] = &sdl.Root{Type: "Query"}
	}
	root.RemoveFields(IsFederationField)
	root.AddField(&sdl.Field{FieldDefinition: &ast.FieldDefinition{Name: "_service", Type: ast.NonNullNamedType("_Service", nil)}})
	return nil
}

// freeArguments says whether the arguments of a directive are not looked into.
func (s *Subgraph) freeArguments(directive string) bool {
	f, _, _ := s.Links.Element("@" + directive)
	return f != nil && federation.FreeArguments(f.Identity)
}

// unknownDirective says what an unknown directive has to do with federation.
func (s *Subgraph) unknownDirective(name string) (more, help string) {
	latest := federation.Feature{Identity: federation.IdentityFederation, Name: "federation", Alias: "federation", Version: federation.LatestFederation}
	element := "@" + strings.TrimPrefix(name, "federation__")
	if !slices.Contains(federation.Elements(&latest), element) {
		return federation.Suggest(name, s.directiveNames()), ""
	}
	since, _ := federation.Since(federation.IdentityFederation, element)
	link := s.Links.Find(federation.IdentityFederation)
	switch {
	case link != nil && federation.Definitions(link) == nil:
		return ": the linked version of federation is not known", "correct the version of the link"
	case link == nil:
		return ": this schema links no federation specification, so it is a federation 1 schema, which has no such directive",
			fmt.Sprintf(`add: extend schema @link(url: "%s/v%d.%d", import: [%q])`, federation.IdentityFederation, since.Major, max(since.Minor, 3), element)
	case !link.Version.AtLeast(since):
		return fmt.Sprintf(": %s came with federation %s, and this schema links %s", element, since, link.Version),
			fmt.Sprintf("link %s/%s", federation.IdentityFederation, since)
	case link.InSchema(element) != element:
		return fmt.Sprintf(": in this schema it is called %s", link.InSchema(element)),
			fmt.Sprintf("write %s, or import %q by the link to the federation specification", link.InSchema(element), element)
	default:
		return fmt.Sprintf(": in this schema it is called %s", element), "write " + element
	}
}

func (s *Subgraph) directiveNames() []string {
	names := []string{"deprecated", "specifiedBy"}
	for _, d := range s.Schema.Definitions {
		names = append(names, d.Name)
	}
	return names
}
