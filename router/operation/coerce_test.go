package operation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// TestCoerce reads schema.graphql, query.graphql and cases, a request's variables
// on each line, and expects the coerced values or the errors for each.
func TestCoerce(t *testing.T) {
	goldentest.Run(t, "testdata/coerce", func(t *testing.T, c *goldentest.Case) map[string]string {
		p := NewParser(loadSchema(t, c.File("schema.graphql")), Options{Suggestions: true})
		doc, errs := p.Parse(c.File("query.graphql"))
		if errs != nil {
			t.Fatal(errs)
		}
		def, errs := doc.Operation("")
		if errs != nil {
			t.Fatal(errs)
		}
		var out strings.Builder
		for line := range strings.Lines(c.File("cases")) {
			line = strings.TrimSpace(line)
			fmt.Fprintf(&out, "%s\n", line)
			vars, errs := def.Coerce([]byte(line))
			for _, e := range errs {
				fmt.Fprintf(&out, "  %s: %s\n", e.Code, e.Message)
			}
			if errs == nil {
				describeVariables(&out, vars, line)
			}
		}
		return map[string]string{"coerced": out.String()}
	}, "coerced")
}

func describeVariables(out *strings.Builder, vars Variables, line string) {
	for _, v := range vars.definition.Variables() {
		value, ok := vars.Lookup(v.Name)
		switch {
		case !ok:
			fmt.Fprintf(out, "  $%s is absent\n", v.Name)
		case strings.Contains(line, string(value)):
			fmt.Fprintf(out, "  $%s = %s\n", v.Name, value)
		default:
			fmt.Fprintf(out, "  $%s = %s (changed)\n", v.Name, value)
		}
	}
	if key := vars.Key(); key.Conditions != "" {
		fmt.Fprintf(out, "  key %08b\n", []byte(key.Conditions))
	}
}

const fuzzedOperation = `query ($i: Int, $n: Float!, $s: [String!], $ids: [[ID!]!]!, $b: Boolean! = true, $c: Color, $any: Any, $in: In = {n: 1}, $by: By) {
	f(i: $i, n: $n, s: $s, ids: $ids, c: $c, any: $any, in: $in, by: $by) @skip(if: $b)
}`

const fuzzedSchema = `
type Query { f(i: Int, n: Float!, s: [String!], ids: [[ID!]!]!, c: Color, any: Any, in: In, by: By): Int }
enum Color { RED GREEN }
scalar Any
input In { n: Int! = 3  in: [In!]  by: By  c: [Color] any: Any }
input By @oneOf { id: ID  in: In }
`

// FuzzCoerce checks that coerced values are JSON, and that coercing them again
// changes nothing.
func FuzzCoerce(f *testing.F) {
	for _, raw := range []string{
		``, `null`, `{}`, `[]`, `{"n":1,"ids":1}`,
		`{"n":1.5,"ids":[[1,"a"],2],"i":5.0,"s":"x","b":false,"c":"RED","any":{"x":[1]},"in":{"in":{"n":1e2},"by":{"id":3}},"by":{"in":{}}}`,
		`{"n":1,"ids":[],"by":{"id":1,"in":null}}`, `{"n":1,"ids":[null]}`, `{"n":1,"n":2,"ids":[]}`,
	} {
		f.Add([]byte(raw))
	}
	p := NewParser(loadSchema(f, fuzzedSchema), Options{})
	doc, errs := p.Parse(fuzzedOperation)
	if errs != nil {
		f.Fatal(errs)
	}
	def, _ := doc.Operation("")
	f.Fuzz(func(t *testing.T, raw []byte) {
		vars, errs := def.Coerce(raw)
		if errs != nil {
			list(errs)
			return
		}
		object := map[string]json.RawMessage{}
		for i, v := range def.Variables() {
			if value := vars.Raw(i); value != nil {
				object[v.Name] = value
			}
		}
		again, err := json.Marshal(object)
		if err != nil {
			t.Fatalf("%q was coerced to something that is not JSON: %v", raw, err)
		}
		twice, errs := def.Coerce(again)
		if errs != nil {
			t.Fatalf("%s was coerced to %s, which is refused: %v", raw, again, errs)
		}
		for name, value := range object {
			if got, _ := twice.Lookup(name); !bytes.Equal(got, marshalled(t, value)) {
				t.Fatalf("$%s: coerced once to %s, twice to %s", name, value, got)
			}
		}
		vars.Key().Normalize()
	})
}

func marshalled(t *testing.T, value json.RawMessage) []byte {
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
