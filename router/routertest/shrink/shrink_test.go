package shrink

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestShrink shrinks the case of each archive, which fails as long as it has
// every line of "needs" in it, white space aside.
func TestShrink(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		var archive strings.Builder
		for _, name := range c.Names() {
			if name != "needs" && name != "shrunk" {
				archive.WriteString("-- " + name + " --\n" + c.File(name))
			}
		}
		large, err := Parse([]byte(archive.String()))
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		small := Shrink(large, func(candidate Case) string {
			tried++
			text := withoutSpace(string(candidate.Archive("")))
			for _, needed := range strings.Split(strings.TrimSpace(c.File("needs")), "\n") {
				if !strings.Contains(text, withoutSpace(needed)) {
					return ""
				}
			}
			return "it fails: as always"
		})
		if tried > 3000 {
			t.Errorf("%d cases were tried", tried)
		}
		// Marked, since an archive cannot hold an archive.
		return map[string]string{"shrunk": strings.ReplaceAll(string(small.Archive("")), "-- ", "== ")}
	})
}

func withoutSpace(s string) string { return strings.Join(strings.Fields(s), "") }

func TestPassingCaseStays(t *testing.T) {
	c := Case{Subgraphs: []Subgraph{{"a", "type Query { a: Int }"}}, Data: []byte("{}"), Query: "{ a }"}
	if got := Shrink(c, func(Case) string { return "" }); cmp.Diff(c, got) != "" {
		t.Errorf("a case that does not fail was changed: %v", got)
	}
}

func TestOtherFailureDoesNotCount(t *testing.T) {
	c := Case{Subgraphs: []Subgraph{{"a", "type Query { a: Int b: Int }"}}, Data: []byte("{}"), Query: "{ a b }"}
	got := Shrink(c, func(c Case) string {
		if strings.Contains(c.Query, "b") {
			return "data differs: here\nin b"
		}
		return "something else: entirely"
	})
	if withoutSpace(got.Query) != "query{b}" && withoutSpace(got.Query) != "{b}" {
		t.Errorf("got %s", got.Query)
	}
}

func TestArchive(t *testing.T) {
	c := Case{
		Subgraphs: []Subgraph{{"a", "type Query { a: Int }\n"}, {"b", "type B { a: Int }\n"}},
		Data:      []byte("{}\n"), Query: "query ($v: Int) { a }\n", Variables: map[string]any{"v": 1.0},
	}
	got, err := Parse(c.Archive("why"))
	if err != nil || cmp.Diff(c, got) != "" {
		t.Errorf("%v: %s", err, cmp.Diff(c, got))
	}
	for _, bad := range []string{"", "-- data.json --\n{}\n", "-- subgraphs/a.graphql --\ntype A { a: Int }\n-- data.json --\n{}\n-- query.graphql --\n{a}\n-- variables.json --\n[]\n"} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}
