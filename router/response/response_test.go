package response_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/executetest"
	"github.com/shopgraph/shopgraph/router/response"
)

// prepare makes a case's operation ready: its subgraphs give the answers of
// answers.json.
func prepare(t testing.TB, c *goldentest.Case) *executetest.Operation {
	t.Helper()
	r := executetest.FromCase(t, c)
	answers, err := executetest.NewAnswers(c.File("answers.json"))
	if err != nil {
		t.Fatal(err)
	}
	r.Transport = answers
	o, err := r.Prepare(c.File("query.graphql"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func readable(t testing.TB, body []byte) string {
	t.Helper()
	text, err := executetest.Readable(body)
	if err != nil {
		t.Error(err)
	}
	return text
}

// TestWrite lays operations over what subgraphs answered: one archive is the
// subgraphs' SDLs, their answers and an operation; its output is the response.
func TestWrite(t *testing.T) {
	goldentest.Run(t, "testdata/write", func(t *testing.T, c *goldentest.Case) map[string]string {
		o := prepare(t, c)
		first := readable(t, o.Run(t.Context()))
		if second := readable(t, o.Run(t.Context())); second != first {
			t.Errorf("the second time it is\n%s", second)
		}
		return map[string]string{"response": first}
	}, "response")
}

const errorCase = `
-- a.graphql --
type Query { x: Int @shareable y: Int }
-- b.graphql --
type Query { z: Int @shareable }
-- answers.json --
{"a": [{"data": {"x": null, "y": "wrong"}, "errors": [{"message": "internal address 10.0.0.1", "path": ["x"], "extensions": {"code": "BROKEN", "trace": [1], "service": "other"}}]}]}
-- query.graphql --
{ x y z }
`

// TestPolicy holds what clients see of errors.
func TestPolicy(t *testing.T) {
	c := goldentest.NewCase(txtar.Parse([]byte(errorCase)))
	const redacted = "Subgraph errors redacted"
	for _, test := range []struct {
		name   string
		policy *response.Policy
		// a and b are what is seen of the errors of the two subgraphs.
		a, b string
	}{
		{"all", response.PassAll, `internal address 10.0.0.1 {"code":"BROKEN","service":"a","trace":[1]}`, `subgraph "b" has no answers {"code":"SUBREQUEST_HTTP_ERROR","service":"b"}`},
		{"none", nil, redacted + ` {"code":"DOWNSTREAM_SERVICE_ERROR"}`, redacted + ` {"code":"SUBREQUEST_HTTP_ERROR"}`},
		{"none, but the code", &response.Policy{Default: response.Visibility{Extensions: []string{"code"}}},
			redacted + ` {"code":"BROKEN"}`, redacted + ` {"code":"SUBREQUEST_HTTP_ERROR"}`},
		{"one subgraph's", &response.Policy{Subgraphs: map[string]response.Visibility{"a": {Message: true, Extensions: []string{"service", "trace"}}}},
			`internal address 10.0.0.1 {"code":"DOWNSTREAM_SERVICE_ERROR","service":"a","trace":[1]}`, redacted + ` {"code":"SUBREQUEST_HTTP_ERROR"}`},
		{"all but one subgraph's", &response.Policy{Default: response.Visibility{Message: true}, Subgraphs: map[string]response.Visibility{"a": {}}},
			redacted + ` {"code":"DOWNSTREAM_SERVICE_ERROR"}`, `subgraph "b" has no answers {"code":"SUBREQUEST_HTTP_ERROR"}`},
	} {
		o := prepare(t, c)
		o.Options.Errors = test.policy
		answer := readable(t, o.Run(t.Context()))
		for path, want := range map[string]string{"x": test.a, "z": test.b, "y": `the subgraph answered a string for Query.y, which cannot be Int {"code":"RESPONSE_VALIDATION_FAILED"}`} {
			_, rest, _ := strings.Cut(answer, `["`+path+`"] `)
			message, rest, _ := strings.Cut(rest, "\n    at [{")
			_, rest, _ = strings.Cut(rest, "}] ")
			extensions, _, _ := strings.Cut(rest, "\n")
			if got := message + " " + extensions; got != want {
				t.Errorf("%s: at %s %s, want %s", test.name, path, got, want)
			}
		}
	}
}

const introspectionCase = `
-- a.graphql --
type Query { x: Int }
-- answers.json --
{"a": [{"data": {"x": 1}}]}
-- query.graphql --
{ s: __schema { description } x t: __type(name: "Query") { name } }
`

// TestOptions holds what goes into the answer beside what subgraphs answered.
func TestOptions(t *testing.T) {
	o := prepare(t, goldentest.NewCase(txtar.Parse([]byte(introspectionCase))))
	o.Options.Extensions = []byte(`{"plan":1}`)
	o.Options.Introspection = map[string][]byte{"s": []byte(`{"description":null}`), "t": []byte(`{"name":"Query"}`)}
	result := o.Program.Run(t.Context(), &o.Request)
	defer result.Release()
	for _, c := range []struct {
		name   string
		change func()
		want   string
		errors int
	}{
		{"all", func() {}, `{"data":{"s":{"description":null},"x":1,"t":{"name":"Query"}},"extensions":{"plan":1}}`, 0},
		{"nothing known of a type", func() { delete(o.Options.Introspection, "t") }, `{"data":{"s":{"description":null},"x":1,"t":null},"extensions":{"plan":1}}`, 0},
		{"nothing known of the schema", func() { delete(o.Options.Introspection, "s") },
			`{"data":null,"errors":[{"message":"Cannot return null for non-nullable field Query.__schema.","locations":[{"line":1,"column":3}],"path":["s"],"extensions":{"code":"RESPONSE_VALIDATION_FAILED"}}],"extensions":{"plan":1}}`, 1},
		{"too large", func() { o.Options.MaxBytes = 5 },
			`{"data":null,"errors":[{"message":"the answer would be larger than the router gives: ask for less at a time","extensions":{"code":"RESPONSE_TOO_LARGE"}}],"extensions":{"plan":1}}`, 1},
	} {
		c.change()
		body, errors := o.Projection.Write([]byte("before "), result, &o.Options)
		if string(body) != "before "+c.want || errors != c.errors {
			t.Errorf("%s: %d errors, %s, want %s", c.name, errors, body, c.want)
		}
	}
}

// TestTooLarge holds that an answer is given up when it has become too large,
// not when it is complete.
func TestTooLarge(t *testing.T) {
	o := prepare(t, goldentest.NewCase(txtar.Parse([]byte(`
-- a.graphql --
type Query { list: [T] }
type T { text: String }
-- answers.json --
{"a": [{"data": {"list": [`+strings.Repeat(`{"text": "`+strings.Repeat("x", 1000)+`"},`, 1000)+`null]}}]}
-- query.graphql --
{ list { text } }
`))))
	o.Options.MaxBytes = 10_000
	result := o.Program.Run(t.Context(), &o.Request)
	defer result.Release()
	body, errors := o.Projection.Write(nil, result, &o.Options)
	if errors != 1 || cap(body) > 50_000 || !strings.Contains(string(body), "RESPONSE_TOO_LARGE") {
		t.Errorf("%d errors, %d bytes of memory: %.200s", errors, cap(body), body)
	}
}
