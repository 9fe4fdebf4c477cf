// Package playground are the pages for developers, with everything they need in
// the binary:
//
//	/          GraphiQL, with logins, examples and a picture of the query plan
//	/map       the supergraph map: subgraphs, the keys that join them, who
//	           resolves which field
//	/map.json  what the map shows, see package overview
//
// Their sources are this folder's npm project, which "make playground" builds
// into dist; a binary that was built without has a plain page instead.
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

	"github.com/shopgraph/shopgraph/router/overview"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Config is what the pages are told; src/config.ts reads it.
type Config struct {
	// Endpoint is the path of the GraphQL endpoint, relative to the page; empty
	// is "./graphql".
	Endpoint string `json:"endpoint,omitempty"`
	// Title stands in the page's corner; empty is "Playground".
	Title string `json:"title,omitempty"`
	// Query is the text of a new tab, and what the plain page begins with; empty
	// is a query that always works.
	Query string `json:"query,omitempty"`
	// Examples are queries to try. The full page begins with the first.
	Examples []Example `json:"examples,omitempty"`
	// Login lets people log in by choosing an account; nil where there is none to
	// be told of.
	Login *Login `json:"login,omitempty"`
}

// Example is a saved query.
type Example struct {
	Name string `json:"name"`
	// About says in a few words what there is to see.
	About     string         `json:"about"`
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables,omitempty"`
	// Account is the name of the one to log in with; empty for nobody.
	Account string `json:"account,omitempty"`
}

// Login is how the page gets a token to send.
type Login struct {
	// Query is the operation that logs in; it takes an account's variables.
	Query string `json:"query"`
	// Token and Expires lead to the token in the answer's data, and to the time
	// when it ends.
	Token    []string  `json:"token"`
	Expires  []string  `json:"expires"`
	Accounts []Account `json:"accounts"`
}

// Account is one that everybody may know of.
type Account struct {
	Name      string         `json:"name"`
	Role      string         `json:"role"`
	Variables map[string]any `json:"variables"`
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

// Handler serves the pages, and their parts below /assets/. current returns the
// supergraph in use.
func Handler(c Config, current func() *supergraph.Supergraph) http.Handler {
	files, csp := sub(dist, "dist"), policy
	if !Built() {
		files, csp = sub(fallback, "fallback"), fallbackPolicy
	}
	return &handler{files, csp, c, current}
}

func sub(files embed.FS, dir string) fs.FS {
	inner, _ := fs.Sub(files, dir) // errs for invalid names only
	return inner
}

type handler struct {
	files   fs.FS
	policy  string
	config  Config
	current func() *supergraph.Supergraph
}

// pages are files by path.
var pages = map[string]string{"/": "index.html", "/map": "map.html"}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, ok := pages[r.URL.Path]; ok {
		h.page(w, name)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/assets/"); ok {
		h.asset(w, r, name)
		return
	}
	if r.URL.Path == "/map.json" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		json.NewEncoder(w).Encode(overview.Of(h.current())) // an error means that the client is gone
		return
	}
	http.NotFound(w, r)
}

// told is everything that a page is told.
type told struct {
	Config
	// Subgraphs are the names, in the order of their colours.
	Subgraphs []string `json:"subgraphs"`
}

func (h *handler) page(w http.ResponseWriter, name string) {
	page, _ := fs.ReadFile(h.files, name) // embedded: it is there
	t := told{Config: h.config}
	for _, s := range h.current().Subgraphs {
		t.Subgraphs = append(t.Subgraphs, s.Name)
	}
	config, _ := json.Marshal(t) // strings: it cannot fail; "<" is escaped
	page = bytes.Replace(page, []byte(`id="config">{}<`), append(append([]byte(`id="config">`), config...), '<'), 1)
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", h.policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-cache")
	w.Write(page)
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
	if body, err := fs.ReadFile(h.files, name); err == nil && path.Ext(name) != ".html" {
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
