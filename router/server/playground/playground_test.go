package playground

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/router/overview"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// handlerOf serves the pages of a small supergraph.
func handlerOf(t *testing.T, c Config) http.Handler {
	t.Helper()
	s := schematest.Supergraph(t, map[string]string{"stock": "type Query { inStock: Boolean }", "names": "type Query { name: String }"})
	return Handler(c, func() *supergraph.Supergraph { return s })
}

func get(h http.Handler, path string, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// The pages, whichever they are, have everything they name, with the type that
// browsers insist on.
func TestThePagesAreWhole(t *testing.T) {
	h := handlerOf(t, Config{})
	text := get(h, "/", "").Body.String() + get(h, "/map", "").Body.String()
	named := regexp.MustCompile(`(?:src|href)="\./(assets/[^"]+)"`).FindAllStringSubmatch(text, -1)
	if len(named) < 3 {
		t.Fatalf("the pages name %d parts:\n%s", len(named), text)
	}
	for _, name := range named {
		for _, encoding := range []string{"gzip, br", ""} {
			answer := get(h, "/"+name[1], encoding)
			kind := answer.Header().Get("Content-Type")
			if answer.Code != http.StatusOK || answer.Body.Len() == 0 || !strings.HasPrefix(kind, "text/javascript") && !strings.HasPrefix(kind, "text/css") {
				t.Errorf("%s: %d, %q, %d bytes", name[1], answer.Code, kind, answer.Body.Len())
			}
			if zipped := answer.Header().Get("Content-Encoding") == "gzip"; zipped && encoding == "" {
				t.Errorf("%s is compressed for a client that cannot read that", name[1])
			}
		}
	}
}

// The configuration reaches the pages as JSON that cannot end its script element.
func TestThePagesHaveTheirConfiguration(t *testing.T) {
	config := Config{
		Endpoint: "./api", Title: "Shop </script><script>alert(1)</script>", Query: "{ a }",
		Examples: []Example{{Name: "A", Query: "{ b }", Variables: map[string]any{"c": "</script>"}}},
		Login:    &Login{Query: "mutation { d }", Accounts: []Account{{Name: "E"}}},
	}
	want := told{Config: config, Subgraphs: []string{"names", "stock"}}
	for _, path := range []string{"/", "/map"} {
		page := get(handlerOf(t, config), path, "").Body.String()
		text := regexp.MustCompile(`(?s)id="config">(.*?)</script>`).FindStringSubmatch(page)
		if text == nil {
			t.Fatalf("%s is told nothing:\n%s", path, page)
		}
		var got told
		if err := json.Unmarshal([]byte(text[1]), &got); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s is told (-want +got):\n%s", path, diff)
		}
	}
}

func TestWhatTheMapShows(t *testing.T) {
	answer := get(handlerOf(t, Config{}), "/map.json", "")
	var got overview.Overview
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []overview.Subgraph{{Name: "names", URL: "http://names"}, {Name: "stock", URL: "http://stock"}}
	if diff := cmp.Diff(want, got.Subgraphs); diff != "" || len(got.Types) != 1 {
		t.Errorf("subgraphs (-want +got):\n%s\n%s", diff, answer.Body)
	}
}

func TestOnlyThePagesPartsAreServed(t *testing.T) {
	h := handlerOf(t, Config{})
	for _, path := range []string{"/assets/", "/assets/index.html", "/assets/map.html", "/assets/README.md.gz", "/assets/../playground.go", "/assets/none.js", "/dist/README.md", "/x"} {
		if answer := get(h, path, ""); answer.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	if policy := get(h, "/", "").Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy: %s", policy)
	}
}

// The plain page is there whatever was built.
func TestTheFallbackIsThere(t *testing.T) {
	for _, name := range []string{"fallback.js", "fallback.css"} {
		if _, err := fs.Stat(fallback, "fallback/"+name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range pages {
		page, err := fs.ReadFile(fallback, "fallback/"+name)
		if err != nil || !strings.Contains(string(page), `id="config">{}<`) {
			t.Errorf("the plain %s: %v; or it has no place for its configuration", name, err)
		}
	}
}
