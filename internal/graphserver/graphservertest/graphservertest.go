// Package graphservertest tests subgraphs through their HTTP handlers: with
// queries as texts, with everything hostile that a client could send, and with
// an authorisation table for _entities that the SDL itself dictates.
package graphservertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

// Client sends operations to a subgraph's handler.
type Client struct {
	Handler http.Handler
	// Token is the access token; "" is an anonymous client.
	Token string
}

// Response is what came back.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	Data   map[string]any
	Errors []Error
}

// Error is one of a response's errors.
type Error struct {
	Message    string
	Path       []any
	Extensions struct {
		Code      string
		RequestID string
	}
}

// Do sends an operation and fails the test when the answer is not GraphQL's.
func (c Client) Do(t testing.TB, query string, variables map[string]any) Response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return c.Post(t, body)
}

// Post sends a body as it is.
func (c Client) Post(t testing.TB, body []byte) Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body)).WithContext(t.Context())
	request.Header.Set("Content-Type", "application/json")
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return c.send(t, request)
}

func (c Client) send(t testing.TB, request *http.Request) Response {
	t.Helper()
	answer := httptest.NewRecorder()
	c.Handler.ServeHTTP(answer, request)
	result := answer.Result()
	body, err := io.ReadAll(result.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := Response{Status: result.StatusCode, Header: result.Header, Body: body}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("the answer is not JSON: %v\n%s", err, body)
	}
	return r
}

// Codes returns the codes of the errors, in order.
func (r Response) Codes() string {
	codes := make([]string, len(r.Errors))
	for i, e := range r.Errors {
		codes[i] = e.Extensions.Code
	}
	return strings.Join(codes, " ")
}

// Get returns what lies at a path of the data, such as "order.lines.0.sku"; nil
// where there is nothing.
func (r Response) Get(path string) any {
	var at any = r.Data
	for step := range strings.SplitSeq(path, ".") {
		switch value := at.(type) {
		case map[string]any:
			at = value[step]
		case []any:
			i := 0
			if err := json.Unmarshal([]byte(step), &i); err != nil || i >= len(value) {
				return nil
			}
			at = value[i]
		default:
			return nil
		}
	}
	return at
}

// Golden runs each txtar under dir: query.graphql, with variables.json, sent by
// the persona that the file "as" names, must be answered with response.json.
// Each case has a subgraph of its own from start, which also returns the tokens
// of its personas, the anonymous one's "" among them.
func Golden(t *testing.T, dir string, start func(t *testing.T) (handler http.Handler, tokens map[string]string)) {
	t.Helper()
	goldentest.Run(t, dir, func(t *testing.T, c *goldentest.Case) map[string]string {
		handler, tokens := start(t)
		var variables map[string]any
		if text := c.File("variables.json"); text != "" {
			if err := json.Unmarshal([]byte(text), &variables); err != nil {
				t.Fatalf("variables.json: %v", err)
			}
		}
		persona := strings.TrimSpace(c.File("as"))
		token, known := tokens[persona]
		if !known {
			t.Fatalf("nobody here is %q", persona)
		}
		response := Client{handler, token}.Do(t, c.File("query.graphql"), variables)
		var indented bytes.Buffer
		if err := json.Indent(&indented, response.Body, "", "  "); err != nil {
			t.Fatal(err)
		}
		return map[string]string{"response.json": indented.String()}
	})
}
