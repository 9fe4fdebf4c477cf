package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Every field of the API that leads anywhere is asked for everything below it,
// with every id and text of the owner's that its arguments may take, by everybody
// else: no answer holds anything of the owner's. So are the queries of each
// subgraph, and its entities. What is asked follows from the schema, so a new
// field is asked too.
func wholeSchemaAsAnother(t *testing.T, h *hazards) {
	parsed, err := supergraph.Parse(schema.Supergraph)
	if err != nil {
		t.Fatal(err)
	}
	crawls := map[string]*crawl{"the router": {endpoint: h.endpoint, fields: func(name string) ast.FieldList {
		if d := parsed.API.Types[name]; d != nil {
			return d.Fields
		}
		return nil
	}}}
	for _, s := range parsed.Subgraphs {
		crawls[s.Name] = &crawl{endpoint: h.direct[s.Name], fields: func(name string) ast.FieldList { return ownFields(s, name) }, keys: entitiesOf(s)}
	}
	secrets := h.secrets(t)
	for where, c := range crawls {
		c.leaf = func(name string) bool {
			k := parsed.Definitions[name]
			return k == nil || k.Kind == ast.Scalar || k.Kind == ast.Enum
		}
		c.texts = secrets
		for _, persona := range []string{"anonymous", "another"} {
			for _, leak := range c.leaks(t, h.tokens[persona]) {
				t.Errorf("%s, by %s: %s", persona, where, leak)
			}
		}
		if found := c.leaks(t, h.tokens["staff"]); len(found) < 3 {
			t.Errorf("%s shows staff only %d things: what is asked there finds nothing", where, len(found))
		}
	}
}

// secrets are what of the owner's nobody else may see, and of products that are
// not on sale.
func (h *hazards) secrets(t *testing.T) []string {
	t.Helper()
	a := h.must(t, "owner", `{ me { addresses { id } orders { nodes { lines { id } } } } }`, nil)
	return []string{
		h.owner.id, h.owner.email, h.owner.name, h.owner.street, h.owner.order, h.owner.orderNumber,
		text(a, "me", "addresses", 0, "id"), text(a, "me", "orders", "nodes", 0, "lines", 0, "id"),
		h.draft.id, h.draft.variant, h.draft.name, "SECRET-PROTOTYPE", h.retired.id, h.retired.variant, h.retired.name, "7919",
	}
}

// ownFields are the fields that a subgraph itself resolves.
func ownFields(s *supergraph.Subgraph, name string) (fields ast.FieldList) {
	of := s.Types[name]
	if of == nil {
		return nil
	}
	for _, field := range of.FieldNames {
		if f := of.Fields[field]; !f.External {
			fields = append(fields, f.Definition)
		}
	}
	return fields
}

// entitiesOf are the types that a subgraph resolves by their id.
func entitiesOf(s *supergraph.Subgraph) (names []string) {
	for name, of := range s.Types {
		if slices.ContainsFunc(of.Keys, func(k *supergraph.Key) bool { return k.Resolvable && k.Text == "id" }) {
			names = append(names, name)
		}
	}
	return names
}

// crawl asks an endpoint for everything.
type crawl struct {
	endpoint string
	fields   func(typeName string) ast.FieldList
	leaf     func(typeName string) bool
	keys     []string
	// texts are both what arguments are filled with and what must not come back.
	texts []string
}

// deepest is how many levels of objects are opened.
const deepest = 5

// leaks asks for everything and returns what came back that should not have.
func (c *crawl) leaks(t *testing.T, token string) (found []string) {
	t.Helper()
	ask := func(query, given string) {
		a := askAt(t, c.endpoint, token, query, map[string]any{"r": []any{}})
		if strings.Contains(a.codes(), "VALIDATION") || strings.Contains(a.codes(), "TOO_COMPLEX") || strings.Contains(a.codes(), "EXPENSIVE") || strings.Contains(a.codes(), "INTERNAL") {
			t.Fatalf("%.2000s\n%.500s", query, a.body)
		}
		answer := strings.ReplaceAll(a.body, given, "")
		for _, secret := range c.texts {
			if strings.Contains(answer, secret) && secret != given {
				found = append(found, fmt.Sprintf("%q in the answer to %.200s …: %.300s", secret, query, answer))
			}
		}
	}
	for _, root := range c.fields("Query") {
		if strings.HasPrefix(root.Name, "_") { // __schema, __type, _entities, _service
			continue
		}
		below := c.below(root.Type.Name(), nil)
		for given, arguments := range c.arguments(root) {
			ask(fmt.Sprintf("{ %s%s %s }", root.Name, arguments, below), given)
		}
	}
	for _, name := range c.keys {
		for _, given := range append(c.texts, demoIDs()...) {
			ask(fmt.Sprintf("{ _entities(representations: [{__typename: %q, id: %q}]) { ... on %s %s } }", name, given, name, c.below(name, nil)), given)
		}
	}
	return found
}

// demoIDs lead to what is everybody's, and from there to what may not be.
func demoIDs() []string {
	p := demodata.Usual.Product(0)
	return []string{id.Product.Format(p.ID), id.Variant.Format(p.Variants[0].ID)}
}

// below selects everything of a type, but for what lies in itself.
func (c *crawl) below(name string, above []string) string {
	if c.leaf(name) {
		return ""
	}
	above = append(above[:len(above):len(above)], name)
	var b strings.Builder
	b.WriteString("{ __typename")
	for _, f := range c.fields(name) {
		of := f.Type.Name()
		if slices.Contains(above, of) || !c.leaf(of) && (len(above) >= deepest || len(c.fields(of)) == 0) {
			continue
		}
		arguments := ""
		if f.Arguments.ForName("first") != nil {
			arguments = "(first: 2)"
		}
		fmt.Fprintf(&b, " %s%s %s", f.Name, arguments, c.below(of, above))
	}
	return b.String() + " }"
}

// arguments are the ways to fill a root field's arguments, by what is given.
func (c *crawl) arguments(root *ast.FieldDefinition) map[string]string {
	ways := map[string]string{}
	required := slices.ContainsFunc(root.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
	if !required {
		ways[""] = ""
	}
	for _, a := range root.Arguments {
		form := map[string]string{"ID": "%q", "ID!": "%q", "String": "%q", "String!": "%q", "[ID!]!": "[%q]", "[ID!]": "[%q]"}[a.Type.String()]
		if form == "" || a.Name == "after" || a.Name == "before" {
			continue
		}
		for _, given := range append(c.texts, demoIDs()...) {
			ways[given] = "(" + a.Name + ": " + fmt.Sprintf(form, given) + ")"
		}
	}
	return ways
}
