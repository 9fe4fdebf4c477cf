package compose_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// TestGolden composes the *.graphql files of each archive, one subgraph each (or
// one for each folder), and compares what people see: "errors", or "hints" and
// "supergraph.graphql" without the definitions that every supergraph has.
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		return seen(t, archived(c))
	}, "errors", "hints", "supergraph.graphql")
}

func archived(c *goldentest.Case) []subgraph.Source {
	var out []subgraph.Source
	for _, file := range c.Names() {
		if path.Ext(file) != ".graphql" || file == "supergraph.graphql" {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimSuffix(file, ".graphql"), "/")
		part := subgraph.File{Name: file, SDL: c.File(file)}
		if i := slices.IndexFunc(out, func(s subgraph.Source) bool { return s.Name == name }); i >= 0 {
			out[i].Files = append(out[i].Files, part)
		} else {
			out = append(out, subgraph.Source{Name: name, URL: "http://" + name, Files: []subgraph.File{part}})
		}
	}
	return out
}

// seen is what composing shows.
func seen(t *testing.T, sources []subgraph.Source) map[string]string {
	t.Helper()
	result, err := compose.Supergraph(sources)
	if err != nil {
		var b strings.Builder
		if err := (report.Text{}).Write(&b, compose.Report(nil, err)); err != nil {
			t.Fatal(err)
		}
		return map[string]string{"errors": b.String()}
	}
	out := map[string]string{"supergraph.graphql": withoutSpecifications(result.SDL)}
	var hints strings.Builder
	for _, h := range result.Hints {
		fmt.Fprintf(&hints, "%s[%s] %s: %s\n", h.Level, h.Code, h.Coordinate, h.Message)
	}
	if hints.Len() > 0 {
		out["hints"] = hints.String()
	}
	return out
}

var specDefinition = regexp.MustCompile(`^(directive @(join__|link\()|scalar (join__|link__)|enum link__|input join__)`)

// withoutSpecifications drops the definitions of the join and link
// specifications, which are the same in all supergraphs.
func withoutSpecifications(text string) string {
	var kept []string
	skip := false
	for _, block := range strings.Split(text, "\n\n") {
		if skip { // the rest of enum link__Purpose, which has a blank line
			skip = false
			continue
		}
		if specDefinition.MatchString(block) {
			skip = strings.HasPrefix(block, "enum link__Purpose")
			continue
		}
		kept = append(kept, strings.TrimSuffix(block, "\n"))
	}
	return strings.Join(kept, "\n\n") + "\n"
}
