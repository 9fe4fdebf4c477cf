package subgraph_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// archives are the composition tests: subgraphs of all kinds, right and wrong.
const archives = "../compose/testdata/*/*.txtar"

// FuzzParse reads whatever a text says: a subgraph, or errors with codes.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(archives)
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, sdl := range archive.Files {
			if filepath.Ext(sdl.Name) == ".graphql" && sdl.Name != "supergraph.graphql" {
				f.Add(string(sdl.Data))
			}
		}
	}
	f.Fuzz(parse)
}

// FuzzFieldSets reads whatever three field sets say, where a schema has all kinds
// of types that they may select.
func FuzzFieldSets(f *testing.F) {
	schema, err := os.ReadFile("testdata/fieldsets.graphql")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"id", "id name", "nested { id }", "nested { nested { id } }", "{ id }", "node { id ... on A { name } }", "union { ... on A { id } ... on B { id } }",
		"id(x: 1)", "list", "list { id }", "... on Entity { id }", "alias: id", "id @skip(if: true)", "$x", "id { id }", "__typename", "missing", "", "}", "{", "{{", "id #", "\"", "\x00",
		strings.Repeat("nested{", 50), "...F", "args(x: {a: [1, {b: null}]}, y: $v)",
	} {
		f.Add(seed, seed, seed)
	}
	f.Fuzz(func(t *testing.T, key, requires, provides string) {
		parse(t, strings.NewReplacer("KEY", quoted(key), "REQUIRES", quoted(requires), "PROVIDES", quoted(provides)).Replace(string(schema)))
	})
}

// quoted writes a GraphQL string.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}

func parse(t *testing.T, sdl string) {
	s, errs := subgraph.Parse(subgraph.FromSDL("a", "", sdl))
	if len(errs) == 0 {
		errs = subgraph.Upgrade([]*subgraph.Subgraph{s})
	}
	var err error = errs
	var all federation.Errors
	if len(errs) > 0 && (!errors.As(err, &all) || err.Error() == "") {
		t.Fatal("errors that say nothing")
	}
	for _, e := range errs {
		if e.Code == "" || e.Message == "" {
			t.Errorf("an error without code or message: %+v", e)
		}
	}
	if len(errs) == 0 && (s == nil || s.Schema == nil) {
		t.Fatal("neither a subgraph nor errors")
	}
}
