// Package schematest makes supergraphs for tests.
package schematest

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Link is what a schema without a @link of its own is given, so that tests can
// leave it out.
const Link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@override", "@inaccessible", "@interfaceObject", "@tag"])
`

// Supergraph composes the subgraphs, SDLs by name, and reads the result. A
// subgraph's URL is http://NAME.
func Supergraph(t testing.TB, sdls map[string]string) *supergraph.Supergraph {
	t.Helper()
	s, err := supergraph.Parse(SDL(t, sdls))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// SDL is Supergraph's document.
func SDL(t testing.TB, sdls map[string]string) string {
	t.Helper()
	var sources []subgraph.Source
	for name, sdl := range sdls {
		if !strings.Contains(sdl, "@link") {
			sdl = Link + sdl
		}
		sources = append(sources, subgraph.FromSDL(name, "http://"+name, sdl))
	}
	composed, err := compose.Supergraph(sources)
	if err != nil {
		t.Fatal(err)
	}
	return composed.SDL
}
