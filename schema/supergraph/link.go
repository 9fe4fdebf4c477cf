package supergraph

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Identities of the specifications that a supergraph is made of.
const (
	specJoin = "https://specs.apollo.dev/join"
	specLink = "https://specs.apollo.dev/link"
	specCore = "https://specs.apollo.dev/core"
)

// understood are the specifications whose meaning the router implements or may
// ignore although they are linked `for: SECURITY` or `for: EXECUTION`.
var understood = map[string]bool{
	specJoin:                                 true,
	specLink:                                 true,
	specCore:                                 true,
	specInaccessible:                         true,
	specContext:                              true,
	"https://specs.apollo.dev/tag":           true,
	"https://specs.apollo.dev/authenticated": true,
	"https://specs.apollo.dev/requiresScopes": true,
	"https://specs.apollo.dev/policy":         true,
	"https://specs.apollo.dev/cost":           true,
	"https://specs.apollo.dev/cacheTag":       true,
}

// Links are the specifications that a schema links with @link or @core.
type Links []Link

// Link is one linked specification.
type Link struct {
	// Identity is the URL without the version: "https://specs.apollo.dev/join".
	Identity string
	// Version is "v0.3", or "" when the URL has none.
	Version string
	// Alias prefixes the elements' names: the URL's last segment, or `as:`.
	Alias string
	// Purpose is "SECURITY", "EXECUTION" or "".
	Purpose string
	// Imports maps a specification's element ("@listSize", "Scope") to its name
	// in this schema.
	Imports map[string]string
}

// Find returns the link of that identity.
func (ls Links) Find(identity string) (Link, bool) {
	for _, l := range ls {
		if l.Identity == identity {
			return l, true
		}
	}
	return Link{}, false
}

// Directive returns the name, without "@", by which this schema calls a
// specification's directive; ok is false when the specification is not linked.
func (ls Links) Directive(identity, name string) (local string, ok bool) {
	l, ok := ls.Find(identity)
	if !ok {
		return "", false
	}
	return l.directive(name), true
}

func (l Link) directive(name string) string {
	if as, ok := l.Imports["@"+name]; ok {
		return strings.TrimPrefix(as, "@")
	}
	if name == l.Identity[strings.LastIndexByte(l.Identity, '/')+1:] {
		return l.Alias
	}
	return l.Alias + "__" + name
}

// owns says whether a type of that name belongs to a linked specification.
func (ls Links) owns(typeName string) bool {
	for _, l := range ls {
		if strings.HasPrefix(typeName, l.Alias+"__") {
			return true
		}
		for element, as := range l.Imports {
			if as == typeName && !strings.HasPrefix(element, "@") {
				return true
			}
		}
	}
	return false
}

// OwnsDirective says whether a directive belongs to a linked specification.
func (ls Links) OwnsDirective(name string) bool {
	for _, l := range ls {
		if name == l.Alias || strings.HasPrefix(name, l.Alias+"__") {
			return true
		}
		for element, as := range l.Imports {
			if strings.HasPrefix(element, "@") && as == "@"+name {
				return true
			}
		}
	}
	return false
}

// readLinks reads @link (or @core, in supergraphs of Federation 1) off the
// schema element. A specification that is unknown here but declared necessary
// for security or execution is refused, as the link specification demands.
func readLinks(doc *ast.SchemaDocument) (Links, error) {
	var links Links
	for _, schema := range append(doc.Schema, doc.SchemaExtension...) {
		for _, d := range schema.Directives {
			url := argument(d, "url")
			if url == "" {
				url = argument(d, "feature")
			}
			if url != "" && (d.Name == "link" || d.Name == "core" || linksItself(schema, d.Name)) {
				links = append(links, newLink(d, url))
			}
		}
	}
	if _, ok := links.Find(specJoin); !ok {
		return nil, errNoJoin
	}
	for _, l := range links {
		if l.Purpose != "" && !understood[l.Identity] {
			return nil, fmt.Errorf("the supergraph links %s/%s for %s, which this router does not know, so it cannot be served safely", l.Identity, l.Version, l.Purpose)
		}
	}
	return links, nil
}

// linksItself recognises a renamed @link: it links the link specification
// under its own name.
func linksItself(schema *ast.SchemaDefinition, directive string) bool {
	for _, d := range schema.Directives.ForNames(directive) {
		if strings.HasPrefix(argument(d, "url"), specLink+"/") && argument(d, "as") == directive {
			return true
		}
	}
	return false
}

func newLink(d *ast.Directive, url string) Link {
	l := Link{Identity: url, Purpose: argument(d, "for"), Imports: map[string]string{}}
	if i := strings.LastIndexByte(url, '/'); i > 0 && isVersion(url[i+1:]) {
		l.Identity, l.Version = url[:i], url[i+1:]
	}
	l.Alias = l.Identity[strings.LastIndexByte(l.Identity, '/')+1:]
	if as := argument(d, "as"); as != "" {
		l.Alias = as
	}
	if arg := d.Arguments.ForName("import"); arg != nil {
		for _, item := range arg.Value.Children {
			name, as := item.Value.Raw, item.Value.Raw
			if item.Value.Kind == ast.ObjectValue {
				name, as = raw(item.Value.Children.ForName("name")), raw(item.Value.Children.ForName("as"))
			}
			if as == "" {
				as = name
			}
			l.Imports[name] = as
		}
	}
	return l
}

func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && s[1] >= '0' && s[1] <= '9'
}

// argument returns the raw text of a directive's argument, "" when absent or null.
func argument(d *ast.Directive, name string) string {
	if arg := d.Arguments.ForName(name); arg != nil {
		return raw(arg.Value)
	}
	return ""
}

func raw(v *ast.Value) string {
	if v == nil || v.Kind == ast.NullValue {
		return ""
	}
	return v.Raw
}
