package server

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var bodies = []string{
	`{"query": "{ a }"}`,
	`{"query":"query A($b: Int = 1) { a(b: $b, c: \"\\u00e9\\\"\") }","operationName":"A","variables":{"b":1e3,"c":[null,true,{"d":"\ud83c\udfc3"}]},"extensions":{}}`,
	"\xef\xbb\xbf{}", `{"query":null,"variables":null}`, `{"query":"\ud83c"}`, `{"query":"\ud83cA\udfc3"}`, `[]`, `{"variables":{"":{}}} `,
	`{"query":7}`, `{"a":-0.0e-1}`, `{"a":"\u0000"}`, `{"a":01}`, `{"a":[1,]}`, `{"query":"a","query":"b"}`, "{\"a\":\"\x7f\"}", "{\"a\":\"\xff\"}",
}

// FuzzDecodeBody compares with encoding/json: what one reads the other reads,
// and they read the same.
func FuzzDecodeBody(f *testing.F) {
	for _, body := range bodies {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text := bytes.TrimPrefix(bytes.Clone(body), byteOrderMark)
		got, err := decodeBody(bytes.Clone(body))
		if err != nil {
			if plausible(text) {
				t.Errorf("refused %q: %v", body, err)
			}
			return
		}
		var want struct {
			Query         *string `json:"query"`
			OperationName *string `json:"operationName"`
			Variables     json.RawMessage
			Extensions    json.RawMessage
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("accepted %q, which encoding/json refuses: %v", body, err)
		}
		if strings.Contains(strings.ToLower(string(text)), "\\u") || foldedNames(text) {
			return // encoding/json matches names without regard to case
		}
		for name, pair := range map[string][2]string{
			"query":         {got.Query, orEmpty(want.Query)},
			"operationName": {got.OperationName, orEmpty(want.OperationName)},
			"variables":     {string(got.Variables), string(want.Variables)},
			"extensions":    {string(got.Extensions), string(want.Extensions)},
		} {
			if pair[1] == "null" {
				pair[1] = ""
			}
			if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
				t.Errorf("%s of %q (-encoding/json +ours):\n%s", name, body, diff)
			}
		}
	})
}

// plausible says whether encoding/json reads the text as a request whose names
// are all different and whose values have the right types.
func plausible(text []byte) bool {
	var members map[string]any
	if !utf8.Valid(text) || json.Unmarshal(text, &members) != nil || members == nil || bytes.Count(text, []byte("[")) > 100 || bytes.Count(text, []byte("{")) > 100 {
		return false
	}
	for _, name := range parameters {
		if strings.Count(strings.ToLower(string(text)), strings.ToLower(name)) > 1 || strings.Contains(string(text), `\`) {
			return false
		}
	}
	object := func(v any) bool { _, ok := v.(map[string]any); return ok || v == nil }
	text1 := func(v any) bool { _, ok := v.(string); return ok || v == nil }
	return text1(members["query"]) && text1(members["operationName"]) && object(members["variables"]) && object(members["extensions"])
}

// foldedNames says whether a parameter's name may be written in other case.
func foldedNames(text []byte) bool {
	lower := strings.ToLower(string(text))
	for _, name := range parameters {
		if strings.Count(lower, strings.ToLower(name)) != strings.Count(string(text), name) {
			return true
		}
	}
	return strings.ContainsAny(string(text), "\u017f\u212a") // fold to s and k
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func BenchmarkDecodeBody(b *testing.B) {
	query := strings.Repeat("users { id name reviews { id body product { upc name } } }\n", 20)
	body, err := json.Marshal(map[string]any{"query": "query Big($first: Int!) {\n" + query + "}", "operationName": "Big", "variables": map[string]any{"first": 10, "filter": map[string]any{"name": "x", "tags": []string{"a", "b"}}}})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeBody(body); err != nil {
			b.Fatal(err)
		}
	}
}
