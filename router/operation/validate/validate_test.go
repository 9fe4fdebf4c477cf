package validate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

func testSchema(t testing.TB) *apischema.Schema {
	t.Helper()
	sdl, err := os.ReadFile("testdata/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	return apischema.New(gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: string(sdl)}))
}

func check(t testing.TB, schema *apischema.Schema, text string, o Options) []Error {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return Document(schema, doc, o)
}

// TestRules has one archive per rule: every document in valid is valid, every
// document in invalid breaks this rule and no other, in the words of errors.
func TestRules(t *testing.T) {
	schema := testSchema(t)
	var tested []string
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		file := t.Name()[strings.LastIndex(t.Name(), "/")+1:]
		i := slices.IndexFunc(Rules, func(r *Rule) bool { return fileName(r.Name) == file })
		if i < 0 {
			t.Fatalf("there is no rule for %s", file)
		}
		rule := Rules[i]
		tested = append(tested, rule.Name)
		for _, text := range documents(c.File("valid")) {
			for _, e := range check(t, schema, text, Options{}) {
				t.Errorf("%s: %s\nin the valid document\n%s", e.Rule, e.Message, text)
			}
		}
		var out strings.Builder
		for _, text := range documents(c.File("invalid")) {
			errors := check(t, schema, text, Options{Suggestions: true})
			if len(errors) == 0 {
				t.Errorf("nothing is wrong with\n%s", text)
			}
			for _, e := range errors {
				if e.Rule != rule.Name {
					t.Errorf("%s: %s\nin the document for %s\n%s", e.Rule, e.Message, rule.Name, text)
				}
				fmt.Fprintf(&out, "%s %s\n", describePositions(e.Positions), e.Message)
			}
			out.WriteString("---\n")
		}
		return map[string]string{"errors": strings.TrimSuffix(out.String(), "---\n"), "rule": rule.Name + ": " + rule.Section}
	}, "errors", "rule")
	for _, rule := range Rules {
		if !slices.Contains(tested, rule.Name) && len(tested) > 1 {
			t.Errorf("rule %s has no test", rule.Name)
		}
	}
}

func documents(text string) []string { return strings.Split(text, "---\n") }

// fileName is known_type_names for KnownTypeNames.
func fileName(rule string) string {
	var out strings.Builder
	for i, r := range rule {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func describePositions(positions []*ast.Position) string {
	var out []string
	for _, p := range positions {
		out = append(out, fmt.Sprintf("%d:%d", p.Line, p.Column))
	}
	return strings.Join(out, " ")
}
