// Package layering holds the import rule of this module as a test.
package layering

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/shopgraph/shopgraph/"

// rules say which packages of this module a package may import. The first rule
// whose pattern matches decides; a pattern ending in /... covers the folder and
// everything below it. A package without a rule fails the test.
var rules = []struct {
	pattern string
	may     []string
	why     string
}{
	{"schema/federation", nil, "the vocabulary depends on nothing"},
	{"schema/sdl", []string{"schema/federation"}, "a type system is read without knowing who wrote it; only errors have federation's form"},
	{"schema/subgraph", []string{"schema/federation", "schema/sdl"}, "one SDL is read without knowing of others"},
	{"schema/supergraph", []string{"schema/federation"}, "a supergraph is read without knowing who composed it"},
	{"schema/graph", []string{"schema/federation", "schema/supergraph"}, "one graph serves composition and planning"},
	{"schema/compose", []string{"schema/federation", "schema/sdl", "schema/subgraph", "schema/supergraph", "schema/graph", "schema/report"}, "composition ends where requests begin"},
	{"schema/check/usage", nil, "counts are read without knowing what they are for"},
	{"schema/check/documents", []string{"schema/check/usage"}, "operations are found without a schema"},
	{"schema/check/verdict", []string{"schema/check/...", "schema/check", "schema/report", "schema/graph", "schema/supergraph"}, "the planner reaches a check through an interface that cmd fills"},
	{"schema/check", []string{"schema/supergraph"}, "two schemas are compared without knowing whose they are; supergraphs are for its tests only"},
	{"schema/lint", []string{"schema/check", "schema/supergraph"}, "subgraphs are judged beside each other, without composing them; check.Read is for its tests only"},
	{"schema/contract", []string{"schema/federation", "schema/supergraph"}, "a variant is made of a supergraph alone"},
	{"schema/introspection", nil, "an answer is read without knowing whose"},
	{"schema/report", nil, "what was found is shown without knowing what it means"},
	{"schema/schematest", []string{"schema/..."}, "a helper for tests"},
	{"schema", nil, "documentation only"},

	{"router/operation", []string{"schema/supergraph", "router/operation/...", "internal/rawjson"}, "an operation is judged by the API schema alone"},
	{"router/operation/...", []string{"router/operation/..."}, "an operation is judged by the API schema alone"},
	{"router/introspect", []string{"router/operation/...", "schema/supergraph", "internal/rawjson"}, "introspection needs no plan"},
	{"router/plan", []string{"schema/federation", "schema/graph", "schema/supergraph", "router/operation"}, "a plan is made without running anything"},
	{"router/execute", []string{"router/plan", "internal/rawjson"}, "the executor knows plans, not schemas"},
	{"router/response", []string{"router/operation", "router/plan", "router/execute", "schema/supergraph", "internal/rawjson"}, "the answer is the operation laid over the data"},
	{"router/...", []string{"schema/...", "router/...", "internal/..."}, "wrappers may use every stage"},
	{"router", []string{"schema/...", "router/...", "internal/..."}, "the story calls every stage"},

	{"subgraphs/users/...", []string{"subgraphs/users/...", "internal/..."}, "a service is owned whole"},
	{"subgraphs/products/...", []string{"subgraphs/products/...", "internal/..."}, "a service is owned whole"},
	{"subgraphs/orders/...", []string{"subgraphs/orders/...", "internal/..."}, "a service is owned whole"},
	{"subgraphs/books", []string{"internal/..."}, "what holds of all services together is read from their tables alone"},
	{"subgraphs/books/bookstest", []string{"subgraphs", "internal/..."}, "a helper for tests"},
	{"subgraphs", []string{"subgraphs/...", "internal/..."}, "the map from name to constructor"},

	{"cmd/...", []string{"schema/...", "router/...", "subgraphs/...", "internal/..."}, "the program ties everything together"},
	{"bench/...", []string{"bench/measure", "schema/...", "router/...", "subgraphs/...", "internal/..."}, "measures everything"},
	{"e2e/...", []string{"schema/...", "router/...", "subgraphs/...", "internal/..."}, "tests everything"},
	{"examples/...", nil, "what a user of the API writes"},
	{"internal/token/tokentest", []string{"internal/token"}, "a helper for tests"},
	{"internal/columns", []string{"internal/postgres"}, "which columns a statement reads follows the operation"},
	{"internal/postgres/postgrestest", []string{"internal/postgres", "internal/scratch"}, "a helper for tests"},
	{"internal/postgres", []string{"internal/scratch"}, "for its tests only"},
	{"internal/scalar", []string{"internal/apierror", "internal/money"}, "how the API writes what money counts"},
	{"internal/viewer", []string{"internal/apierror", "internal/id", "internal/token"}, "who asks is read from the token's claims"},
	{"internal/graphserver", []string{"internal/lean", "internal/apierror", "internal/postgres", "internal/rawjson", "internal/serve", "internal/token"}, "the one place that ties a gqlgen schema to HTTP, tokens and errors"},
	{"internal/graphclient", []string{"internal/apierror", "internal/serve", "internal/telemetry", "internal/token"}, "one service asks another, under the same request id and in the same trace"},
	{"internal/telemetry", []string{"internal/postgres", "internal/serve"}, "what is traced, and the log's line that names the trace"},
	{"internal/signingkey", []string{"internal/token"}, "where a service keeps the keys its tokens are signed with"},
	{"internal/demodata", []string{"internal/money"}, "what the demo sells has prices"},
	{"internal/page", []string{"internal/apierror", "internal/where"}, "a page of a sorted list is a condition"},
	{"internal/graphserver/graphservertest", []string{"internal/goldentest"}, "a helper for tests"},
	{"internal/apierror", nil, "the closed list of errors depends on nothing"},
	{"internal/mock/plausible", []string{"internal/mock"}, "made-up data is data of the mock"},
	{"internal/...", []string{"internal/apierror"}, "small tools depend on nothing of ours but the errors a client may see"},
}

func TestImports(t *testing.T) {
	const root = "../.."
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
			return filepath.SkipDir
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		rel, _ := filepath.Rel(root, file)
		checkFile(t, file, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, file, rel string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", rel, err)
		return
	}
	isTest := strings.HasSuffix(rel, "_test.go")
	for _, spec := range parsed.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		target, ours := strings.CutPrefix(imported, module)
		if !ours || isTest && strings.HasSuffix(target, "test") {
			continue
		}
		if why, ok := allowed(path.Dir(rel), target, isTest); !ok {
			t.Errorf("%s must not import %s: %s", rel, target, why)
		}
	}
}

// allowed says whether the package in folder from may import target. A test may
// also import its own package.
func allowed(from, target string, isTest bool) (why string, ok bool) {
	if isTest && target == from {
		return "", true
	}
	for _, rule := range rules {
		if !matches(rule.pattern, from) {
			continue
		}
		for _, may := range rule.may {
			if matches(may, target) {
				return "", true
			}
		}
		return rule.why, false
	}
	return "the package has no rule in internal/layering", false
}

func matches(pattern, pkg string) bool {
	folder, below := strings.CutSuffix(pattern, "/...")
	return pkg == folder || below && strings.HasPrefix(pkg, folder+"/")
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, pkg string
		want         bool
	}{
		{"schema/graph", "schema/graph", true},
		{"schema/graph", "schema/graph/x", false},
		{"router/...", "router/plan", true},
		{"router/...", "router", true},
		{"router/...", "routers", false},
	} {
		if got := matches(c.pattern, c.pkg); got != c.want {
			t.Errorf("matches(%q, %q) = %v", c.pattern, c.pkg, got)
		}
	}
}
