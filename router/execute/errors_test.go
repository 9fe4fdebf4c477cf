package execute_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/executetest"
)

// TestManyErrors holds that what goes wrong in many places is reported often
// enough, and not without bound.
func TestManyErrors(t *testing.T) {
	const schema = `
-- a.graphql --
type Query { list: [T!] }
type T @key(fields: "id") { id: ID! }
-- b.graphql --
type T @key(fields: "id") { id: ID! n: Int! }
`
	var objects, nulls, failing, entities []string
	for i := range 5000 {
		objects = append(objects, fmt.Sprintf(`{"id": "%d"}`, i))
		nulls = append(nulls, "null")
		entities = append(entities, fmt.Sprintf(`{"n": %d}`, i))
		failing = append(failing, fmt.Sprintf(`{"message": "m", "path": ["_entities", %d, "n"]}`, i))
	}
	list := `{"data": {"list": [` + strings.Join(objects, ",") + `]}}`
	for _, c := range []struct {
		name, answer string
		errors       int
		first        string
	}{
		{"every entity fails", `{"data": {"_entities": [` + strings.Join(nulls, ",") + `]}, "errors": [` + strings.Join(failing, ",") + `]}`, 1000, `["list",0,"n"]`},
		{"the fetch fails", `{"data": null}`, 32, `["list",0]`},
		{"no entity is there", `{"data": {"_entities": [` + strings.Join(nulls, ",") + `]}}`, 1, `["list",0,"n"]`},
		{"everything is there, with errors about nothing", `{"data": {"_entities": [` + strings.Join(entities, ",") + `]}, "errors": [` + strings.Repeat(`{},`, 3000) + `{}]}`, 1000, `null`},
	} {
		var response struct {
			Data   any
			Errors []struct{ Path []any }
		}
		body := answered(t, schema, list, c.answer)
		if err := json.Unmarshal(body, &response); err != nil {
			t.Fatal(err)
		}
		if len(response.Errors) != c.errors {
			t.Errorf("%s: %d errors, want %d: %.300s", c.name, len(response.Errors), c.errors, body)
			continue
		}
		if first, _ := json.Marshal(response.Errors[0].Path); string(first) != c.first {
			t.Errorf("%s: the first error is at %s, want %s", c.name, first, c.first)
		}
	}
}

// TestErrorsOfManyObjects holds that errors of very many objects do not cost
// more than the objects: from some step on they have no path.
func TestErrorsOfManyObjects(t *testing.T) {
	const n = 20_000
	const schema = `
-- a.graphql --
type Query { list: [T!] }
type T @key(fields: "id") { id: ID! }
-- b.graphql --
type T @key(fields: "id") { id: ID! n: Int }
`
	var objects, nulls, errors strings.Builder
	for i := range n {
		fmt.Fprintf(&objects, `{"id": "%d"},`, i)
		nulls.WriteString("null,")
	}
	for range 1000 {
		fmt.Fprintf(&errors, `{"message": "m", "path": ["_entities", %d, "n"]},`, n-1)
	}
	body := string(answered(t, schema, `{"data": {"list": [`+strings.TrimSuffix(objects.String(), ",")+`]}}`,
		`{"data": {"_entities": [`+strings.TrimSuffix(nulls.String(), ",")+`]}, "errors": [`+strings.TrimSuffix(errors.String(), ",")+`]}`))
	with := strings.Count(body, fmt.Sprintf(`"path":["list",%d,"n"]`, n-1))
	if all := strings.Count(body, `"message":"m"`); all != 1000 || with < 50 || with > 150 {
		t.Errorf("%d errors, %d of them with a path", all, with)
	}
}

// answered runs { list { n } } on two subgraphs with the answers given.
func answered(t *testing.T, schema, a, b string) []byte {
	t.Helper()
	r := executetest.FromCase(t, goldentest.NewCase(txtar.Parse([]byte(schema))))
	answers, err := executetest.NewAnswers(`{"a": [` + a + `], "b": [` + b + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	r.Transport = answers
	o, err := r.Prepare("{ list { n } }", nil)
	if err != nil {
		t.Fatal(err)
	}
	return o.Run(t.Context())
}
