package limits

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestCheck reads archives of a document and, in JSON, limits: "size" is what
// each operation amounts to, "errors" what is refused.
func TestCheck(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		doc, err := parser.ParseQuery(&ast.Source{Input: c.File("document.graphql")})
		if err != nil {
			t.Fatal(err)
		}
		var l Limits
		if text := c.File("limits.json"); text != "" {
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[string]string{"size": "", "errors": ""}
		for _, op := range doc.Operations {
			s := newMeter(doc).operation(op)
			seen["size"] += fmt.Sprintf("%s: depth %d, %d aliases, %d root fields, %d directives\n", op.Name, s.depth, s.aliases, s.rootFields, s.directives)
		}
		for _, err := range l.Filled().Check(doc) {
			seen["errors"] += fmt.Sprintf("%s %s\n", err.Code, err)
		}
		return seen
	})
}

// FuzzMeasure compares with fragments written out.
func FuzzMeasure(f *testing.F) {
	f.Add(`query ($a: Int @b) @c { a: b @d ...F } fragment F on T @e { a ... @f { b { c: d } } ...G } fragment G on T { ...H ...H } fragment H on T { x: y z }`)
	f.Add(`{ ...A } fragment A on T { ...B a } fragment B on T { ...A b ...None }`)
	f.Add(`{ a } query B { ...F @skip(if: true) ...F }fragment F on T { a: a }`)
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, 200)
		if err != nil {
			return
		}
		fragments := map[string]*ast.FragmentDefinition{}
		for _, f := range doc.Fragments {
			fragments[f.Name] = f
		}
		for _, op := range doc.Operations {
			w := writer{fragments: fragments, left: 100_000}
			want := w.selections(op.SelectionSet, nil)
			want.directives += len(op.Directives)
			for _, v := range op.VariableDefinitions {
				want.directives += len(v.Directives)
			}
			if w.left <= 0 || w.cycle {
				continue
			}
			if got := newMeter(doc).operation(op); got != want {
				t.Fatalf("%+v, written out %+v", got, want)
			}
		}
	})
}

// writer measures by writing fragments out.
type writer struct {
	fragments map[string]*ast.FragmentDefinition
	left      int
	cycle     bool
}

func (w *writer) selections(set ast.SelectionSet, inside []string) (sum size) {
	for _, s := range set {
		if w.left--; w.left <= 0 {
			return sum
		}
		var more size
		switch s := s.(type) {
		case *ast.Field:
			more = w.selections(s.SelectionSet, inside)
			more.depth++
			more.rootFields = 1
			more.directives += len(s.Directives)
			if s.Alias != s.Name {
				more.aliases++
			}
		case *ast.InlineFragment:
			more = w.selections(s.SelectionSet, inside)
			more.directives += len(s.Directives)
		case *ast.FragmentSpread:
			more = w.spread(s, inside)
		}
		sum = size{max(sum.depth, more.depth), sum.aliases + more.aliases, sum.directives + more.directives, sum.rootFields + more.rootFields}
	}
	return sum
}

func (w *writer) spread(s *ast.FragmentSpread, inside []string) (more size) {
	for _, name := range inside {
		if name == s.Name {
			w.cycle = true
			return more
		}
	}
	if f := w.fragments[s.Name]; f != nil {
		more = w.selections(f.SelectionSet, append(inside[:len(inside):len(inside)], s.Name))
		more.directives += len(f.Directives)
	}
	more.directives += len(s.Directives)
	return more
}

// What fragments amount to is found without writing them out: here there are
// 2^200 fields, in a few thousand characters.
func TestAFragmentBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range 200 {
		fmt.Fprintf(&b, " fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
	}
	b.WriteString(" fragment F200 on Query { a: b }")
	doc, err := parser.ParseQuery(&ast.Source{Input: b.String()})
	if err != nil {
		t.Fatal(err)
	}
	errs := Default.Check(doc)
	if len(errs) != 1 || errs[0].Code != CodeTooManyAliases {
		t.Errorf("%v", errs)
	}
}

// BenchmarkCheck is what a document costs when it is met for the first time.
func BenchmarkCheck(b *testing.B) {
	text := "{" + strings.Repeat(" users { id name reviews { id body ...F product { upc name } } }", 20) + "} fragment F on Review { a: id @include(if: true) }"
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if errs := Default.Check(doc); errs != nil {
			b.Fatal(errs)
		}
	}
}
