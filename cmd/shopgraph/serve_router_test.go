package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// served runs "shopgraph serve" with these arguments until the test ends, and
// returns the GraphQL endpoint that it prints.
func served(t *testing.T, args ...string) (endpoint string) {
	t.Helper()
	out, in := io.Pipe()
	var log bytes.Buffer
	ctx, stop := context.WithCancel(context.Background())
	status := make(chan int)
	go func() {
		defer in.Close()
		status <- run(ctx, append([]string{"serve"}, args...), stdio{strings.NewReader(""), in, &log})
	}()
	t.Cleanup(func() {
		stop()
		go io.Copy(io.Discard, out)
		if got := <-status; got != exitOK {
			t.Errorf("exit status %d:\n%s", got, &log)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := regexp.MustCompile(`http://\S+/graphql`).FindString(lines.Text()); found != "" {
			return found
		}
	}
	stop()
	t.Fatalf("no endpoint was printed; exit status %d:\n%s", <-status, &log)
	return ""
}

// tinySupergraph writes a supergraph of one field into a file.
func tinySupergraph(t *testing.T, field string) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/serve.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "supergraph.graphql" {
			file := filepath.Join(t.TempDir(), f.Name)
			writeFile(t, file, strings.Replace(string(f.Data), "  name: String", "  "+field+": String", 1))
			return file
		}
	}
	t.Fatal("there is no supergraph in testdata/serve.txtar")
	return ""
}

func writeFile(t *testing.T, file, contents string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, endpoint, query string) string {
	t.Helper()
	return askWith(t, endpoint, query, "Accept", "*/*")
}

// askWith is ask with a header.
func askWith(t *testing.T, endpoint, query, name, value string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, endpoint, strings.NewReader(fmt.Sprintf(`{"query": %q}`, query)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, name: {value}}
	response, err := http.DefaultClient.Do(request)
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

// The router serves a supergraph that knows nothing of shops, asks its subgraph
// over HTTP, is ready, and takes a new supergraph while it runs; one that is not
// usable it does not take.
func TestServeRouter(t *testing.T) {
	subgraph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"data":{"name":"%s"}}`, r.Header.Get("Authorization"))
	}))
	defer subgraph.Close()
	file := tinySupergraph(t, "name")
	endpoint := served(t, "router", "--supergraph", file, "--listen", "127.0.0.1:0", "--subgraph-url", "products="+subgraph.URL)
	if got := ask(t, endpoint, "{ name }"); got != `{"data":{"name":""}}` {
		t.Errorf("answer %s", got)
	}
	if got := askWith(t, endpoint, "{ name }", "Apollo-Expose-Query-Plan", "true"); !strings.Contains(got, `"extensions":{"queryPlan":{`) {
		t.Errorf("answer %s", got)
	}
	base := strings.TrimSuffix(endpoint, "/graphql")
	for path, want := range map[string]string{"/health/live": "live", "/health/ready": "ready", "/": "<!doctype html>"} {
		response, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%s: %s", path, response.Status)
		}
	}
	writeFile(t, file, "type Query { a: Int }")
	other, err := os.ReadFile(tinySupergraph(t, "another"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, string(other))
	for !strings.Contains(ask(t, endpoint, "{ another }"), `"data"`) {
		time.Sleep(5 * time.Millisecond)
	}
}

// A port that is taken is one clear error.
func TestServeOnATakenPort(t *testing.T) {
	file := tinySupergraph(t, "name")
	endpoint := served(t, "router", "--supergraph", file, "--listen", "127.0.0.1:0")
	address := strings.TrimSuffix(strings.TrimPrefix(endpoint, "http://"), "/graphql")
	var problem bytes.Buffer
	status := run(t.Context(), []string{"serve", "router", "--supergraph", file, "--listen", address}, stdio{strings.NewReader(""), io.Discard, &problem})
	want := "shopgraph serve: router cannot listen on " + address + ": another process has that port; stop it or choose another address\n"
	if status != exitUsage || problem.String() != want {
		t.Errorf("exit status %d: %s, want %s", status, problem.String(), want)
	}
}

// In production there is no playground, and errors tell nothing of the inside.
func TestServeRouterInProduction(t *testing.T) {
	subgraph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"data":null,"errors":[{"message":"the secret is 42"}]}`)
	}))
	defer subgraph.Close()
	endpoint := served(t, "router", "--env", "production", "--access-log", "off", "--supergraph", tinySupergraph(t, "name"), "--listen", "127.0.0.1:0", "--subgraph-url", "products="+subgraph.URL)
	if got := ask(t, endpoint, "{ name }"); strings.Contains(got, "42") || !strings.Contains(got, `"errors"`) {
		t.Errorf("answer %s", got)
	}
	if got := ask(t, endpoint, "{ nam }"); strings.Contains(got, "Did you mean") {
		t.Errorf("answer %s", got)
	}
	if got := ask(t, endpoint, "{ __schema { types { name } } }"); !strings.Contains(got, "INTROSPECTION_DISABLED") {
		t.Errorf("answer %s", got)
	}
	if got := askWith(t, endpoint, "{ name }", "Apollo-Expose-Query-Plan", "true"); strings.Contains(got, "products") {
		t.Errorf("answer %s", got)
	}
	for _, page := range []string{"", "map", "map.json"} {
		response, err := http.Get(strings.TrimSuffix(endpoint, "graphql") + page)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("the playground's /%s answers %s", page, response.Status)
		}
	}
}
