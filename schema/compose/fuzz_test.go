package compose_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// FuzzSupergraph composes whatever two texts say. Either there is a supergraph
// that can be read, and that is the same in whatever order the subgraphs are
// given; or there are errors with codes, which can be shown.
func FuzzSupergraph(f *testing.F) {
	seeds(f, func(sources []subgraph.Source) {
		if len(sources) >= 2 {
			f.Add(sources[0].Files[0].SDL, sources[1].Files[0].SDL)
		}
	})
	f.Fuzz(func(t *testing.T, a, b string) {
		sources := []subgraph.Source{subgraph.FromSDL("a", "http://a", a), subgraph.FromSDL("b", "", b)}
		result, err := compose.Supergraph(sources)
		var text strings.Builder
		if err := (report.Text{}).Write(&text, compose.Report(result, err)); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			checkErrors(t, err)
			return
		}
		if _, err := supergraph.Parse(result.SDL); err != nil {
			t.Fatalf("the supergraph cannot be read: %v\n%s", err, result.SDL)
		}
		again, err := compose.Supergraph([]subgraph.Source{sources[1], sources[0]})
		if err != nil || again.SDL != result.SDL {
			t.Fatalf("the other way round it is another: %v\n%s\n%s", err, result.SDL, again.SDL)
		}
	})
}

// checkErrors checks that all errors have codes and words.
func checkErrors(t *testing.T, err error) {
	t.Helper()
	var errs federation.Errors
	if !errors.As(err, &errs) || len(errs) == 0 {
		t.Fatalf("an error without a code: %v", err)
	}
	for _, e := range errs {
		if e.Code == "" || e.Message == "" {
			t.Errorf("an error without code or message: %+v", e)
		}
	}
}

// seeds gives the subgraphs of all archives in testdata.
func seeds(f *testing.F, add func([]subgraph.Source)) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		add(archived(goldentest.NewCase(archive)))
	}
}
