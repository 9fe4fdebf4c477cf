package operation

import (
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
