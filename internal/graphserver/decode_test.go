package graphserver

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// What decode reads is what encoding/json reads.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"query":"{ a }","variables":{"a":[1,-2.5e3,"x\u00e9\n",true,false,null,{}],"b":{"c":[]}},"extensions":{},"operationName":null}`,
		` {"query":"q","query":"r","other":[[[]]]} `, `{"query":1}`, `{"variables":[]}`, `{"query":"q","query":null}`, `{"query":"q","operationName":"o","operationName":"p"}`, `{"query":"q","operationName":"\u0041\n"}`,
		`{"query":"q","variables":{"r":[{"__typename":"A"},{"__typename":"A","__typename":"AB"},{"__typename":["A"]},{"__typename":"A"}]}}`, `[]`, `{`, `{} x`, `{"query":"\ud800"}`, ``,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := decode([]byte(body))
		if err != nil {
			return
		}
		var want map[string]any
		decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			t.Fatalf("encoding/json refuses what decode accepts: %v", err)
		}
		if query := rawjson.Text(got.query); want["query"] != query {
			t.Errorf("query %q, want %q", query, want["query"])
		}
		if name, _ := want["operationName"].(string); name != string(plain(got.operationName)) {
			t.Errorf("operation %q, want %q", got.operationName, name)
		}
		variables, _ := want["variables"].(map[string]any)
		if diff := cmp.Diff(variables, got.variables); diff != "" {
			t.Errorf("variables (-want +got):\n%s", diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(`{"query":"query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { __typename id name } } }",` +
		`"variables":{"representations":[{"__typename":"Product","id":"prd_01jc4zq8mve5xbm3a7n1t6k2wd"},{"__typename":"Product","id":"prd_01jc4zq8mve5xbm3a7n1t6k2we"}]}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
