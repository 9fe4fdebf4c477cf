package routertest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/router/routertest/random"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// TestRandomOnCases compares the router with the monolith on made-up data and
// operations for the federations of the router's hand-made cases.
func TestRandomOnCases(t *testing.T) {
	files, err := filepath.Glob("../testdata/cases/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		suite := filepath.Base(filepath.Dir(file))
		switch suite {
		case "corrupted-supergraph-node-id":
			continue // there, an operation may have no plan
		case "context":
			continue // a monolith has no arguments that only subgraphs have
		}
		name := suite + "/" + strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var subgraphs []routertest.Subgraph
			for _, f := range archive.Files {
				name, isSDL := strings.CutSuffix(f.Name, ".graphql")
				name, first := strings.CutSuffix(name, ".fed1")
				sdl := string(f.Data)
				if !isSDL {
					continue
				}
				if !first && !strings.Contains(sdl, "@link") {
					sdl = schematest.Link + sdl
				}
				subgraphs = append(subgraphs, routertest.Subgraph{Name: name, SDL: sdl})
			}
			compareOn(t, subgraphs)
		})
	}
}

func compareOn(t *testing.T, subgraphs []routertest.Subgraph) {
	for i := range subgraphs {
		subgraphs[i].URL = "http://" + subgraphs[i].Name + ".test"
	}
	sdl, err := composed(subgraphs)
	if err != nil {
		t.Fatal(err)
	}
	s, err := supergraph.Parse(sdl)
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for world := range uint64(*worlds) {
		f, err := routertest.NewFederation(subgraphs, random.Fill(s, world), composed, build)
		if err != nil {
			t.Fatal(err)
		}
		for i := range uint64(20) {
			op := random.NewOperation(f.API(), world*100+i)
			if want := f.Expected(t.Context(), op.Query, op.Variables); want.Data == nil {
				continue
			}
			problem := f.Compare(t.Context(), op.Query, op.Variables)
			if strings.HasPrefix(problem, "the order of fields differs") {
				continue // operation.Normalize says where it does
			}
			if problem != "" {
				if failed++; failed <= 3 {
					t.Errorf("world %d: %s\n%s\n%s", world, op.Query, problem, f.Requests())
				}
			}
		}
	}
	if failed > 0 {
		t.Errorf("%d differ", failed)
	}
}
