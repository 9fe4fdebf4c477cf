package server

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/coding"
)

// post sends a request's body, in an encoding unless that is "".
func post(t *testing.T, o Options, body []byte, encoding, accept string) *httptest.ResponseRecorder {
	t.Helper()
	o.Router, o.Log = echo{}, slog.New(slog.DiscardHandler)
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for name, value := range map[string]string{"Content-Encoding": encoding, "Accept-Encoding": accept} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var compressed = []coding.Coding{coding.Gzip, coding.Brotli, coding.Zstd}

func TestCompressedAnswers(t *testing.T) {
	large := []byte(`{"query": "` + strings.Repeat("{ a } ", 1000) + `"}`)
	want := post(t, Options{}, large, "", "")
	if h := want.Header(); h.Get("Content-Encoding") != "" || h.Get("Vary") != "" {
		t.Errorf("nobody asked for compression: %v", h)
	}
	for _, c := range compressed {
		w := post(t, Options{}, large, "", c.String())
		h := w.Header()
		if h.Get("Content-Encoding") != c.String() || h.Get("Vary") != "Accept-Encoding" || w.Body.Len() > want.Body.Len()/10 {
			t.Errorf("%s: %d bytes, %v", c, w.Body.Len(), h)
		}
		got, err := coding.Decode(c, w.Body.Bytes(), 1<<20)
		if err != nil || !bytes.Equal(got, want.Body.Bytes()) {
			t.Errorf("%s: %s, %v", c, got, err)
		}
		for name, w := range map[string]*httptest.ResponseRecorder{
			"small": post(t, Options{}, []byte(`{"query": "{ a }"}`), "", c.String()),
			"off":   post(t, Options{NoCompression: true}, large, "", c.String()),
			"other": post(t, Options{}, large, "", "deflate, *;q=0"),
		} {
			if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "" || !strings.HasPrefix(w.Body.String(), `{"data"`) {
				t.Errorf("%s, %s: %d %v", c, name, w.Code, w.Header())
			}
		}
	}
}

// What code generators on an older Node say that they take, they do not all take.
func TestZstdIsNotForNode(t *testing.T) {
	s, err := New(Options{Router: echo{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for agent, want := range map[string]string{"node": "br", "Mozilla/5.0": "zstd", "": "zstd"} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": "`+strings.Repeat("{ a } ", 1000)+`"}`))
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept-Encoding": {"gzip, deflate, br, zstd"}}
		if agent != "" {
			r.Header.Set("User-Agent", agent)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("%q gets %s, want %s", agent, got, want)
		}
	}
}

func TestCompressedRequests(t *testing.T) {
	want := post(t, Options{}, []byte(`{"query": "{ a }"}`), "", "").Body.String()
	for _, c := range compressed {
		packed := coding.Append(nil, c, []byte(`{"query": "{ a }"}`))
		if w := post(t, Options{}, packed, c.String(), ""); w.Body.String() != want {
			t.Errorf("%s: %d %s", c, w.Code, w.Body)
		}
		bomb := coding.Append(nil, c, bytes.Repeat([]byte(" "), 10_000))
		for name, refused := range map[string]struct {
			body     []byte
			encoding string
			limit    int64
			status   int
			code     string
		}{
			"a bomb":       {bomb, c.String(), 5000, http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE"},
			"too large":    {packed, c.String(), 10, http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE"},
			"part of one":  {packed[:len(packed)-3], c.String(), 0, http.StatusBadRequest, "BAD_REQUEST"},
			"another":      {[]byte(`{"query": "{ a }"}`), c.String(), 0, http.StatusBadRequest, "BAD_REQUEST"},
			"twice":        {packed, c.String() + ", " + c.String(), 0, http.StatusUnsupportedMediaType, "INVALID_CONTENT_TYPE_HEADER"},
			"unknown ones": {packed, "compress", 0, http.StatusUnsupportedMediaType, "INVALID_CONTENT_TYPE_HEADER"},
		} {
			w := post(t, Options{MaxBody: refused.limit}, refused.body, refused.encoding, "")
			if w.Code != refused.status || !strings.Contains(w.Body.String(), refused.code) {
				t.Errorf("%s, %s: %d %s", c, name, w.Code, w.Body)
			}
			if w.Code == http.StatusUnsupportedMediaType && w.Header().Get("Accept-Encoding") != coding.Names {
				t.Errorf("%s, %s: %v", c, name, w.Header())
			}
		}
	}
}

// fixed is an Executor that always answers the same.
type fixed struct{ body []byte }

func (f fixed) Execute(context.Context, *router.Request) *router.Response {
	return &router.Response{Body: f.body}
}

// What a whole request costs in the server, with and without compression.
func BenchmarkServer(b *testing.B) {
	body := []byte(`{"data":{"products":[` + strings.Repeat(`{"__typename":"Product","id":"UHJvZHVjdDox","name":"Table","price":{"amount":"12.50"}},`, 40) + `null]}}`)
	s, err := New(Options{Router: fixed{body}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	for _, accept := range []string{"", "gzip", "br", "zstd"} {
		b.Run("accept="+accept, func(b *testing.B) {
			b.ReportAllocs()
			request := strings.NewReader("")
			r := httptest.NewRequest(http.MethodPost, "/graphql", request)
			r.Header.Set("Content-Type", "application/json")
			if accept != "" {
				r.Header.Set("Accept-Encoding", accept)
			}
			for b.Loop() {
				request.Reset(`{"query": "{ products { id name price { amount } } }"}`)
				s.ServeHTTP(sink{}, r)
			}
		})
	}
}

// sink is a ResponseWriter that keeps nothing.
type sink struct{}

func (sink) Header() http.Header         { return http.Header{} }
func (sink) Write(p []byte) (int, error) { return len(p), nil }
func (sink) WriteHeader(int)             {}
