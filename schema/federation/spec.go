package federation

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// LatestFederation is the newest known version of the federation specification.
var LatestFederation = Version{2, 14}

// Definition is the definition of one element of a specification: exactly one
// of Directive and Type is set. Names in it are the specification's own; names
// of types that the same specification defines are bare, as in "FieldSet".
type Definition struct {
	Directive *ast.DirectiveDefinition
	Type      *ast.Definition
}

// Name returns the element's name in the specification, with "@" for a
// directive.
func (d Definition) Name() string {
	if d.Directive != nil {
		return "@" + d.Directive.Name
	}
	return d.Type.Name
}

// element is one definition and the version that brought it. A later entry of
// the same name replaces an earlier one.
type element struct {
	since Version
	sdl   string
}

const (
	tagLocations          = "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
	accessLocations       = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
	costDefinition        = "directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR"
	listSizeDefinition    = "directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION"
	contextDefinition     = "directive @context(name: String!) repeatable on INTERFACE | OBJECT | UNION"
	fromContextDefinition = "directive @fromContext(field: ContextFieldValue) on ARGUMENT_DEFINITION"
	scopesDefinition      = "directive @requiresScopes(scopes: [[Scope!]!]!) on " + accessLocations
	policyDefinition      = "directive @policy(policies: [[Policy!]!]!) on " + accessLocations
	authenticated         = "directive @authenticated on " + accessLocations
)

// specs are the specifications that composition knows, with what each version
// defines. Their version ranges end with the last version given.
var specs = map[string]struct {
	first, last Version
	elements    []element
}{
	IdentityLink: {Version{1, 0}, Version{1, 0}, []element{
		{Version{1, 0}, "directive @link(url: String, as: String, for: Purpose, import: [Import]) repeatable on SCHEMA"},
		{Version{1, 0}, "scalar Import"},
		{Version{1, 0}, "enum Purpose { SECURITY EXECUTION }"},
	}},
	IdentityFederation: {Version{2, 0}, LatestFederation, []element{
		{Version{2, 0}, "scalar FieldSet"},
		{Version{2, 0}, "directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE"},
		{Version{2, 0}, "directive @requires(fields: FieldSet!) on FIELD_DEFINITION"},
		{Version{2, 0}, "directive @provides(fields: FieldSet!) on FIELD_DEFINITION"},
		{Version{2, 0}, "directive @external(reason: String) on OBJECT | FIELD_DEFINITION"},
		{Version{2, 0}, "directive @extends on OBJECT | INTERFACE"},
		{Version{2, 0}, "directive @shareable on OBJECT | FIELD_DEFINITION"},
		{Version{2, 2}, "directive @shareable repeatable on OBJECT | FIELD_DEFINITION"},
		{Version{2, 0}, "directive @override(from: String!) on FIELD_DEFINITION"},
		{Version{2, 7}, "directive @override(from: String!, label: String) on FIELD_DEFINITION"},
		{Version{2, 0}, "directive @tag(name: String!) repeatable on " + tagLocations},
		{Version{2, 3}, "directive @tag(name: String!) repeatable on " + tagLocations + " | SCHEMA"},
		{Version{2, 0}, "directive @inaccessible on " + tagLocations},
		{Version{2, 1}, "directive @composeDirective(name: String) repeatable on SCHEMA"},
		{Version{2, 3}, "directive @interfaceObject on OBJECT"},
		{Version{2, 5}, authenticated},
		{Version{2, 5}, "scalar Scope"},
		{Version{2, 5}, scopesDefinition},
		{Version{2, 6}, "scalar Policy"},
		{Version{2, 6}, policyDefinition},
		{Version{2, 8}, "scalar ContextFieldValue"},
		{Version{2, 8}, contextDefinition},
		{Version{2, 8}, fromContextDefinition},
		{Version{2, 9}, costDefinition},
		{Version{2, 9}, listSizeDefinition},
		{Version{2, 12}, "directive @cacheTag(format: String!) repeatable on OBJECT | FIELD_DEFINITION"},
	}},
	IdentityTag: {Version{0, 1}, Version{0, 3}, []element{
		{Version{0, 1}, "directive @tag(name: String!) repeatable on FIELD_DEFINITION | INTERFACE | OBJECT | UNION"},
		{Version{0, 2}, "directive @tag(name: String!) repeatable on " + tagLocations},
		{Version{0, 3}, "directive @tag(name: String!) repeatable on " + tagLocations + " | SCHEMA"},
	}},
	IdentityInaccessible: {Version{0, 1}, Version{0, 2}, []element{
		{Version{0, 1}, "directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION"},
		{Version{0, 2}, "directive @inaccessible on " + tagLocations},
	}},
	IdentityAuthenticated: {Version{0, 1}, Version{0, 1}, []element{{Version{0, 1}, authenticated}}},
	IdentityRequiresScopes: {Version{0, 1}, Version{0, 1}, []element{
		{Version{0, 1}, "scalar Scope"}, {Version{0, 1}, scopesDefinition},
	}},
	IdentityPolicy: {Version{0, 1}, Version{0, 1}, []element{
		{Version{0, 1}, "scalar Policy"}, {Version{0, 1}, policyDefinition},
	}},
	IdentityContext: {Version{0, 1}, Version{0, 1}, []element{
		{Version{0, 1}, "scalar ContextFieldValue"}, {Version{0, 1}, contextDefinition}, {Version{0, 1}, fromContextDefinition},
	}},
	IdentityCost: {Version{0, 1}, Version{0, 1}, []element{{Version{0, 1}, costDefinition}, {Version{0, 1}, listSizeDefinition}}},
	IdentityConnect: {Version{0, 1}, Version{0, 4}, []element{
		{Version{0, 1}, "directive @connect repeatable on FIELD_DEFINITION"},
		{Version{0, 2}, "directive @connect repeatable on FIELD_DEFINITION | OBJECT"},
		{Version{0, 1}, "directive @source repeatable on SCHEMA"},
		{Version{0, 1}, "scalar JSONSelection"},
		{Version{0, 1}, "scalar URLPathTemplate"},
	}},
}

// federation1 is what a schema without a link to the federation specification
// may use.
var federation1 = []element{
	{sdl: "scalar _FieldSet"},
	{sdl: "directive @key(fields: _FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE"},
	{sdl: "directive @requires(fields: _FieldSet!) on FIELD_DEFINITION"},
	{sdl: "directive @provides(fields: _FieldSet!) on FIELD_DEFINITION"},
	{sdl: "directive @external(reason: String) on OBJECT | FIELD_DEFINITION"},
	{sdl: "directive @extends on OBJECT | INTERFACE"},
	{sdl: "directive @tag(name: String!) repeatable on " + tagLocations},
}

// FreeArguments says that the arguments of a specification's directives are
// not checked, because the specification is only carried through.
func FreeArguments(identity string) bool { return identity == IdentityConnect }

type specVersion struct {
	identity string
	version  Version
}

// catalogue holds the parsed definitions of each version of each specification;
// it is filled once and only read afterwards.
var catalogue = sync.OnceValue(func() map[specVersion][]Definition {
	c := map[specVersion][]Definition{}
	for identity, spec := range specs {
		for minor := spec.first.Minor; minor <= spec.last.Minor; minor++ {
			v := Version{spec.first.Major, minor}
			c[specVersion{identity, v}] = parseElements(spec.elements, v)
		}
	}
	c[specVersion{IdentityFederation, federation1Version}] = parseElements(federation1, Version{})
	return c
})

func parseElements(elements []element, v Version) []Definition {
	var out []Definition
	for _, e := range elements {
		if !v.AtLeast(e.since) {
			continue
		}
		doc, err := parser.ParseSchema(&ast.Source{Name: "specification", Input: e.sdl})
		if err != nil {
			panic("federation: definition " + e.sdl + ": " + err.Error())
		}
		var d Definition
		if len(doc.Directives) > 0 {
			d.Directive = doc.Directives[0]
		} else {
			d.Type = doc.Definitions[0]
		}
		if i := slices.IndexFunc(out, func(o Definition) bool { return o.Name() == d.Name() }); i >= 0 {
			out[i] = d
		} else {
			out = append(out, d)
		}
	}
	return out
}

// Definitions returns what the feature's version of its specification defines,
// nil for an unknown one. They are shared: copy before changing.
func Definitions(f *Feature) []Definition { return catalogue()[specVersion{f.Identity, f.Version}] }

// federation1Version is one that no url can have.
var federation1Version = Version{-1, 0}

// Federation1 returns the feature that stands for what a federation 1 schema
// may use: a few directives under their plain names. No schema links it.
func Federation1() *Feature { return importAll(federation1Version) }

// Upgraded returns the link that makes a federation 1 schema one of federation
// 2.4, with every element under its plain name but the types.
func Upgraded() *Feature { return importAll(Version{2, 4}) }

func importAll(v Version) *Feature {
	f := &Feature{Identity: IdentityFederation, Name: "federation", Alias: "federation", Version: v}
	for _, name := range Elements(f) {
		if strings.HasPrefix(name, "@") || v == federation1Version {
			f.Imports = append(f.Imports, Import{Element: name, As: name})
		}
	}
	return f
}

// Elements lists the names of a feature's elements, nil for an unknown
// specification. It includes what the join specification defines, by name.
func Elements(f *Feature) []string {
	if f.Identity == IdentityJoin {
		return []string{"@type", "@field", "@graph", "@implements", "@unionMember", "@enumValue", "@directive", "Graph", "FieldSet"}
	}
	definitions := Definitions(f)
	names := make([]string, len(definitions))
	for i, d := range definitions {
		names[i] = d.Name()
	}
	if definitions == nil {
		return nil
	}
	return names
}

// Since returns the version of a specification that brought an element.
func Since(identity, name string) (Version, bool) {
	for _, e := range specs[identity].elements {
		if strings.Contains(e.sdl+" ", " "+name+"(") || strings.Contains(e.sdl+" ", " "+name+" ") {
			return e.since, true
		}
	}
	return Version{}, false
}
