// Package playground is the page on which people write queries: GraphiQL, with
// everything it needs in the binary. Its sources are this folder's npm project,
// which "make playground" builds into dist; a binary that was built without has
// a plain page instead.
package playground

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Config is what the page is told; src/config.ts reads it.
type Config struct {
	// Endpoint is the path of the GraphQL endpoint, relative to the page; empty
	// is "./graphql".
	Endpoint string `json:"endpoint,omitempty"`
	// Title stands in the page's corner; empty is "Playground".
	Title string `json:"title,omitempty"`
	// Query is the text of a new tab; empty is a query that always works.
	Query string `json:"query,omitempty"`
}

//go:embed all:dist
var dist embed.FS

//go:embed fallback
var fallback embed.FS

// Built says whether the full page is in the binary.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

// The pages load nothing from elsewhere, and no other site may frame them; the
// plain one may load GraphiQL's parts, whose hashes it knows.
const (
	policy = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; " +
		"font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	fallbackPolicy = "default-src 'none'; script-src 'self' https://unpkg.com; style-src 'self' 'unsafe-inline' https://unpkg.com; " +
		"font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// Handler serves the page at / and its parts below /assets/.
func Handler(c Config) http.Handler {
	files, csp := sub(dist, "dist"), policy
	if !Built() {
		files, csp = sub(fallback, "fallback"), fallbackPolicy
	}
	page, _ := fs.ReadFile(files, "index.html") // embedded: it is there
	config, _ := json.Marshal(c)                // strings: it cannot fail; "<" is escaped
	page = bytes.Replace(page, []byte(`id="config">{}<`), append(append([]byte(`id="config">`), config...), '<'), 1)
	return &handler{files, page, csp}
}

func sub(files embed.FS, dir string) fs.FS {
	inner, _ := fs.Sub(files, dir) // errs for invalid names only
	return inner
}

type handler struct {
	files  fs.FS
	page   []byte
	policy string
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		header := w.Header()
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", h.policy)
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-cache")
		w.Write(h.page)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/assets/"); ok {
		h.asset(w, r, name)
		return
	}
	http.NotFound(w, r)
}

// types are by file name: the machine's own table may say something else.
var types = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".ttf": "font/ttf",
}

// asset serves a part of the page. Those of dist are stored compressed only, and
// their names change with their contents.
func (h *handler) asset(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Content-Type", types[path.Ext(name)])
	if body, err := fs.ReadFile(h.files, name); err == nil && name != "index.html" {
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(body)
		return
	}
	body, err := fs.ReadFile(h.files, "assets/"+name+".gz")
	if err != nil {
		w.Header().Del("Content-Type")
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(body)
		return
	}
	if plain, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		io.Copy(w, plain)
	}
}
