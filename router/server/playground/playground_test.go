package playground

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(h http.Handler, path string, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// The page, whichever it is, has everything it names, with the type that
// browsers insist on.
func TestThePageIsWhole(t *testing.T) {
	h := Handler(Config{})
	page := get(h, "/", "").Body.String()
	named := regexp.MustCompile(`(?:src|href)="\./(assets/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(named) < 2 {
		t.Fatalf("the page names %d parts:\n%s", len(named), page)
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

// The configuration reaches the page as JSON that cannot end its script
// element.
func TestThePageHasItsConfiguration(t *testing.T) {
	want := Config{Endpoint: "./api", Title: "Shop </script><script>alert(1)</script>", Query: "{ a }"}
	page := get(Handler(want), "/", "").Body.String()
	text := regexp.MustCompile(`(?s)id="config">(.*?)</script>`).FindStringSubmatch(page)
	var got Config
	if text == nil || json.Unmarshal([]byte(text[1]), &got) != nil || got != want {
		t.Errorf("the page is told %q, want %+v", text, want)
	}
}

func TestOnlyThePagesPartsAreServed(t *testing.T) {
	h := Handler(Config{})
	for _, path := range []string{"/assets/", "/assets/index.html", "/assets/README.md.gz", "/assets/../playground.go", "/assets/none.js", "/dist/README.md", "/x"} {
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
	for _, name := range []string{"index.html", "fallback.js", "fallback.css"} {
		if _, err := fs.Stat(fallback, "fallback/"+name); err != nil {
			t.Error(err)
		}
	}
	page, _ := fs.ReadFile(fallback, "fallback/index.html")
	if !strings.Contains(string(page), `id="config">{}<`) {
		t.Error("the plain page has no place for its configuration")
	}
}
