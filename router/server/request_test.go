package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest sends whatever there is: the answer is always whole, of a type that
// was asked for, and never a fault of ours.
func FuzzRequest(f *testing.F) {
	f.Add("POST", "", "application/json", "*/*", "", `{"query": "{ a }", "variables": {}}`)
	f.Add("GET", "query=%7Ba%7D&variables=%7B%7D", "", "application/graphql-response+json;q=0.5, text/*", "https://x.example", "")
	f.Add("OPTIONS", "", "text/plain;charset=\"", ";q=,", "null", "")
	s := newServer(f, `{"CORS": {"Origins": ["https://shop.example"]}, "MaxBody": 1000}`)
	f.Fuzz(func(t *testing.T, method, query, contentType, accept, origin, body string) {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: "/graphql", RawQuery: query}
		r.Header = http.Header{"Content-Type": {contentType}, "Accept": {accept}, "Origin": {origin}}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusNoContent {
			return
		}
		kind := w.Header().Get("Content-Type")
		if w.Code < 200 || w.Code == 500 || !json.Valid(w.Body.Bytes()) || kind != contentTypes[mediaJSON][0] && kind != contentTypes[mediaGraphQL][0] {
			t.Fatalf("%d %s: %s", w.Code, kind, w.Body)
		}
		if allowed := w.Header().Get("Access-Control-Allow-Origin"); allowed != "" && (allowed != origin || origin != "https://shop.example") {
			t.Fatalf("%q may read answers", allowed)
		}
	})
}
