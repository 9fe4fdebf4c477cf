package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Clients name trusted documents and send no others; the list changes while the
// router runs.
func TestServeTrustedDocuments(t *testing.T) {
	subgraph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"data":{"name":"x"}}`)
	}))
	defer subgraph.Close()
	manifest := filepath.Join(t.TempDir(), "manifest.json")
	writeFile(t, manifest, `{"first": "{ name }"}`)
	endpoint := served(t, "router", "--supergraph", tinySupergraph(t, "name"), "--listen", "127.0.0.1:0", "--subgraph-url", "products="+subgraph.URL,
		"--trusted-documents", "allow", "--manifest", manifest, "--log-level", "error")
	named := func(id string) string {
		t.Helper()
		response, err := http.Get(endpoint + "?documentId=" + url.QueryEscape(id))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const answer = `{"data":{"name":"x"}}`
	if got := named("first"); got != answer {
		t.Errorf("answer %s", got)
	}
	if got := ask(t, endpoint, "{name}"); got != answer {
		t.Errorf("the text of a trusted document: %s", got)
	}
	if got := ask(t, endpoint, "{ __typename }"); !strings.Contains(got, "QUERY_NOT_IN_SAFELIST") {
		t.Errorf("another text: %s", got)
	}
	writeFile(t, manifest, `{"second": "{ name }"}`)
	for named("second") != answer {
		time.Sleep(5 * time.Millisecond)
	}
	if got := named("first"); !strings.Contains(got, "PERSISTED_QUERY_NOT_IN_LIST") {
		t.Errorf("a document that is not trusted any more: %s", got)
	}
}

func TestPersistedSettingsThatContradict(t *testing.T) {
	for args, want := range map[string]string{
		"--trusted-documents require": "no manifest says which are trusted",
		"--manifest x.json":           "says nothing of what is done with it",
		"--trusted-documents log --manifest " + t.TempDir() + "/none": "no such file",
	} {
		c, problem := configure(t, "", strings.Fields("router "+args)...)
		if problem != "" {
			t.Fatal(problem)
		}
		if _, err := c.persisted(nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}
