package check_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/check"
)

// TestDiff compares the schemas old.graphql and new.graphql of every archive.
func TestDiff(t *testing.T) {
	goldentest.Run(t, "testdata/diff", func(t *testing.T, c *goldentest.Case) map[string]string {
		old, new := read(t, c.File("old.graphql")), read(t, c.File("new.graphql"))
		changes := check.Diff(old, new)
		for _, c := range changes {
			if _, ok := check.Explain(c.Kind); !ok {
				t.Errorf("%s is not explained", c.Kind)
			}
		}
		return map[string]string{"changes": text(changes)}
	}, "changes")
}

// TestEveryRuleHasACase: a rule is one file, one kind and one golden test.
func TestEveryRuleHasACase(t *testing.T) {
	files, err := filepath.Glob("rule_*.go")
	if err != nil {
		t.Fatal(err)
	}
	kind := regexp.MustCompile(`kind:\s+"([A-Z_*]+)"`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := kind.FindStringSubmatch(string(source))
		if found == nil {
			t.Errorf("%s declares no kind", file)
			continue
		}
		name := "testdata/diff/" + strings.TrimSuffix(strings.TrimPrefix(file, "rule_"), ".go") + ".txtar"
		golden, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("%s has no test: %v", file, err)
			continue
		}
		_, changes, _ := strings.Cut(string(golden), "-- changes --")
		pattern := regexp.MustCompile(`(?m)^(safe|dangerous|breaking) ` + strings.ReplaceAll(found[1], "*", "[A-Z_]+") + ` `)
		if !pattern.MatchString(changes) {
			t.Errorf("%s shows no %s", name, found[1])
		}
	}
	if got := len(check.Explanations()); got != len(files) {
		t.Errorf("%d rules are explained, %d have a file", got, len(files))
	}
}

func read(t testing.TB, sdl string) *ast.Schema {
	t.Helper()
	s, err := check.Read(&ast.Source{Name: "schema.graphql", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func text(changes []check.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(c.String() + "\n")
	}
	return b.String()
}

// TestPage: docs/changes.md is what the rules say; -update writes it.
func TestPage(t *testing.T) {
	const file = "../../docs/changes.md"
	var b strings.Builder
	b.WriteString("# Kinds of changes\n\nWhat `shopgraph check` calls the differences of two schemas, and how it classes them. The names are those of GraphQL\nInspector; schema/check/testdata/inspector/differences.md says where the classes differ. A `*` stands for the element.\n")
	for _, e := range check.Explanations() {
		b.WriteString("\n## " + strings.ReplaceAll(string(e.Kind), "*", `\*`) + "\n\n" + e.Text + "\n")
	}
	b.WriteString("\n# Rules that class changes otherwise\n\nSwitched on by `--rule` or by `rules:` in check.yaml.\n\n| rule | what it does |\n|---|---|\n")
	for _, a := range check.Adjustments {
		b.WriteString("| " + a.Name + " | " + a.Doc + " |\n")
	}
	goldentest.Page(t, file, b.String())
}
