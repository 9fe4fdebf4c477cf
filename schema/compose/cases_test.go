package compose_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// sharedCase is one case of the shared folder: subgraphs, and the verdicts of
// two independent composers.
type sharedCase struct {
	Name     string
	Dir      string `json:"-"`
	Expected struct {
		OK    *bool
		Codes []string
		Basis string
	}
	Subgraphs []struct {
		Name string
		URL  *string
		File string
	}
}

// sharedCases reads the cases, or skips the test where there are none.
func sharedCases(t testing.TB) []*sharedCase {
	t.Helper()
	root := os.Getenv("SHOPGRAPH_CASES")
	if root == "" {
		root = "../../../shared"
	}
	files, _ := filepath.Glob(filepath.Join(root, "composition", "*", "*", "case.json"))
	if len(files) == 0 {
		t.Skipf("no composition cases under %s: put them there or set SHOPGRAPH_CASES", root)
	}
	var cases []*sharedCase
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &sharedCase{Dir: filepath.Dir(file)}
		if err := json.Unmarshal(data, c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		cases = append(cases, c)
	}
	return cases
}

func (c *sharedCase) sources(t testing.TB) []subgraph.Source {
	t.Helper()
	var out []subgraph.Source
	for _, s := range c.Subgraphs {
		data, err := os.ReadFile(filepath.Join(c.Dir, "subgraphs", s.File))
		if err != nil {
			t.Fatal(err)
		}
		url := ""
		if s.URL != nil {
			url = *s.URL
		}
		out = append(out, subgraph.FromSDL(s.Name, url, string(data)))
	}
	return out
}

func codes(err error) []string {
	var errs federation.Errors
	if !errors.As(err, &errs) {
		return nil
	}
	var out []string
	for _, c := range errs.Codes() {
		out = append(out, string(c))
	}
	return out
}

func TestSharedCases(t *testing.T) {
	known := deviations(t)
	for _, c := range sharedCases(t) {
		name := filepath.Base(filepath.Dir(c.Dir)) + "/" + filepath.Base(c.Dir)
		t.Run(name, func(t *testing.T) {
			result, err := compose.Supergraph(c.sources(t))
			if c.Expected.OK == nil {
				return // no composer could judge it: it must only not crash ours
			}
			expectedOK, expected := *c.Expected.OK, c.Expected.Codes
			if ours, ok := known[name]; ok {
				expectedOK, expected = ours == "ok", strings.Fields(strings.TrimPrefix(ours, "ok"))
			}
			got := codes(err)
			if ok := err == nil; ok != expectedOK || !slices.Equal(got, expected) {
				t.Errorf("ok %v %s; expected %v %s (%s)\n%v", ok, strings.Join(got, " "), expectedOK, strings.Join(expected, " "), c.Expected.Basis, err)
			}
			if err == nil && expectedOK {
				c.compareSupergraph(t, result.SDL)
			}
		})
	}
}

// deviations reads the table of cases in DEVIATIONS.md: what we make of each.
func deviations(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("DEVIATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), "## Cases of the shared folder")
	table, _, _ = strings.Cut(table, "\n## ")
	known := map[string]string{}
	for line := range strings.SplitSeq(table, "\n") {
		if columns := strings.Split(line, "|"); len(columns) == 6 && strings.Contains(columns[1], "/") {
			known[strings.TrimSpace(columns[1])] = strings.TrimSpace(columns[3])
		}
	}
	return known
}

// compareSupergraph compares with the reference composer's document.
func (c *sharedCase) compareSupergraph(t *testing.T, text string) {
	t.Helper()
	reference, err := os.ReadFile(filepath.Join(c.Dir, "apollo.supergraph.graphql"))
	if err != nil {
		return // the reference could not compose it
	}
	diff, err := factDiff(text, string(reference))
	if err != nil {
		t.Fatal(err)
	}
	if len(diff) > 0 {
		t.Errorf("the supergraph is not that of the reference (- ours, + reference):\n%s", strings.Join(diff, "\n"))
	}
}
