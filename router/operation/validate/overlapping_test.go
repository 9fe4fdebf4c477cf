package validate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// TestMergingAgreesWithSpecification compares the rule with the specification's
// algorithm, pair by pair, on random documents.
func TestMergingAgreesWithSpecification(t *testing.T) {
	schema := testSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		text := randomDocument(t, schema)
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		conflicts := 0
		for _, e := range Document(schema, doc, Options{}) {
			if e.Rule != overlappingFieldsCanBeMerged.Name {
				t.Fatalf("%s: %s\n%s", e.Rule, e.Message, text)
			}
			conflicts++
		}
		want := pairwise{schema, doc}.canMerge(on(schema.Type("Query"), doc.Operations[0].SelectionSet))
		if (conflicts == 0) != want {
			t.Fatalf("the specification says that the fields of this document can be merged: %v; the rule found %d conflicts\n%s", want, conflicts, text)
		}
	})
}

// pairwise is FieldsInSetCanMerge and SameResponseShape as written, without any
// thought of time.
type pairwise struct {
	schema *apischema.Schema
	doc    *ast.QueryDocument
}

// typedSet is a selection set and the type it selects from.
type typedSet struct {
	on  *apischema.Type
	set ast.SelectionSet
}

type typedField struct {
	*ast.Field
	parent *apischema.Type
	typ    *ast.Type
}

func on(t *apischema.Type, set ast.SelectionSet) []typedSet { return []typedSet{{t, set}} }

func (p pairwise) canMerge(sets []typedSet) bool {
	return p.allPairs(sets, func(a, b typedField) bool {
		if !p.sameShape(a, b) {
			return false
		}
		if a.parent != b.parent && a.parent.Kind == ast.Object && b.parent.Kind == ast.Object {
			return true
		}
		return a.Name == b.Name && sameArguments(a.Arguments, b.Arguments) && p.canMerge(p.merged(a, b))
	})
}

func (p pairwise) sameShape(a, b typedField) bool {
	x, y := a.typ, b.typ
	for {
		if x.NonNull != y.NonNull || (x.Elem == nil) != (y.Elem == nil) {
			return false
		}
		if x.Elem == nil {
			break
		}
		x, y = x.Elem, y.Elem
	}
	if p.schema.Type(x.NamedType).IsLeafType() || p.schema.Type(y.NamedType).IsLeafType() {
		return x.NamedType == y.NamedType
	}
	return p.allPairs(p.merged(a, b), p.sameShape)
}

func (p pairwise) merged(a, b typedField) []typedSet {
	return append(on(p.schema.Type(a.typ.Name()), a.SelectionSet), on(p.schema.Type(b.typ.Name()), b.SelectionSet)...)
}

func (p pairwise) allPairs(sets []typedSet, ok func(a, b typedField) bool) bool {
	byName := map[string][]typedField{}
	for _, s := range sets {
		p.collect(s, byName)
	}
	for _, fields := range byName {
		for i, a := range fields {
			for _, b := range fields[i:] { // a field pairs with itself, too: its own selection must merge
				if !ok(a, b) {
					return false
				}
			}
		}
	}
	return true
}

func (p pairwise) collect(s typedSet, byName map[string][]typedField) {
	for _, selection := range s.set {
		switch sel := selection.(type) {
		case *ast.Field:
			def := typename
			if sel.Name != "__typename" {
				def = s.on.Field(sel.Name)
			}
			byName[sel.Alias] = append(byName[sel.Alias], typedField{sel, s.on, def.Type})
		case *ast.InlineFragment:
			p.collect(typedSet{p.schema.Type(sel.TypeCondition), sel.SelectionSet}, byName)
		case *ast.FragmentSpread:
			f := p.doc.Fragments.ForName(sel.Name)
			p.collect(typedSet{p.schema.Type(f.TypeCondition), f.SelectionSet}, byName)
		}
	}
}

// randomDocument is one operation and up to three fragments, each of which may
// spread those after it; valid but for the rule under test.
func randomDocument(t *rapid.T, schema *apischema.Schema) string {
	g := generator{t: t, schema: schema}
	types := []string{"Dog", "Cat", "Pet", "CatOrDog", "Human"}
	for i := range rapid.IntRange(0, 3).Draw(t, "fragments") {
		g.fragments = append([]string{fmt.Sprintf("F%d", i)}, g.fragments...)
		g.types = append([]string{rapid.SampledFrom(types).Draw(t, "on")}, g.types...)
	}
	root := "{ pet " + g.selections("Pet", 3, g.fragments) + " pet " + g.selections("Pet", 2, g.fragments)
	var definitions strings.Builder
	for i, name := range g.fragments {
		// Spread everywhere, so that no fragment is unused.
		root += fmt.Sprintf(" f%s: any { ... on CatOrDog { ... on Being { ... on %s { ...%s } } } }", name, g.types[i], name)
		fmt.Fprintf(&definitions, "fragment %s on %s %s\n", name, g.types[i], g.selections(g.types[i], 2, g.fragments[i+1:]))
	}
	if slices.Contains(g.types, "Human") {
		root = strings.ReplaceAll(root, "any { ... on CatOrDog { ... on Being { ... on Human", "human { ... { ... on Being { ... on Human")
	}
	return root + " }\n" + definitions.String()
}

type generator struct {
	t         *rapid.T
	schema    *apischema.Schema
	fragments []string
	types     []string
}

func (g generator) selections(on string, depth int, spreadable []string) string {
	var out []string
	for range rapid.IntRange(1, 4).Draw(g.t, "n") {
		out = append(out, g.selection(on, depth, spreadable))
	}
	return "{ " + strings.Join(out, " ") + " }"
}

func (g generator) selection(on string, depth int, spreadable []string) string {
	parent := g.schema.Type(on)
	if depth > 0 && rapid.IntRange(0, 2).Draw(g.t, "fragment") == 0 {
		var fitting []string
		for _, name := range spreadable {
			if g.schema.Type(g.types[slices.Index(g.fragments, name)]).Overlaps(parent) {
				fitting = append(fitting, "..."+name)
			}
		}
		for _, name := range []string{"Dog", "Cat", "Pet", "CatOrDog", "Human"} {
			if g.schema.Type(name).Overlaps(parent) {
				fitting = append(fitting, "... on "+name+" "+g.selections(name, depth-1, spreadable))
			}
		}
		return rapid.SampledFrom(fitting).Draw(g.t, "spread")
	}
	alias := rapid.SampledFrom([]string{"", "", "x: ", "y: "}).Draw(g.t, "alias")
	var fields []string
	for _, def := range parent.Fields {
		named := g.schema.Type(def.Type.Name())
		switch {
		case named.IsLeafType():
			fields = append(fields, def.Name)
		case depth > 0:
			fields = append(fields, def.Name+" ")
		}
	}
	name := rapid.SampledFrom(append(fields, "__typename")).Draw(g.t, "field")
	switch {
	case name == "name":
		return alias + name + rapid.SampledFrom([]string{"", "", "(surname: true)"}).Draw(g.t, "arguments")
	case strings.HasSuffix(name, " "):
		return alias + name + g.selections(parent.Field(strings.TrimSpace(name)).Type.Name(), depth-1, spreadable)
	}
	return alias + name
}
