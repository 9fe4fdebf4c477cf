package mock

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func testHandler(t testing.TB) http.Handler {
	t.Helper()
	schema, err := ParseSubgraph(`
		scalar JSON
		interface Node { id: ID! }
		type Query { hello(name: String = "you", any: JSON): String me: User node: Node }
		type Mutation { change: Int }
		type User implements Node @key(fields: "id") { id: ID! name: String! friends: [User!] }
	`)
	if err != nil {
		t.Fatal(err)
	}
	data, err := ParseFixture([]byte(`{
		"query": {"hello": "hello", "me": {"$ref": "u"}, "node": {"$ref": "u"}},
		"mutation": {"change": 1},
		"entities": {"User": [{"match": {"id": "1"}, "value": {"$ref": "u"}}]},
		"objects": {"u": {"__typename": "User", "id": "1", "name": "Ada", "friends": [{"$ref": "u"}, {"$ref": "u"}]}}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	return Handler(schema, data)
}

func TestHandler(t *testing.T) {
	handler := testHandler(t)
	deep := strings.Repeat("{me", 20_000) + strings.Repeat("}", 20_000)
	for _, c := range []struct {
		name, method, target, contentType, accept, body string
		status                                          int
		answerType, answer                              string // answer: a part of it
	}{
		{"post", "POST", "/", "application/json", "", `{"query":"{hello}"}`, 200, plainJSON, `{"data":{"hello":"hello"}}`},
		{"post with nulls", "POST", "/", "application/json; charset=UTF-8", "*/*", `{"query":"{hello}","variables":null,"operationName":null,"extensions":null}`, 200, plainJSON, `{"data":{"hello":"hello"}}`},
		{"graphql-response", "POST", "/", "application/json", "application/graphql-response+json, application/json;q=0.9", `{"query":"{hello}"}`, 200, responseJSON, `hello`},
		{"request error as json", "POST", "/", "application/json", "application/json", `{"query":"{nope}"}`, 200, plainJSON, `GRAPHQL_VALIDATION_FAILED`},
		{"request error as graphql-response", "POST", "/", "application/json", responseJSON, `{"query":"{nope}"}`, 400, responseJSON, `GRAPHQL_VALIDATION_FAILED`},
		{"get", "GET", "/?query=query($n:String){hello(name:$n)}&variables={%22n%22:%22x%22}", "", "", "", 200, plainJSON, `hello`},
		{"get mutation", "GET", "/?query=mutation{change}", "", "", "", 405, plainJSON, "needs POST"},
		{"get without query", "GET", "/", "", "", "", 400, plainJSON, "no query"},
		{"get bad variables", "GET", "/?query={hello}&variables=[", "", "", "", 400, plainJSON, "variables are not a JSON object"},
		{"put", "PUT", "/", "application/json", "", `{}`, 405, plainJSON, "PUT is not served"},
		{"no content type", "POST", "/", "", "", `{"query":"{hello}"}`, 415, plainJSON, "Content-Type"},
		{"form", "POST", "/", "application/x-www-form-urlencoded", "", `query={hello}`, 415, plainJSON, "Content-Type"},
		{"latin", "POST", "/", "application/json; charset=latin1", "", `{"query":"{hello}"}`, 415, plainJSON, "UTF-8"},
		{"no json", "POST", "/", "application/json", "", `{"query":`, 400, plainJSON, "not a GraphQL request"},
		{"empty", "POST", "/", "application/json", "", ``, 400, plainJSON, "not a GraphQL request"},
		{"two values", "POST", "/", "application/json", "", `{"query":"{hello}"}{}`, 400, plainJSON, "something after"},
		{"list", "POST", "/", "application/json", "", `[{"query":"{hello}"}]`, 400, plainJSON, "not a GraphQL request"},
		{"null", "POST", "/", "application/json", "", `null`, 400, plainJSON, "no query"},
		{"query no string", "POST", "/", "application/json", "", `{"query":1}`, 400, plainJSON, "not a GraphQL request"},
		{"variables no object", "POST", "/", "application/json", "", `{"query":"{hello}","variables":[1]}`, 400, plainJSON, "not a GraphQL request"},
		{"unknown operation", "POST", "/", "application/json", "", `{"query":"query A{hello}","operationName":"B"}`, 200, plainJSON, `has no operation \"B\"`},
		{"deep", "POST", "/", "application/json", "", `{"query":"` + deep + `"}`, 200, plainJSON, `errors`},
		{"deep json", "POST", "/", "application/json", "", `{"query":"{hello}","variables":` + strings.Repeat("[", 1_000_000), 400, plainJSON, `errors`},
		{"no utf-8", "POST", "/", "application/json", "", "{\"query\":\"{hello(name:\\\"\xff\\\")}\"}", 200, plainJSON, `hello`},
		{"nul", "POST", "/", "application/json", "", `{"query":"{hel\u0000lo}"}`, 200, plainJSON, `GRAPHQL_PARSE_FAILED`},
		{"representations", "POST", "/", "application/json", "", `{"query":"query($r:[_Any!]!){_entities(representations:$r){__typename}}","variables":{"r":[{"__typename":"User","id":"1"},1,{},{"__typename":1},{"__typename":"User"}]}}`, 200, plainJSON, `"data":{"_entities":[{"__typename":"User"},null,null,null,null]}`},
		{"null representations", "POST", "/", "application/json", "", `{"query":"query($r:[_Any!]!){_entities(representations:$r){__typename}}","variables":{"r":[null]}}`, 200, plainJSON, `BAD_USER_INPUT`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
			for name, value := range map[string]string{"Content-Type": c.contentType, "Accept": c.accept} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != c.status || w.Header().Get("Content-Type") != c.answerType+"; charset=utf-8" {
				t.Errorf("status %d, %s; want %d, %s", w.Code, w.Header().Get("Content-Type"), c.status, c.answerType)
			}
			if body := w.Body.String(); !json.Valid([]byte(body)) || !strings.Contains(body, c.answer) {
				t.Errorf("%.500s\ndoes not contain %s", body, c.answer)
			}
		})
	}
}

// TestHugeAnswer asks by a small query for more than any memory holds.
func TestHugeAnswer(t *testing.T) {
	query := `{"query":"{me` + strings.Repeat("{friends", 60) + "{name" + strings.Repeat("}", 62) + `"}`
	r := httptest.NewRequest("POST", "/", strings.NewReader(query))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	testHandler(t).ServeHTTP(w, r)
	if body := w.Body.String(); !strings.Contains(body, "the answer is larger than") || strings.Contains(body, "data") {
		t.Errorf("got %.300s", body)
	}
}

func TestHugeBody(t *testing.T) {
	body := io.MultiReader(strings.NewReader(`{"query":"`), io.LimitReader(endless{}, maxBody))
	r := httptest.NewRequest("POST", "/", body)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	testHandler(t).ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// FuzzHandler holds that any body gets well-formed JSON with data, errors or
// both, and that an answer does not depend on the one before.
func FuzzHandler(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{hello}"}`,
		`{"query":"query($a:String!,$j:JSON){hello(name:$a,any:{x:[$j,1.5e3,E]}) me{...F friends{...F}}} fragment F on User{id @include(if:true) x:name}","variables":{"a":"b","j":{"c":null}}}`,
		`{"query":"{__schema{types{name fields{name args{name defaultValue}}}} __type(name:\"User\"){name} node{...on User{id}}}"}`,
		`{"query":"query($r:[_Any!]!){_entities(representations:$r){...on User{id}} _service{sdl}}","variables":{"r":[{"__typename":"User","id":1}]}}`,
		`{"query":"mutation M{change a:change}","operationName":"M"}`,
		`{"query":"{a:hello(name:\"\\u00e9 \\\"\") hello(name:\"\"\"block\n  text\"\"\")}"}`,
	} {
		f.Add([]byte(seed))
	}
	handler := testHandler(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		first, second := post(handler, body), post(handler, body)
		if !bytes.Equal(first, second) {
			t.Errorf("two answers to one request:\n%s\n%s", first, second)
		}
		var answer map[string]json.RawMessage
		if err := json.Unmarshal(first, &answer); err != nil {
			t.Fatalf("%v: %s", err, first)
		}
		if answer["data"] == nil && answer["errors"] == nil {
			t.Errorf("neither data nor errors: %s", first)
		}
	})
}

func post(handler http.Handler, body []byte) []byte {
	r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Body.Bytes()
}
