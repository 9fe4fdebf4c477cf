package supergraph

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestParse reads each testdata/<topic>/<case>.txtar: supergraph.graphql gives
// the subgraphs' views and the API schema, or an error.
func TestParse(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		s, err := Parse(c.File("supergraph.graphql"))
		if err != nil {
			return map[string]string{"error": err.Error() + "\n"}
		}
		return map[string]string{"subgraphs": subgraphsText(s), "api.graphql": apiText(s)}
	}, "error", "subgraphs", "api.graphql")
}

func subgraphsText(s *Supergraph) string {
	var b strings.Builder
	for _, g := range s.Subgraphs {
		fmt.Fprintf(&b, "%s %q\n", g.Name, g.URL)
		var names []string
		for name := range g.Types {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			writeType(&b, g.Types[name])
		}
	}
	return b.String()
}

func writeType(b *strings.Builder, t *Type) {
	fmt.Fprintf(b, "  %s %s possible %v", strings.ToLower(string(t.Kind)), t.Name, t.Possible)
	if len(t.Interfaces) > 0 {
		fmt.Fprintf(b, " implements %v", t.Interfaces)
	}
	if t.InterfaceObject {
		b.WriteString(" (interface object)")
	}
	b.WriteByte('\n')
	for _, k := range t.Keys {
		fmt.Fprintf(b, "    key %q resolvable %v\n", k.Text, k.Resolvable)
	}
	for _, name := range t.FieldNames {
		f := t.Fields[name]
		fmt.Fprintf(b, "    %s: %s", f.Name, f.Type)
		for _, mark := range []struct {
			on   bool
			text string
		}{
			{f.External, "external"}, {f.Overridden, "overridden"},
			{f.Requires != nil, "requires " + f.RequiresText}, {f.Provides != nil, fmt.Sprint("provides ", len(f.Provides))},
			{f.Label != "", fmt.Sprintf("if %s is %v", f.Label, f.LabelOn)}, {len(f.Contexts) > 0, fmt.Sprint("contexts ", len(f.Contexts))},
		} {
			if mark.on {
				b.WriteString(", " + mark.text)
			}
		}
		b.WriteByte('\n')
	}
}

func apiText(s *Supergraph) string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(s.API)
	return b.String()
}

// refused are supergraphs that the laxer of the two composers lets pass though
// they cannot be used.
var refused = map[string]string{
	"inaccessible-union-members/guild.supergraph.graphql": "a union all of whose members are inaccessible",
	"key-missing-subselection/guild.supergraph.graphql":   "a key that stops at a composite field",
	"key-subselection-on-leaf/guild.supergraph.graphql":   "a key that selects below a scalar",
}

// TestParsePublicSupergraphs reads every supergraph of the shared cases, by two
// composers.
func TestParsePublicSupergraphs(t *testing.T) {
	dir := os.Getenv("SHOPGRAPH_CASES")
	if dir == "" {
		dir = "../../../shared"
	}
	var files []string
	for _, pattern := range []string{"federation/audit/*/supergraph.graphql", "composition/*/*/*.supergraph.graphql", "bench/supergraph.graphql"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("the shared cases are not here; set SHOPGRAPH_CASES to their folder to test with them")
	}
	for _, file := range files {
		sdl, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(string(sdl))
		if why := refused[filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file)]; why != "" {
			if err == nil {
				t.Errorf("%s was read, in spite of %s", file, why)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if s.API.Query == nil || len(s.Subgraphs) == 0 {
			t.Errorf("%s: no query type or no subgraphs", file)
		}
	}
}

func TestPossible(t *testing.T) {
	s := &Supergraph{possible: possibleTypes(map[string]*ast.Definition{
		"I": {Kind: ast.Interface, Name: "I"},
		"A": {Kind: ast.Object, Name: "A", Interfaces: []string{"I"}},
		"B": {Kind: ast.Object, Name: "B", Interfaces: []string{"I"}},
		"U": {Kind: ast.Union, Name: "U", Types: []string{"B", "A"}},
	})}
	for _, c := range []struct {
		name string
		want []string
	}{{"I", []string{"A", "B"}}, {"U", []string{"A", "B"}}, {"A", []string{"A"}}, {"nothing", nil}} {
		if got := s.Possible(c.name); !slices.Equal(got, c.want) {
			t.Errorf("Possible(%q) = %v, want %v", c.name, got, c.want)
		}
	}
	if !s.IsPossible("U", "A") || s.IsPossible("A", "B") {
		t.Error("IsPossible is wrong")
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.txtar")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, sdl, _ := strings.Cut(string(data), "-- supergraph.graphql --\n")
		sdl, _, _ = strings.Cut(sdl, "\n-- ")
		f.Add(sdl)
	}
	f.Fuzz(func(t *testing.T, sdl string) {
		if s, err := Parse(sdl); err == nil && s.API == nil {
			t.Fatal("neither error nor API schema")
		}
	})
}
