package overview

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/schematest"
)

func TestOverview(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		sdls := map[string]string{}
		for _, name := range c.Names() {
			if subgraph, ok := strings.CutSuffix(name, ".graphqls"); ok {
				sdls[subgraph] = c.File(name)
			}
		}
		text, err := json.MarshalIndent(Of(schematest.Supergraph(t, sdls)), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"overview.json": string(text)}
	}, "overview.json")
}
