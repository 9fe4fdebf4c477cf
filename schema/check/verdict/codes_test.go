package verdict

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestEveryCodeIsExplained finds the codes in this package's files.
func TestEveryCodeIsExplained(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`"([A-Z]+(?:_[A-Z]+)+)"`)
	found := map[string]bool{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range code.FindAllStringSubmatch(string(text), -1) {
			found[match[1]] = true
			if _, ok := Explain(match[1]); !ok {
				t.Errorf("%s in %s is not explained", match[1], e.Name())
			}
		}
	}
	if len(found) != len(Explanations) {
		t.Errorf("%d codes and %d explanations", len(found), len(Explanations))
	}
}

// TestPage: docs/findings.md is what the explanations say; -update writes it.
func TestPage(t *testing.T) {
	const file = "../../../docs/findings.md"
	var b strings.Builder
	b.WriteString("# Findings\n\nWhat `shopgraph check` reports beside [changes of the API](changes.md), errors of composition (`shopgraph why CODE`) and\n[lint rules](lint/README.md).\n")
	for _, e := range slices.SortedFunc(slices.Values(Explanations), func(a, b Explanation) int { return strings.Compare(a.Code, b.Code) }) {
		b.WriteString("\n## " + e.Code + "\n\n" + e.Text + "\n")
	}
	goldentest.Page(t, file, b.String())
}
