package executetest

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// Compose is a routertest.Compose.
func Compose(subgraphs []routertest.Subgraph) (string, error) {
	var sources []subgraph.Source
	for _, g := range subgraphs {
		sources = append(sources, subgraph.FromSDL(g.Name, g.URL, g.SDL))
	}
	composed, err := compose.Supergraph(sources)
	if err != nil {
		return "", err
	}
	return composed.SDL, nil
}

// FromCase makes a router of a test case's files: every file NAME.graphql but
// query.graphql is the SDL of the subgraph NAME.
func FromCase(t testing.TB, c *goldentest.Case) *Router {
	t.Helper()
	sdls := map[string]string{}
	for _, file := range c.Names() {
		if name, ok := strings.CutSuffix(file, ".graphql"); ok && name != "query" {
			sdls[name] = c.File(file)
		}
	}
	return newRouter(schematest.Supergraph(t, sdls))
}

// SDL returns the SDL of a case's subgraph, as FromCase composed it.
func SDL(c *goldentest.Case, name string) string {
	sdl := c.File(name + ".graphql")
	if !strings.Contains(sdl, "@link") {
		sdl = schematest.Link + sdl
	}
	return sdl
}
