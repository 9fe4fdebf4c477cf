package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// startMock runs "shopgraph mock" until the test ends, and returns the URLs of
// its first lines.
func startMock(t *testing.T, lines int, args ...string) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- mockCommand(ctx, args, stdio{strings.NewReader(""), in, io.Discard})
		in.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if got := <-status; got != exitOK {
			t.Errorf("mock ended with status %d", got)
		}
	})
	reader := bufio.NewReader(out)
	var urls []string
	for range lines {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatalf("mock did not start: %v", err)
		}
		_, url, _ := strings.Cut(strings.TrimSpace(line), " at ")
		urls = append(urls, url)
	}
	return urls
}

func askMock(t *testing.T, url, query string) (header http.Header, data map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(url, "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Data   map[string]any
		Errors []any
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%v %v", err, answer.Errors)
	}
	return response.Header, answer.Data
}

// TestMockServes asks two subgraphs of a supergraph.yaml, and one as a browser
// does before it asks.
func TestMockServes(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "supergraph.yaml")
	text := `
subgraphs:
  users:
    routing_url: http://localhost:0/users
    schema: {sdl: "type Query { me: User } type User @key(fields: \"id\") { id: ID! name: String }"}
  reviews:
    routing_url: http://localhost:0/reviews
    schema: {file: reviews.graphql}
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "reviews.graphql"), []byte(`type User @key(fields: "id") { id: ID! name: String }`), 0o600); err != nil {
		t.Fatal(err)
	}
	urls := startMock(t, 2, "--config", config, "--latency", "1ms")
	reviews, users := urls[0], urls[1]
	header, data := askMock(t, users, `{ me { id name } }`)
	if header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("pages of other origins may not ask: %v", header)
	}
	me, _ := data["me"].(map[string]any)
	id, _ := me["id"].(string)
	_, data = askMock(t, reviews, `{ _entities(representations: [{__typename: "User", id: "`+id+`"}]) { ... on User { id name } } }`)
	entities, _ := data["_entities"].([]any)
	if len(entities) != 1 || entities[0].(map[string]any)["name"] != me["name"] {
		t.Errorf("users says %v, reviews %v", me, entities)
	}
	request, err := http.NewRequest(http.MethodOptions, users, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNoContent || response.Header.Get("Access-Control-Allow-Headers") != "*" {
		t.Errorf("preflight: %d %v", response.StatusCode, response.Header)
	}
	response, err = http.Get(strings.TrimSuffix(users, "/users") + "/elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("another path: %d", response.StatusCode)
	}
}
