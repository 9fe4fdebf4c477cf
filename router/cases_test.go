package router

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

var supergraphs = flag.String("supergraphs", "", "a folder of supergraphs by another composer, <suite>/<case>.graphql: TestCases runs on these")

// TestCases runs the cases in testdata/cases. Each is a federation: the SDLs
// (those named *.fed1.graphql are of Federation 1, the others get a @link if they
// have none), what the subgraphs answer (mock.Fixtures), with errors where they
// must not be asked, and operations NAME.query, some with NAME.variables. What
// must be answered, NAME.answer, was worked out by hand from the specifications:
// the data, whether there are errors, and how many requests a good plan needs.
func TestCases(t *testing.T) {
	const dir = "testdata/cases"
	files, err := filepath.Glob(dir + "/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", dir, err)
	}
	for _, file := range files {
		name, _ := filepath.Rel(dir, strings.TrimSuffix(file, ".txtar"))
		t.Run(filepath.ToSlash(name), func(t *testing.T) { runCase(t, file, name) })
	}
}

func runCase(t *testing.T, file, name string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := goldentest.NewCase(archive)
	fixtures, err := mock.ParseFixtures([]byte(c.File("data.json")))
	if err != nil {
		t.Fatal(err)
	}
	network := &subgraphtest.Network{}
	sdl := serveCase(t, c, fixtures, network)
	if *supergraphs != "" {
		text, err := os.ReadFile(filepath.Join(*supergraphs, name+".graphql"))
		if err != nil {
			t.Fatal(err)
		}
		sdl = string(text)
	}
	router, err := build(sdl, network)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range c.Names() {
		if name, ok := strings.CutSuffix(file, ".query"); ok {
			t.Run(name, func(t *testing.T) {
				fixtures.Reset()
				network.Reset()
				runOperation(t, c, name, router, network)
			})
		}
	}
}

// serveCase puts the case's subgraphs on the network and composes them.
func serveCase(t *testing.T, c *goldentest.Case, fixtures *mock.Fixtures, network *subgraphtest.Network) (supergraph string) {
	t.Helper()
	var sources []subgraph.Source
	for _, file := range c.Names() {
		name, ok := strings.CutSuffix(file, ".graphql")
		if !ok {
			continue
		}
		sdl := c.File(file)
		name, first := strings.CutSuffix(name, ".fed1")
		if !first && !strings.Contains(sdl, "@link") {
			sdl = schematest.Link + sdl
		}
		schema, err := mock.ParseSubgraph(sdl)
		if err != nil {
			t.Fatalf("subgraph %q: %v", name, err)
		}
		url := "http://" + name + ".test/graphql"
		if err := network.Handle(name, url, mock.Handler(schema, fixtures.Subgraph(name))); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, subgraph.FromSDL(name, url, sdl))
	}
	composed, err := compose.Supergraph(sources)
	if err != nil {
		t.Fatal(err)
	}
	return composed.SDL
}

// expected is what a NAME.answer file holds.
type expected struct {
	Requests int
	Data     json.RawMessage
	// Errors says whether there must be errors, or must not.
	Errors bool
}

func runOperation(t *testing.T, c *goldentest.Case, name string, router routertest.Router, network *subgraphtest.Network) {
	t.Helper()
	var want expected
	decoder := json.NewDecoder(strings.NewReader(c.File(name + ".answer")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&want); err != nil {
		t.Fatalf("%s.answer: %v", name, err)
	}
	var variables map[string]any
	if c.Has(name + ".variables") {
		if err := json.Unmarshal([]byte(c.File(name+".variables")), &variables); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	answer := router(ctx, c.File(name+".query"), variables)
	var got struct {
		Data   json.RawMessage
		Errors []json.RawMessage
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	if diff := cmp.Diff(indented(t, want.Data), indented(t, got.Data)); diff != "" || want.Errors != (len(got.Errors) > 0) {
		t.Errorf("%s\ndata (-expected +got):\n%s\nerrors, expected: %v, got: %s\n%s", c.File(name+".query"), diff, want.Errors, got.Errors, routertest.Requests(network))
	}
	if sent := len(network.Sent()); sent > want.Requests {
		t.Errorf("%d requests, a good plan needs %d:\n%s", sent, want.Requests, routertest.Requests(network))
	}
}

// indented is a JSON value for comparison, the order of fields included; null
// when there is none.
func indented(t *testing.T, value json.RawMessage) string {
	t.Helper()
	if value == nil {
		return "null"
	}
	var out bytes.Buffer
	if err := json.Indent(&out, value, "", "  "); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
