package plan_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// maxQueriesPerGraph keeps the test short on supergraphs with thousands of
// fields, of which it takes evenly spread ones.
const maxQueriesPerGraph = 300

// TestEveryFieldCanBePlanned takes every supergraph of the shared cases that the
// reference composer made, which therefore is satisfiable, and plans a query
// for every field of its API's object types, on the shortest path to it, for
// either value of every override label. Fields of interfaces are left out: that
// each type's field can be resolved does not say that one subgraph resolves it
// for all types that it may return.
func TestEveryFieldCanBePlanned(t *testing.T) {
	dir := os.Getenv("SHOPGRAPH_CASES")
	if dir == "" {
		dir = "../../../shared"
	}
	files, err := filepath.Glob(filepath.Join(dir, "composition/*/*/apollo.supergraph.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the shared cases are not here; set SHOPGRAPH_CASES to their folder to test with them")
	}
	planned := 0
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			sdl, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := supergraph.Parse(string(sdl))
			if err != nil {
				t.Fatal(err)
			}
			g := graph.Build(s)
			parser := operation.NewParser(s.API, operation.Options{})
			for _, on := range []bool{false, true} {
				labels := map[string]bool{}
				for _, l := range s.Labels {
					labels[l] = on
				}
				queries := fieldQueries(s.API)
				step := 1 + len(queries)/maxQueriesPerGraph
				for i := 0; i < len(queries); i += step {
					planned++
					query := queries[i]
					if _, err := plan.Build(g, prepare(t, parser, query, ""), plan.Options{Labels: labels}); err != nil {
						t.Errorf("%s\n%v", query, err)
					}
				}
				if len(s.Labels) == 0 {
					break
				}
			}
		})
	}
	t.Logf("%d queries planned on %d supergraphs", planned, len(files))
}

// fieldQueries returns an operation for every field of every object type that
// can be reached.
func fieldQueries(api *ast.Schema) []string {
	var queries []string
	type visit struct {
		def *ast.Definition
		// open and closing enclose a selection on the type.
		open, closing string
	}
	var queue []visit
	for _, root := range []struct {
		kind string
		def  *ast.Definition
	}{{"query", api.Query}, {"mutation", api.Mutation}, {"subscription", api.Subscription}} {
		if root.def != nil {
			queue = append(queue, visit{root.def, root.kind + " {", "}"})
		}
	}
	seen := map[string]bool{}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		if seen[v.def.Name] {
			continue
		}
		seen[v.def.Name] = true
		if v.def.IsAbstractType() {
			for _, name := range possibleObjects(api, v.def) {
				queue = append(queue, visit{api.Types[name], v.open + " ... on " + name + " {", "}" + v.closing})
			}
			queries = append(queries, v.open+" __typename "+v.closing)
			continue
		}
		for _, f := range v.def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			field := f.Name + sampleArguments(api, f)
			below := api.Types[f.Type.Name()]
			if below.IsLeafType() {
				queries = append(queries, v.open+" "+field+" "+v.closing)
				continue
			}
			queries = append(queries, v.open+" "+field+" { __typename } "+v.closing)
			queue = append(queue, visit{below, v.open + " " + field + " {", "}" + v.closing})
		}
	}
	return queries
}

func possibleObjects(api *ast.Schema, def *ast.Definition) []string {
	var names []string
	for _, p := range api.GetPossibleTypes(def) {
		if p.Kind == ast.Object {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

func sampleArguments(api *ast.Schema, f *ast.FieldDefinition) string {
	var args []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			args = append(args, a.Name+": "+sampleValue(api, a.Type))
		}
	}
	if len(args) == 0 {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}

func sampleValue(api *ast.Schema, t *ast.Type) string {
	if t.Elem != nil {
		return "[]"
	}
	def := api.Types[t.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case def.Kind == ast.InputObject:
		var fields []string
		for _, f := range def.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				fields = append(fields, f.Name+": "+sampleValue(api, f.Type))
			}
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case def.Name == "Int" || def.Name == "Float":
		return "1"
	case def.Name == "Boolean":
		return "true"
	default:
		return `"x"`
	}
}
