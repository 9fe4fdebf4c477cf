package persisted

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/cache"
)

// echo answers with the document that it gets, and refuses what has "bad" in it.
type echo struct{}

func (echo) Execute(_ context.Context, r *router.Request) *router.Response {
	if strings.Contains(r.Query, "bad") {
		return &router.Response{Refused: "GRAPHQL_VALIDATION_FAILED", Body: []byte("bad")}
	}
	return &router.Response{Body: []byte("ran " + r.Query)}
}

// manifests are in testdata: an Apollo manifest and a Relay one.
func manifests(t testing.TB) *Documents {
	t.Helper()
	var d Documents
	for _, name := range []string{"apollo.json", "relay.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	return &d
}

func automatic(document, hash string) router.Request {
	return router.Request{Query: document, Extensions: []byte(`{"clientLibrary": {"name": "x"}, "persistedQuery": {"version": 1, "sha256Hash": "` + hash + `"}}`)}
}

const (
	other   = "query Other { other }"
	product = "query Product($id: ID!) {\n  product(id: $id) {\n    name\n  }\n}" // of apollo.json
	shorter = "query  Product($id:ID!){product(id:$id){name}} # the same"
	viewer  = "query Viewer { viewer { id } }" // of relay.json
)

// Each mode and each way to name or send a document.
func TestModes(t *testing.T) {
	ways := []struct {
		name    string
		request router.Request
		// want is the answer by mode: what runs, or why it is refused.
		want [4]string
	}{
		{"nothing", router.Request{}, [4]string{"ran ", "ran ", "ran ", "ran "}},
		{"a document", router.Request{Query: other}, [4]string{"ran " + other, "ran " + other, "QUERY_NOT_IN_SAFELIST", "PERSISTED_QUERY_ID_REQUIRED"}},
		{"one of Apollo's", router.Request{Query: product}, [4]string{"ran " + product, "ran " + product, "ran " + product, "PERSISTED_QUERY_ID_REQUIRED"}},
		{"the same, laid out anew", router.Request{Query: shorter}, [4]string{"ran " + shorter, "ran " + shorter, "ran " + shorter, "PERSISTED_QUERY_ID_REQUIRED"}},
		{"one of Relay's", router.Request{Query: viewer}, [4]string{"ran " + viewer, "ran " + viewer, "ran " + viewer, "PERSISTED_QUERY_ID_REQUIRED"}},
		{"no GraphQL", router.Request{Query: `"`}, [4]string{`ran "`, `ran "`, "QUERY_NOT_IN_SAFELIST", "PERSISTED_QUERY_ID_REQUIRED"}},
		{"Apollo's id", automatic("", "product-1"), [4]string{"PersistedQueryNotSupported", "ran " + product, "ran " + product, "ran " + product}},
		{"Apollo's hash", automatic("", hashOf(product)), [4]string{"PersistedQueryNotFound", "ran " + product, "ran " + product, "ran " + product}},
		{"Relay's id", router.Request{DocumentID: "viewer-1"}, [4]string{"PersistedQueryNotSupported", "ran " + viewer, "ran " + viewer, "ran " + viewer}},
		{"a hash by documentId", router.Request{DocumentID: "sha256:" + hashOf(viewer)}, [4]string{"PersistedQueryNotFound", "ran " + viewer, "ran " + viewer, "ran " + viewer}},
		{"an unknown id", router.Request{DocumentID: "x"}, [4]string{"PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_IN_LIST", "PERSISTED_QUERY_NOT_IN_LIST", "PERSISTED_QUERY_NOT_IN_LIST"}},
		{"an unknown hash", automatic("", hashOf(other)), [4]string{"PersistedQueryNotFound", "PersistedQueryNotFound", "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_IN_LIST"}},
		{"a document and its hash", automatic(other, hashOf(other)), [4]string{"ran " + other, "ran " + other, "QUERY_NOT_IN_SAFELIST", "CANNOT_SEND_PQ_ID_AND_BODY"}},
		{"the hash alone afterwards", automatic("", hashOf(other)), [4]string{"ran " + other, "ran " + other, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_IN_LIST"}},
		{"another's hash", automatic(other, hashOf(viewer)), [4]string{"PERSISTED_QUERY_HASH_MISMATCH", "PERSISTED_QUERY_HASH_MISMATCH", "PERSISTED_QUERY_HASH_MISMATCH", "CANNOT_SEND_PQ_ID_AND_BODY"}},
		{"a document and an id", router.Request{Query: viewer, DocumentID: "viewer-1"}, [4]string{"CANNOT_SEND_PQ_ID_AND_BODY", "CANNOT_SEND_PQ_ID_AND_BODY", "CANNOT_SEND_PQ_ID_AND_BODY", "CANNOT_SEND_PQ_ID_AND_BODY"}},
		{"one client's id", router.Request{DocumentID: "own-1", Client: "web/2.0"}, [4]string{"PersistedQueryNotSupported", "ran query Own { web }", "ran query Own { web }", "ran query Own { web }"}},
		{"another client's id", router.Request{DocumentID: "own-1", Client: "app"}, [4]string{"PersistedQueryNotSupported", "ran query Own { app }", "ran query Own { app }", "ran query Own { app }"}},
		{"a client's id of anyone", router.Request{DocumentID: "own-1"}, [4]string{"PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_IN_LIST", "PERSISTED_QUERY_NOT_IN_LIST", "PERSISTED_QUERY_NOT_IN_LIST"}},
	}
	for mode, name := range Modes {
		s := New(echo{}, Options{Automatic: DefaultAutomatic, Mode: Mode(mode), Log: slog.New(slog.DiscardHandler)})
		if Mode(mode) != Off {
			s.Trust(manifests(t))
		}
		for _, way := range ways {
			request := way.request
			if got := string(s.Execute(t.Context(), &request).Body); !strings.Contains(got, way.want[mode]) {
				t.Errorf("%s, %s: %s, want %s", name, way.name, got, way.want[mode])
			}
		}
	}
}

func TestAutomatic(t *testing.T) {
	s := New(echo{}, Options{Automatic: cache.Bounds{Entries: 2}})
	run := func(r router.Request) string { return string(s.Execute(t.Context(), &r).Body) }
	if got := run(automatic("", hashOf(other))); got != `{"data":null,"errors":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}` {
		t.Errorf("answer %s", got)
	}
	bad := "{ bad }"
	if got := run(automatic(bad, hashOf(bad))); got != "bad" {
		t.Errorf("answer %s", got)
	}
	if got := run(automatic("", hashOf(bad))); !strings.Contains(got, "PersistedQueryNotFound") {
		t.Errorf("what cannot be run is remembered: %s", got)
	}
	// What is remembered outlives the request's memory.
	text := []byte(other)
	request := automatic(string(text), hashOf(other))
	s.Execute(t.Context(), &request)
	for range 3 {
		if got := run(automatic("", hashOf(other))); got != "ran "+other {
			t.Errorf("answer %s", got)
		}
	}
	for _, document := range []string{"{ a }", "{ b }"} {
		run(automatic(document, hashOf(document)))
	}
	if got := run(automatic("", hashOf(other))); !strings.Contains(got, "PersistedQueryNotFound") {
		t.Errorf("more than two are remembered: %s", got)
	}
	none := New(echo{}, Options{})
	request = automatic(other, hashOf(other))
	if got := string(none.Execute(t.Context(), &request).Body); got != "ran "+other {
		t.Errorf("a document with its hash, where none is registered: %s", got)
	}
	request = automatic("", hashOf(other))
	if got := none.Execute(t.Context(), &request); got.Refused != CodeNotSupported {
		t.Errorf("answer %s", got.Body)
	}
}

// A document that is not trusted stands in the log once.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	s := New(echo{}, Options{Mode: Log, Trusted: manifests(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, document := range []string{other, product, other, "{ b }", shorter} {
		s.Execute(t.Context(), &router.Request{Query: document, Client: "web/1", OperationName: "Other"})
	}
	if n := strings.Count(log.String(), "a document is not trusted"); n != 2 || !strings.Contains(log.String(), hashOf(other)) || !strings.Contains(log.String(), "client=web/1") {
		t.Errorf("%d lines in the log:\n%s", n, &log)
	}
}

func TestReferencesThatAreWrong(t *testing.T) {
	s := New(echo{}, Options{Automatic: DefaultAutomatic})
	extensions := func(text string) router.Request { return router.Request{Extensions: []byte(text)} }
	for _, c := range []struct {
		request router.Request
		want    string
	}{
		{extensions(`{"persistedQuery": 1}`), "must be an object"},
		{extensions(`{"persistedQuery": {}}`), "version must be 1"},
		{extensions(`{"persistedQuery": {"version": 2, "sha256Hash": "a"}}`), "version must be 1"},
		{extensions(`{"persistedQuery": {"version": 1}}`), "sha256Hash must be a text"},
		{extensions(`{"persistedQuery": {"version": 1, "sha256Hash": 7}}`), "sha256Hash must be a text"},
		{extensions(`{"persistedQuery": {"version": 1, "sha256Hash": ""}}`), "sha256Hash must be a text"},
		{extensions(`{"persistedQuery": {"version": 1, "sha256Hash": "` + strings.Repeat("a", 2000) + `"}}`), "sha256Hash must be a text"},
		{extensions(`{"persistedQuery": null}`), "ran"},
		{router.Request{DocumentID: strings.Repeat("a", 2000)}, "longer than 1000 bytes"},
		{router.Request{DocumentID: "sha256:abc"}, "is not a SHA-256"},
		{router.Request{DocumentID: "a", Extensions: []byte(`{"persistedQuery": {"version": 1, "sha256Hash": "b"}}`)}, "names two documents"},
	} {
		if got := string(s.Execute(t.Context(), &c.request).Body); !strings.Contains(got, c.want) {
			t.Errorf("%s %.100s: %s, want %s", c.request.Extensions, c.request.DocumentID, got, c.want)
		}
	}
}

func TestManifestsThatAreWrong(t *testing.T) {
	for manifest, want := range map[string]string{
		`[]`: "neither Apollo's nor Relay's",
		``:   "neither Apollo's nor Relay's",
		`{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}`:                            "version 2",
		`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "", "body": "{ a }"}]}`: "which must have 1 to 1000 bytes",
		`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a", "body": "{ a"}]}`:  `the document "a" is not GraphQL`,
		`{"format": "other", "version": 1}`: `the format "other"`,
		`{"a": 1}`:                          "neither Apollo's nor Relay's",
		`{"a": "}"}`:                        `the document "a" is not GraphQL`,
	} {
		if err := new(Documents).Add([]byte(manifest)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", manifest, err, want)
		}
	}
	d := manifests(t)
	if err := d.Add([]byte(`{"viewer-1": "{ other }"}`)); err == nil || !strings.Contains(err.Error(), `two documents have the id "viewer-1"`) {
		t.Errorf("another document with a known id: %v", err)
	}
	if d.Len() != 4 {
		t.Errorf("%d documents", d.Len())
	}
}

// FuzzExecute: nothing that a client sends runs but what is trusted.
func FuzzExecute(f *testing.F) {
	trusted := manifests(f)
	s := New(echo{}, Options{Automatic: DefaultAutomatic, Mode: Allow, Trusted: trusted})
	f.Add(product, "", []byte(`{"persistedQuery":{"version":1,"sha256Hash":"product-1"}}`))
	f.Add(shorter, "sha256:"+hashOf(viewer), []byte(`{}`))
	f.Add("", "viewer-1", []byte(nil))
	f.Fuzz(func(t *testing.T, query, id string, extensions []byte) {
		if !bytes.HasPrefix(extensions, []byte("{")) || !bytes.HasSuffix(extensions, []byte("}")) || !json.Valid(extensions) {
			extensions = nil
		}
		answer := s.Execute(t.Context(), &router.Request{Query: query, DocumentID: id, Extensions: extensions})
		if text, ran := strings.CutPrefix(string(answer.Body), "ran "); ran && text != "" && !trusted.has(text) {
			t.Errorf("ran %q", text)
		}
	})
}
