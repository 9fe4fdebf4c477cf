package federation

// Directive is a directive that composition gives a meaning, whatever a schema
// calls it and whichever specification it is linked from.
type Directive uint8

// The directives of the federation specification and of those that can stand in
// for a part of it.
const (
	NoDirective Directive = iota
	AtKey
	AtRequires
	AtProvides
	AtExternal
	AtExtends
	AtShareable
	AtOverride
	AtTag
	AtInaccessible
	AtComposeDirective
	AtInterfaceObject
	AtAuthenticated
	AtRequiresScopes
	AtPolicy
	AtContext
	AtFromContext
	AtCost
	AtListSize
	AtCacheTag
	directiveCount
)

var directiveNames = [directiveCount]string{
	AtKey: "@key", AtRequires: "@requires", AtProvides: "@provides", AtExternal: "@external", AtExtends: "@extends",
	AtShareable: "@shareable", AtOverride: "@override", AtTag: "@tag", AtInaccessible: "@inaccessible",
	AtComposeDirective: "@composeDirective", AtInterfaceObject: "@interfaceObject", AtAuthenticated: "@authenticated",
	AtRequiresScopes: "@requiresScopes", AtPolicy: "@policy", AtContext: "@context", AtFromContext: "@fromContext",
	AtCost: "@cost", AtListSize: "@listSize", AtCacheTag: "@cacheTag",
}

// String returns the directive's name in its specification, as in "@key".
func (d Directive) String() string { return directiveNames[d] }

// merged are the directives whose applications reach the supergraph under the
// link of a specification of their own.
var merged = []MergedDirective{
	{AtTag, IdentityTag, Version{0, 3}, ""},
	{AtInaccessible, IdentityInaccessible, Version{0, 2}, "SECURITY"},
	{AtAuthenticated, IdentityAuthenticated, Version{0, 1}, "SECURITY"},
	{AtRequiresScopes, IdentityRequiresScopes, Version{0, 1}, "SECURITY"},
	{AtPolicy, IdentityPolicy, Version{0, 1}, "SECURITY"},
	{AtContext, IdentityContext, Version{0, 1}, "SECURITY"},
	{AtCost, IdentityCost, Version{0, 1}, ""},
	{AtListSize, IdentityCost, Version{0, 1}, ""},
}

// MergedDirective is a directive that reaches the supergraph, with the link
// that brings it there.
type MergedDirective struct {
	Directive Directive
	Identity  string
	Version   Version
	Purpose   string
}

// MergedDirectives returns the directives that reach the supergraph, in the
// order of their links.
func MergedDirectives() []MergedDirective { return merged }

// meanings maps the elements of specifications to directives.
var meanings = func() map[string]map[string]Directive {
	m := map[string]map[string]Directive{IdentityFederation: {}}
	for d := NoDirective + 1; d < directiveCount; d++ {
		m[IdentityFederation][d.String()] = d
	}
	for _, md := range merged {
		if m[md.Identity] == nil {
			m[md.Identity] = map[string]Directive{}
		}
		m[md.Identity][md.Directive.String()] = md.Directive
	}
	return m
}()

// Meaning returns the directive that an element of a feature is, NoDirective
// for all others.
func Meaning(f *Feature, element string) Directive { return meanings[f.Identity][element] }

// Needs returns the federation version that brought what a separately linked
// specification offers; a subgraph that links it counts as that version.
func Needs(identity string) (Version, bool) {
	switch identity {
	case IdentityCost:
		return Version{2, 9}, true
	case IdentityAuthenticated, IdentityRequiresScopes:
		return Version{2, 5}, true
	case IdentityPolicy:
		return Version{2, 6}, true
	case IdentityConnect:
		return Version{2, 10}, true
	default:
		return Version{}, false
	}
}
