package contract_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/contract"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// TestContracts composes the subgraphs of an archive (*.graphql) and applies the
// filter: its lines are "include TAG", "exclude TAG" and "keep unreachable". The
// outcome is the API that clients see, or the errors.
func TestContracts(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		sdl, err := contract.Apply(compose(t, c), filter(c.File("filter")))
		if err != nil {
			var errs federation.Errors
			if !errors.As(err, &errs) {
				t.Fatal(err)
			}
			return map[string]string{"errors": errs.Error()}
		}
		s, err := supergraph.Parse(sdl)
		if err != nil {
			t.Fatal(err)
		}
		again, err := contract.Apply(sdl, filter(c.File("filter")))
		if err != nil || again != sdl {
			t.Errorf("applied twice it is another: %v\n%s", err, again)
		}
		var b strings.Builder
		formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(s.API)
		return map[string]string{"api": b.String()}
	}, "api", "errors")
}

func compose(t *testing.T, c *goldentest.Case) string {
	sdls := map[string]string{}
	for _, name := range c.Names() {
		if base, ok := strings.CutSuffix(name, ".graphql"); ok {
			sdls[base] = c.File(name)
		}
	}
	return schematest.SDL(t, sdls)
}

func filter(text string) contract.Filter {
	var f contract.Filter
	for line := range strings.Lines(text) {
		word, tag, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "include":
			f.Include = append(f.Include, tag)
		case "exclude":
			f.Exclude = append(f.Exclude, tag)
		case "keep":
			f.KeepUnreachable = true
		}
	}
	return f
}
