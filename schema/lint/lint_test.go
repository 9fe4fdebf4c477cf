package lint_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/lint"
	"github.com/shopgraph/shopgraph/schema/schematest"
)

// TestRules lints the subgraphs of each archive (NAME.graphql, and Go files as
// NAME/FILE.go) with the levels in "levels".
func TestRules(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		files, levels := map[string]string{}, map[string]lint.Level{}
		for _, name := range c.Names() {
			if name != "levels" && name != "findings" {
				files[strings.TrimSuffix(name, ".graphql")] = c.File(name)
			}
		}
		for line := range strings.Lines(c.File("levels")) {
			name, level, _ := strings.Cut(strings.TrimSpace(line), " ")
			levels[name] = lint.Level(level)
		}
		return map[string]string{"findings": text(run(t, files, levels))}
	}, "findings")
}

// only are levels at which one rule alone is on.
func only(rule string) map[string]lint.Level {
	levels := map[string]lint.Level{}
	for _, r := range lint.Rules {
		levels[r.Name] = lint.Off
	}
	levels[rule] = lint.Error
	return levels
}

// TestExamples holds each rule to the examples on its page.
func TestExamples(t *testing.T) {
	for _, r := range lint.Rules {
		t.Run(r.Name, func(t *testing.T) {
			if found := run(t, r.Bad, only(r.Name)); len(found) == 0 {
				t.Error("the bad example breaks no rule")
			}
			if found := run(t, r.Good, only(r.Name)); len(found) > 0 {
				t.Errorf("the good example is not good:\n%s", text(found))
			}
			if files, err := filepath.Glob("testdata/" + strings.ReplaceAll(r.Name, "-", "_") + ".txtar"); err != nil || len(files) != 1 {
				t.Error("there is no test of the rule in testdata")
			}
		})
	}
}

// TestPages: docs/lint is what the rules say; -update writes it.
func TestPages(t *testing.T) {
	const dir = "../../docs/lint"
	pages := map[string]string{"README.md": lint.Index()}
	for i := range lint.Rules {
		pages[lint.Rules[i].Name+".md"] = lint.Rules[i].Page()
	}
	for name, page := range pages {
		goldentest.Page(t, filepath.Join(dir, name), page)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if pages[e.Name()] == "" {
			t.Errorf("%s/%s belongs to no rule", dir, e.Name())
		}
	}
}

func run(t *testing.T, files map[string]string, levels map[string]lint.Level) []lint.Finding {
	t.Helper()
	in := lint.Input{Levels: levels}
	sdls := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		subgraph, file, isCode := strings.Cut(name, "/")
		if isCode {
			i := slices.IndexFunc(in.Subgraphs, func(s lint.Subgraph) bool { return s.Name == subgraph })
			in.Subgraphs[i].Resolvers = append(in.Subgraphs[i].Resolvers, lint.Resolvers(file, []byte(files[name]))...)
			continue
		}
		sdls[name] = files[name]
		src := &ast.Source{Name: name + ".graphql", Input: files[name]}
		schema, err := check.Read(src)
		if err != nil {
			t.Fatal(err)
		}
		in.Subgraphs = append(in.Subgraphs, lint.Subgraph{Name: name, Schema: schema, Sources: []*ast.Source{src}})
	}
	in.Supergraph = schematest.Supergraph(t, sdls)
	found, err := lint.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func text(found []lint.Finding) string {
	var b strings.Builder
	for _, f := range found {
		at := "?"
		if f.Position != nil {
			at = fmt.Sprintf("%s:%d:%d", f.Position.Src.Name, f.Position.Line, f.Position.Column)
		}
		fmt.Fprintf(&b, "%s %s %s %s: %s\n", f.Level, f.Rule.Name, at, f.Coordinate, f.Message)
	}
	return b.String()
}

func TestSettingsAreChecked(t *testing.T) {
	for want, levels := range map[string]map[string]lint.Level{
		`there is no lint rule "type-name"; docs/lint lists them`:                               {"type-name": lint.Off},
		`lint rule type-names: there is no level "warning"; choose from off, note, warn, error`: {"type-names": "warning"},
	} {
		if _, err := lint.Run(lint.Input{Levels: levels}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// FuzzLint: whatever a schema says, linting it does not panic.
func FuzzLint(f *testing.F) {
	for _, r := range lint.Rules {
		for _, sdl := range r.Bad {
			f.Add("# lint-disable-next-line x\n" + sdl)
		}
	}
	levels := map[string]lint.Level{}
	for _, r := range lint.Rules {
		levels[r.Name] = lint.Error
	}
	f.Fuzz(func(t *testing.T, sdl string) {
		src := &ast.Source{Name: "a.graphql", Input: sdl}
		schema, err := check.Read(src)
		if err != nil {
			return
		}
		s := lint.Subgraph{Name: "a", Schema: schema, Sources: []*ast.Source{src}, Resolvers: lint.Resolvers("a.go", []byte(sdl))}
		if _, err := lint.Run(lint.Input{Levels: levels, Subgraphs: []lint.Subgraph{s}}); err != nil {
			t.Error(err)
		}
	})
}
