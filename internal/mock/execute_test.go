package mock

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestExecute runs the operations of each archive. schema.graphql or
// subgraph.graphql is the schema, data.json the fixture; every NAME.query (with
// NAME.variables, if there) is executed and must answer NAME.answer.
func TestExecute(t *testing.T) {
	goldentest.Run(t, "testdata/execute", func(t *testing.T, c *goldentest.Case) map[string]string {
		schema, err := ParseSubgraph(c.File("subgraph.graphql"))
		if c.Has("schema.graphql") {
			schema, err = ParseSchema(c.File("schema.graphql"))
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := ParseFixture([]byte(c.File("data.json")))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, file := range c.Names() {
			name, ok := strings.CutSuffix(file, ".query")
			if !ok {
				continue
			}
			request := Request{Query: c.File(file)}
			if c.Has(name + ".variables") {
				if err := decodeJSON([]byte(c.File(name+".variables")), &request.Variables); err != nil {
					t.Fatal(err)
				}
			}
			seen[name+".answer"] = readable(t, Execute(context.Background(), schema, data, request))
		}
		return seen
	})
}

// readable shows a response as lines: each error with its location and path,
// then the data, broken into lines when it is long.
func readable(t *testing.T, r Response) string {
	t.Helper()
	var out bytes.Buffer
	for _, e := range r.Errors {
		fmt.Fprint(&out, "error")
		for _, l := range e.Locations {
			fmt.Fprintf(&out, " %d:%d", l.Line, l.Column)
		}
		if len(e.Path) > 0 {
			fmt.Fprintf(&out, " %v", e.Path)
		}
		fmt.Fprintf(&out, ": %s\n", e.Message)
	}
	if r.Data == nil {
		return out.String()
	}
	out.WriteString("data: ")
	if err := json.Compact(&out, r.Data); err != nil {
		t.Fatalf("the data is no JSON: %v\n%s", err, r.Data)
	}
	if len(r.Data) > 120 {
		out.Truncate(out.Len() - len(r.Data))
		json.Indent(&out, r.Data, "", "  ")
	}
	return out.String() + "\n"
}
