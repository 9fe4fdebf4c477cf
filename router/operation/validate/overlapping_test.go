package validate

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
	"github.com/shopgraph/shopgraph/router/operation/operationtest"
)

// TestMergingAgreesWithSpecification compares the rule with the specification's
// algorithm, pair by pair, on random documents.
func TestMergingAgreesWithSpecification(t *testing.T) {
	schema := testSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		text := operationtest.Draw(t, schema.Schema, operationtest.Options{Conflicts: 12}).Text
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
		return a.Name == b.Name && SameArguments(a.Arguments, b.Arguments) && p.canMerge(p.merged(a, b))
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
			on := s.on
			if sel.TypeCondition != "" {
				on = p.schema.Type(sel.TypeCondition)
			}
			p.collect(typedSet{on, sel.SelectionSet}, byName)
		case *ast.FragmentSpread:
			f := p.doc.Fragments.ForName(sel.Name)
			p.collect(typedSet{p.schema.Type(f.TypeCondition), f.SelectionSet}, byName)
		}
	}
}
