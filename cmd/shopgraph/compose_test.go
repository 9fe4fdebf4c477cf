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
	"strings"
	"testing"
)

// composeText runs "shopgraph compose" on a configuration from standard input.
func composeText(t *testing.T, config string, args ...string) (status int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = composeCommand(t.Context(), append([]string{"--config", "-"}, args...), stdio{strings.NewReader(config), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}

// TestComposeFetches composes a subgraph that runs with one that lies in a file.
func TestComposeFetches(t *testing.T) {
	file := filepath.Join(t.TempDir(), "supergraph.yaml")
	write(t, file, `subgraphs: {users: {routing_url: "http://localhost:0/users", schema: {sdl: "type Query { me: User } type User @key(fields: \"id\") { id: ID! }"}}}`)
	url := startMock(t, 1, "--config", file)[0]
	status, sdl, problems := composeText(t, fmt.Sprintf(`
subgraphs:
  users:
    schema: {subgraph_url: %q}
  orders:
    routing_url: http://orders
    schema: {sdl: "extend type User @key(fields: \"id\") { id: ID! @external orders: Int }"}
`, url))
	if status != exitOK || !strings.Contains(sdl, "orders: Int @join__field(graph: ORDERS)") {
		t.Errorf("status %d, %s%s", status, sdl, problems)
	}
	if want := fmt.Sprintf(`USERS @join__graph(name: "users", url: %q)`, url); !strings.Contains(sdl, want) {
		t.Errorf("no %s in\n%s", want, sdl)
	}
}

// TestComposeFetchFails shows what each answer that is no schema is said to be.
func TestComposeFetchFails(t *testing.T) {
	for name, test := range map[string]struct{ answer, want string }{
		"introspection is off": {
			`{"errors":[{"message":"federated introspection disabled"}],"data":null}`,
			`it answers "federated introspection disabled" (gqlgen refuses _service where introspection is off: turn it on, for this request say, or name the schema's file)`,
		},
		"not federated": {
			`{"errors":[{"message":"Cannot query field \"_service\" on type \"Query\"."}]}`,
			`it answers "Cannot query field \"_service\" on type \"Query\".", so it is no federated subgraph, and its schema cannot be had by introspection either (it answers "Cannot query field \"_service\" on type \"Query\"."): name the schema's file`,
		},
		"another error": {`{"errors":[{"message":"not today"}]}`, `it answers "not today"`},
		"no GraphQL":    {`<html>` + strings.Repeat("page ", 50), `it answers 200 OK, which is no GraphQL: "<html>page page`},
		"no data":       {`{"data":{}}`, `its _service has no SDL`},
		"not all of it": {`{"data":{"_service":{"sdl":"type Query {`, `it answers 200 OK, which is no GraphQL: "{\"data\"`},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, test.answer) }))
			defer server.Close()
			status, _, problem := composeText(t, fmt.Sprintf(`subgraphs: {users: {schema: {subgraph_url: %q}}}`, server.URL))
			if want := `shopgraph compose: subgraph "users": ` + server.URL + ": " + test.want; status != exitUsage || !strings.HasPrefix(problem, want) {
				t.Errorf("status %d: %s\nwant %s", status, problem, want)
			}
		})
	}
}

// TestComposeSendsHeaders has a subgraph that tells its schema only to who knows
// the word.
func TestComposeSendsHeaders(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		io.WriteString(w, `{"data":{"_service":{"sdl":"type Query { me: ID }"}}}`)
	}))
	defer server.Close()
	t.Setenv("COMPOSE_TEST_TOKEN", "s3cret")
	config := `subgraphs: {users: {schema: {subgraph_url: %q, introspection_headers: {Authorization: "Bearer %s"}}}}`
	if status, _, problem := composeText(t, fmt.Sprintf(config, server.URL, "${env.COMPOSE_TEST_TOKEN}")); status != exitOK {
		t.Errorf("status %d: %s", status, problem)
	}
	if status, _, problem := composeText(t, fmt.Sprintf(config, server.URL, "other")); status != exitUsage || !strings.Contains(problem, "it answers 403 Forbidden, which is no GraphQL") {
		t.Errorf("status %d: %s", status, problem)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestComposeWatches changes a schema and its list, and expects the supergraph
// to follow; an error in between is waited out.
func TestComposeWatches(t *testing.T) {
	dir := t.TempDir()
	config, schema, output := filepath.Join(dir, "supergraph.yaml"), filepath.Join(dir, "users.graphql"), filepath.Join(dir, "out.graphql")
	write(t, config, `subgraphs: {users: {routing_url: http://users, schema: {file: users.graphql}}}`)
	write(t, schema, `type Query { first: Int }`)
	ctx, cancel := context.WithCancel(t.Context())
	said, in := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- composeCommand(ctx, []string{"--config", config, "--output", output, "--watch"}, stdio{strings.NewReader(""), io.Discard, in})
		in.Close()
	}()
	lines := bufio.NewScanner(said)
	until := func(line string) (found bool) {
		for !found && lines.Scan() {
			found = lines.Text() == line
		}
		return found
	}
	expect := func(text string) {
		t.Helper()
		if !until("composed; waiting for changes") {
			t.Fatal("it ended")
		}
		if sdl, err := os.ReadFile(output); err != nil || !strings.Contains(string(sdl), text) {
			t.Errorf("no %s in %s %v", text, sdl, err)
		}
	}
	expect("first: Int")
	write(t, schema, `type Query { `)
	if !until("not composed; waiting for changes") {
		t.Fatal("it ended")
	}
	write(t, schema, `type Query { second: Int }`)
	expect("second: Int")
	write(t, filepath.Join(dir, "orders.graphql"), `extend type Query { third: Int }`)
	write(t, config, `subgraphs: {users: {routing_url: http://users, schema: {file: "*s.graphql"}}}`)
	// It may have seen the list while it was half written.
	for !bytes.Contains(read(t, output), []byte("third: Int")) {
		if !until("composed; waiting for changes") {
			t.Fatal("it ended")
		}
	}
	cancel()
	until("nothing more")
	if got := <-status; got != exitOK {
		t.Errorf("it ended with status %d", got)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
