package federation

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Identities of the specifications that composition knows.
const (
	IdentityLink           = "https://specs.apollo.dev/link"
	IdentityCore           = "https://specs.apollo.dev/core"
	IdentityJoin           = "https://specs.apollo.dev/join"
	IdentityFederation     = "https://specs.apollo.dev/federation"
	IdentityTag            = "https://specs.apollo.dev/tag"
	IdentityInaccessible   = "https://specs.apollo.dev/inaccessible"
	IdentityAuthenticated  = "https://specs.apollo.dev/authenticated"
	IdentityRequiresScopes = "https://specs.apollo.dev/requiresScopes"
	IdentityPolicy         = "https://specs.apollo.dev/policy"
	IdentityContext        = "https://specs.apollo.dev/context"
	IdentityCost           = "https://specs.apollo.dev/cost"
	IdentityCacheTag       = "https://specs.apollo.dev/cacheTag"
	IdentityConnect        = "https://specs.apollo.dev/connect"
	IdentitySource         = "https://specs.apollo.dev/source"
)

// LinkVersion is the one version of the link specification.
var LinkVersion = Version{1, 0}

// Feature is a specification that a schema links.
type Feature struct {
	// Identity is the url without the version, Name its last segment.
	Identity, Name string
	Version        Version
	// Alias prefixes the names of elements that are not imported: Name, or
	// what the link's "as" says.
	Alias   string
	Imports []Import
	// Purpose is the link's "for": "", "SECURITY" or "EXECUTION".
	Purpose string
	// Position is where the schema links it, nil for a link that is implied.
	Position *ast.Position
	// Faulty says that an error was found in what it imports.
	Faulty bool
}

// Import is one element that a link imports under a name of its own choosing.
// The names of directives start with "@".
type Import struct {
	Element, As string
	Position    *ast.Position
}

// URL is the feature's identity with its version.
func (f *Feature) URL() string { return f.Identity + "/" + f.Version.String() }

// InSchema returns what the schema calls an element of the feature: a type, or
// a directive when the name starts with "@".
func (f *Feature) InSchema(element string) string {
	for _, i := range f.Imports {
		if i.Element == element {
			return i.As
		}
	}
	name, directive := strings.CutPrefix(element, "@")
	switch {
	case !directive:
		return f.Alias + "__" + name
	case name == f.Name:
		return "@" + f.Alias
	default:
		return "@" + f.Alias + "__" + name
	}
}

// imported returns the import of an element, nil when there is none.
func (f *Feature) imported(element string) *Import {
	for i := range f.Imports {
		if f.Imports[i].Element == element {
			return &f.Imports[i]
		}
	}
	return nil
}

// Links are the features of one schema. The zero value has none.
type Links struct {
	Features []*Feature

	byIdentity map[string]*Feature
	byAlias    map[string]*Feature
	byImport   map[string]imported
}

type imported struct {
	feature *Feature
	element string
}

// Find returns the feature with that identity, or nil.
func (l *Links) Find(identity string) *Feature { return l.byIdentity[identity] }

// Element says which element of which feature a name in the schema stands for;
// names of directives start with "@". The feature is nil when it is none.
// Shadowed says that the name has a feature's prefix although the element was
// imported under another name, so that it stands for nothing.
func (l *Links) Element(name string) (feature *Feature, element string, shadowed bool) {
	if i, ok := l.byImport[name]; ok {
		return i.feature, i.element, false
	}
	bare, directive := strings.CutPrefix(name, "@")
	prefix, rest, namespaced := strings.Cut(bare, "__")
	switch {
	case namespaced:
		if directive {
			rest = "@" + rest
		}
		feature, element = l.byAlias[prefix], rest
	case directive:
		if feature = l.byAlias[bare]; feature != nil {
			element = "@" + feature.Name
		}
	}
	if feature == nil {
		return nil, "", false
	}
	if feature.imported(element) != nil {
		return nil, element, true
	}
	return feature, element, false
}

func (l *Links) add(f *Feature) {
	if l.byIdentity == nil {
		l.byIdentity, l.byAlias, l.byImport = map[string]*Feature{}, map[string]*Feature{}, map[string]imported{}
	}
	l.Features = append(l.Features, f)
	l.byIdentity[f.Identity] = f
	l.byAlias[f.Alias] = f
	for _, i := range f.Imports {
		l.byImport[i.As] = imported{f, i.Element}
	}
}

// Link returns links with a further feature, which the schema did not link
// itself.
func (l *Links) Link(f *Feature) *Links {
	out := &Links{}
	for _, old := range l.Features {
		out.add(old)
	}
	out.add(f)
	return out
}

// ImpliedLink returns the link specification's link to itself, which schemas
// leave out.
func ImpliedLink(alias string) *Feature {
	return &Feature{Identity: IdentityLink, Name: "link", Version: LinkVersion, Alias: alias}
}

// LinkName returns what the directives of a schema element call @link: the
// name under which the link specification links itself, or "link" when the
// federation specification is linked without that. It is "" when nothing is
// linked, and then the schema is a federation 1 schema.
func LinkName(directives ast.DirectiveList) (name string, err *Error) {
	for _, d := range directives {
		identity, version, ok := bootstrap(d)
		if !ok || d.Name != alias(d, "link") {
			continue
		}
		if version == LinkVersion {
			return d.Name, nil
		}
		if identity == IdentityLink && !linksFederation(directives) {
			return "", &Error{
				Code:    UnknownLinkVersion,
				Message: fmt.Sprintf("version %s of the link specification is unknown", version),
				Places:  []Place{{Position: d.Position}},
				Help:    fmt.Sprintf("link %q", IdentityLink+"/"+LinkVersion.String()),
			}
		}
	}
	if linksFederation(directives) {
		return "link", nil
	}
	return "", nil
}

func linksFederation(directives ast.DirectiveList) bool {
	for _, d := range directives {
		u := stringArgument(d, "url")
		if d.Name == "link" && (u == IdentityFederation || strings.HasPrefix(u, IdentityFederation+"/")) {
			return true
		}
	}
	return false
}

// bootstrap reads a link to the link specification itself.
func bootstrap(d *ast.Directive) (identity string, version Version, ok bool) {
	f, err := parseLinkURL(stringArgument(d, "url"))
	return f.Identity, f.Version, err == "" && f.Identity == IdentityLink
}

func alias(d *ast.Directive, otherwise string) string {
	if as := stringArgument(d, "as"); as != "" {
		return as
	}
	return otherwise
}

func stringArgument(d *ast.Directive, name string) string {
	arg := d.Arguments.ForName(name)
	if arg == nil || arg.Value.Kind != ast.StringValue && arg.Value.Kind != ast.BlockValue {
		return ""
	}
	return arg.Value.Raw
}

// ReadLinks reads the @link applications among the directives of a schema
// element; linkName is what they are called there (see LinkName). All errors
// are reported: ill-formed urls and imports, unknown elements, and names that
// could stand for two things.
func ReadLinks(directives ast.DirectiveList, linkName string) (*Links, Errors) {
	r := linkReader{links: &Links{}}
	for _, d := range directives {
		if d.Name == linkName {
			r.read(d)
		}
	}
	if r.links.Find(IdentityLink) == nil {
		r.links.add(ImpliedLink(linkName))
	}
	return r.links, r.errors
}

type linkReader struct {
	links  *Links
	errors Errors
}

func (r *linkReader) fail(code Code, pos *ast.Position, help, format string, args ...any) {
	r.errors = append(r.errors, &Error{
		Code: code, Message: fmt.Sprintf(format, args...), Places: []Place{{Position: pos}}, Help: help,
	})
}

func (r *linkReader) misuse(pos *ast.Position, help, format string, args ...any) {
	r.fail(InvalidLinkDirectiveUsage, pos, help, format, args...)
}

func (r *linkReader) read(d *ast.Directive) {
	f, problem := parseLinkURL(stringArgument(d, "url"))
	if problem != "" {
		r.fail(InvalidLinkIdentifier, d.Position, `write the url of a specification with its version, as in "https://specs.apollo.dev/federation/v2.9"`,
			"@link(url: %q) does not name a specification: %s", stringArgument(d, "url"), problem)
		return
	}
	f.Alias, f.Position = alias(d, f.Name), d.Position
	if purpose := d.Arguments.ForName("for"); purpose != nil && purpose.Value.Kind == ast.EnumValue {
		f.Purpose = purpose.Value.Raw
	}
	before := len(r.errors)
	f.Imports = r.readImports(d)
	r.checkElements(&f)
	f.Faulty = len(r.errors) > before
	if r.checkFeature(&f) && r.checkImports(&f) {
		r.links.add(&f)
	}
}

func parseLinkURL(text string) (f Feature, problem string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return f, "it is not an absolute url"
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	if path[0] == "" {
		return f, "it has no path"
	}
	version, ok := parseVersion(path[len(path)-1])
	if !ok {
		return f, fmt.Sprintf("%q is no version (as in v1.2)", path[len(path)-1])
	}
	if len(path) == 1 {
		return f, "it has no name before the version"
	}
	identity := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/" + strings.Join(path[:len(path)-1], "/")}
	return Feature{Identity: identity.String(), Name: path[len(path)-2], Version: version}, ""
}

var elementName = regexp.MustCompile(`^@?[_A-Za-z][_0-9A-Za-z]*$`)

func (r *linkReader) readImports(d *ast.Directive) []Import {
	arg := d.Arguments.ForName("import")
	if arg == nil || arg.Value.Kind != ast.ListValue {
		return nil
	}
	var imports []Import
	for _, item := range arg.Value.Children {
		if i, ok := r.readImport(item.Value); ok {
			imports = append(imports, i)
		}
	}
	return imports
}

const importForm = `an import is a name ("@key") or a renaming ({name: "@key", as: "@primaryKey"})`

func (r *linkReader) readImport(v *ast.Value) (i Import, ok bool) {
	i.Position = v.Position
	switch v.Kind {
	case ast.StringValue, ast.BlockValue:
		i.Element, i.As = v.Raw, v.Raw
	case ast.ObjectValue:
		if !r.readRenaming(v, &i) {
			return i, false
		}
	default:
		r.misuse(v.Position, importForm, "@link cannot import %s", v)
		return i, false
	}
	for _, name := range []string{i.Element, i.As} {
		if !elementName.MatchString(name) {
			r.misuse(v.Position, importForm, "@link cannot import %q: it is not a name", name)
			return i, false
		}
	}
	directive, renamed := strings.HasPrefix(i.Element, "@"), strings.HasPrefix(i.As, "@")
	if directive && !renamed {
		r.misuse(v.Position, fmt.Sprintf("write as: %q", "@"+i.As), "directive %q cannot be imported as %q: the name of a directive starts with @", i.Element, i.As)
		return i, false
	}
	if !directive && renamed {
		r.misuse(v.Position, fmt.Sprintf("write name: %q if it is a directive, else as: %q", "@"+i.Element, i.As[1:]),
			"type %q cannot be imported as %q: only the name of a directive starts with @", i.Element, i.As)
		return i, false
	}
	return i, true
}

func (r *linkReader) readRenaming(v *ast.Value, i *Import) bool {
	for _, child := range v.Children {
		isString := child.Value.Kind == ast.StringValue || child.Value.Kind == ast.BlockValue
		switch {
		case child.Name == "name" && isString:
			i.Element = child.Value.Raw
		case child.Name == "as" && isString:
			i.As = child.Value.Raw
		case child.Name == "as" && child.Value.Kind == ast.NullValue:
		case child.Name == "name" || child.Name == "as":
			r.misuse(child.Value.Position, importForm, "%q of an import must be a string, not %s", child.Name, child.Value)
			return false
		default:
			r.misuse(child.Position, importForm, "an import has no %q", child.Name)
			return false
		}
	}
	if i.Element == "" {
		r.misuse(v.Position, importForm, "an import needs a name")
		return false
	}
	if i.As == "" {
		i.As = i.Element
	}
	return true
}

// checkElements reports imports of elements that a known specification does
// not have.
func (r *linkReader) checkElements(f *Feature) {
	elements := Elements(f)
	if elements == nil {
		return
	}
	kept := f.Imports[:0]
	for _, i := range f.Imports {
		if contains(elements, i.Element) {
			kept = append(kept, i)
			continue
		}
		help := "import one of " + Coordinates(elements)
		if contains(elements, "@"+i.Element) {
			help = fmt.Sprintf("write %q: the name of a directive starts with @", "@"+i.Element)
		} else if since, ok := Since(f.Identity, i.Element); ok {
			help = fmt.Sprintf("link %s or newer, which has it", f.Identity+"/"+since.String())
		}
		r.misuse(i.Position, help, "%s %s has no element %q%s", f.Name, f.Version, i.Element, Suggest(i.Element, elements))
	}
	f.Imports = kept
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

var aliasForm = regexp.MustCompile(`^[_A-Za-z][-._0-9A-Za-z]*$`)

const renameLink = `rename the feature by "as"`

// checkFeature reports links whose prefix could be mistaken.
func (r *linkReader) checkFeature(f *Feature) bool {
	switch {
	case r.links.Find(f.Identity) != nil:
		r.misuse(f.Position, "keep one of the links", "%q is linked twice", f.Identity)
	case f.Identity == IdentityLink && f.Version != LinkVersion:
		r.misuse(f.Position, "remove this link", "%q is linked a second time, in version %s", f.Identity, f.Version)
	case !aliasForm.MatchString(f.Alias):
		r.misuse(f.Position, renameLink, "%q cannot be linked as %q: that is not a name", f.Identity, f.Alias)
	case strings.Contains(f.Alias, "__"):
		r.misuse(f.Position, renameLink, `%q cannot be linked as %q: the prefix of a feature must not contain "__"`, f.Identity, f.Alias)
	case strings.HasSuffix(f.Alias, "_"):
		r.misuse(f.Position, renameLink, `%q cannot be linked as %q: the prefix of a feature must not end in "_"`, f.Identity, f.Alias)
	case r.links.byAlias[f.Alias] != nil:
		r.misuse(f.Position, renameLink, "%q cannot be linked as %q: %q has that prefix", f.Identity, f.Alias, r.links.byAlias[f.Alias].Identity)
	default:
		return r.checkTaken(f)
	}
	return false
}

const renameImport = `rename the import by {name: …, as: …}`

// checkTaken reports imports of earlier features that look like elements of f.
func (r *linkReader) checkTaken(f *Feature) bool {
	for _, other := range r.links.Features {
		for _, i := range other.Imports {
			if looksLike(i.As, f.Alias) {
				r.misuse(i.Position, renameImport, "%q of %q looks like an element of %q", i.As, other.Identity, f.Identity)
				return false
			}
		}
	}
	return true
}

// looksLike says whether a name in the schema would stand for an element of the
// feature with that alias if it were not imported.
func looksLike(name, alias string) bool {
	bare, directive := strings.CutPrefix(name, "@")
	return strings.HasPrefix(bare, alias+"__") || directive && bare == alias
}

// checkImports reports imported names that could stand for two elements.
func (r *linkReader) checkImports(f *Feature) bool {
	if m := r.mixedMainDirective(f); m != "" {
		r.misuse(f.Position, fmt.Sprintf("import %q by the link to the federation specification and remove the other link", m),
			"%s is taken both from the federation specification and from one of its own", m)
		return false
	}
	byName, byElement := map[string]string{}, map[string]string{}
	for _, i := range f.Imports {
		switch other, taken := byName[i.As]; {
		case taken && other != i.Element:
			r.misuse(i.Position, renameImport, "%q cannot be imported as %q: %q has that name", i.Element, i.As, other)
			return false
		case byElement[i.Element] != "" && byElement[i.Element] != i.As:
			r.misuse(i.Position, "keep one of the imports", "%q is imported both as %q and as %q", i.Element, byElement[i.Element], i.As)
			return false
		}
		byName[i.As], byElement[i.Element] = i.Element, i.As
		if !r.checkImportName(f, i) {
			return false
		}
	}
	return true
}

func (r *linkReader) checkImportName(f *Feature, i Import) bool {
	if other, taken := r.links.byImport[i.As]; taken {
		r.misuse(i.Position, renameImport, "%q cannot be imported from %q: the name is taken by an import from %q", i.As, f.Identity, other.feature.Identity)
		return false
	}
	for _, other := range r.links.Features {
		if looksLike(i.As, other.Alias) {
			r.misuse(i.Position, renameImport, "%q cannot be imported from %q: it looks like an element of %q", i.As, f.Identity, other.Identity)
			return false
		}
	}
	plain := Feature{Name: f.Name, Alias: f.Alias}
	if looksLike(i.As, f.Alias) && plain.InSchema(i.Element) != i.As {
		r.misuse(i.Position, renameImport, "%q cannot be imported as %q: that looks like another element of %q", i.Element, i.As, f.Identity)
		return false
	}
	return true
}

// mixedMainDirective returns "@tag" or "@inaccessible" when both the federation
// specification and that directive's own would provide it.
func (r *linkReader) mixedMainDirective(f *Feature) string {
	for _, pair := range [][2]string{{IdentityTag, "@tag"}, {IdentityInaccessible, "@inaccessible"}} {
		fed, other := r.links.Find(IdentityFederation), r.links.Find(pair[0])
		switch f.Identity {
		case IdentityFederation:
			fed = f
		case pair[0]:
			other = f
		}
		if fed != nil && other != nil && fed.imported(pair[1]) != nil {
			return pair[1]
		}
	}
	return ""
}
