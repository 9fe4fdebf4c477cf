package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/router"
)

// echo is an Executor that answers with what it was asked, and fails in the way
// the query names.
type echo struct{}

func (echo) Execute(_ context.Context, r *router.Request) *router.Response {
	switch {
	case r.Query == "internal":
		return router.Refuse(r.ID, errors.New("the password is 1234"))
	case strings.Contains(r.Query, "unparsable"):
		return router.Refuse(r.ID, apierror.New(apierror.ParseFailed, "unexpected }"))
	case strings.Contains(r.Query, "invalid"):
		return router.Refuse(r.ID, apierror.New(apierror.ValidationFailed, "no such field"))
	case r.QueriesOnly && strings.HasPrefix(r.Query, "mutation"):
		return router.Refuse(r.ID, apierror.New(apierror.MethodNotAllowed, "a mutation is sent by POST"))
	}
	asked, _ := json.Marshal(struct {
		Query, OperationName  string
		Variables, Extensions json.RawMessage
		QueriesOnly           bool
		Plan                  router.PlanOutput `json:",omitempty"`
		DocumentID            string            `json:",omitempty"`
	}{r.Query, r.OperationName, r.Variables, r.Extensions, r.QueriesOnly, r.Plan, r.DocumentID})
	response := &router.Response{Kind: ast.Query, OperationName: r.OperationName, Body: fmt.Appendf(nil, `{"data":%s}`, asked)}
	if strings.Contains(r.Query, "partial") {
		response.Errors = 1
	}
	return response
}

// TestHTTP reads archives of pairs of files, "name.request" and
// "name.response", both HTTP messages. The file "options", where there is one,
// is JSON.
func TestHTTP(t *testing.T) {
	goldentest.Run(t, "testdata/http", func(t *testing.T, c *goldentest.Case) map[string]string {
		server := newServer(t, c.File("options"))
		seen := map[string]string{}
		for _, name := range c.Names() {
			if exchange, ok := strings.CutSuffix(name, ".request"); ok {
				seen[exchange+".response"] = send(t, server, c.File(name))
			}
		}
		return seen
	})
}

func newServer(t testing.TB, settings string) http.Handler {
	t.Helper()
	o := Options{
		Router: echo{}, Log: slog.New(slog.DiscardHandler),
		Admissions: []Admission{func(ctx context.Context, r *http.Request) (context.Context, error) {
			if r.Header.Get("Authorization") == "Bearer wrong" {
				return nil, apierror.New(apierror.Unauthenticated, "the access token is not valid; log in again")
			}
			return ctx, nil
		}},
	}
	var set struct {
		CORS       CORS
		Statuses   Statuses
		MaxBody    int64
		Playground bool
		Plans      bool
	}
	if settings != "" {
		if err := json.Unmarshal([]byte(settings), &set); err != nil {
			t.Fatal(err)
		}
	}
	o.CORS, o.Statuses, o.MaxBody, o.Plans = set.CORS, set.Statuses, set.MaxBody, set.Plans
	if set.Playground {
		o.Playground = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "the playground") })
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send hands a request to the server and returns the answer, both as text.
func send(t *testing.T, server http.Handler, text string) string {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	body = strings.TrimSuffix(body, "\n")
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.TrimSpace(head) + "\n\n")))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	request.Header.Set(serve.RequestIDHeader, "request-id")
	request.Body, request.ContentLength = io.NopCloser(strings.NewReader(unquoteBytes(body))), int64(len(unquoteBytes(body)))
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, request)
	return response(recorder.Result())
}

// unquoteBytes lets a body name bytes that are not text, as \xff.
func unquoteBytes(s string) string {
	return strings.NewReplacer(`\xff`, "\xff", `\xef\xbb\xbf`, "\xef\xbb\xbf").Replace(s)
}

func response(r *http.Response) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d\n", r.StatusCode)
	r.Header.Del(serve.RequestIDHeader)
	r.Header.Del("X-Content-Type-Options")
	r.Header.Del("Content-Length")
	r.Header.Write(&out)
	body, _ := io.ReadAll(r.Body)
	return strings.ReplaceAll(out.String(), "\r", "") + "\n" + string(body)
}
