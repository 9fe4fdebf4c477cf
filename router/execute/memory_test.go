package execute_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/execute"
)

func TestMemory(t *testing.T) {
	type key struct{}
	transport := execute.NewMemory("users", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/graphql-response+json; charset=utf-8")
		w.WriteHeader(http.StatusBadRequest)
		w.WriteHeader(http.StatusOK) // too late
		io.WriteString(w, "half, ")
		fmt.Fprint(w, r.Method, r.Host, r.URL.Path, r.ContentLength, r.Header.Get("X"), r.Header.Get("Content-Type"), r.Context().Value(key{}), string(body))
	}))
	ctx := context.WithValue(t.Context(), key{}, "value")
	call := &execute.Call{Subgraph: "users", Kind: ast.Query, Body: []byte(`{}`), Header: http.Header{"X": {"y"}}}
	for range 2 {
		if err := transport.Send(ctx, call); err != nil {
			t.Fatal(err)
		}
		if want := "half, POSTusers/2yapplication/jsonvalue{}"; string(call.Answer) != want || call.Status != http.StatusBadRequest {
			t.Errorf("status %d, %q, want %q", call.Status, call.Answer, want)
		}
	}
}

func TestMemoryFailures(t *testing.T) {
	json := func(write func(w http.ResponseWriter)) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			write(w)
		}
	}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, `subgraph "s" answered without a content type: it should be application/json`},
		{"panic", func(http.ResponseWriter, *http.Request) { panic("oops") }, `subgraph "s" failed: its handler panicked: oops`},
		{"abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, `subgraph "s" failed: its handler panicked`},
		{"too large", json(func(w http.ResponseWriter) { w.Write(make([]byte, 101)) }), `subgraph "s" answered with more than 100 bytes`},
		{"too large in pieces", json(func(w http.ResponseWriter) {
			for range 101 {
				io.WriteString(w, "x")
			}
		}), `subgraph "s" answered with more than 100 bytes`},
		{"not found", http.NotFound, `subgraph "s" answered with HTTP status 404`},
	} {
		transport := execute.NewMemory("s", c.handler)
		transport.MaxAnswer = 100
		err := transport.Send(t.Context(), &execute.Call{Subgraph: "s"})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestMemoryGivesUp holds that a handler's answer does not count when it comes
// after the request's end.
func TestMemoryGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	transport := execute.NewMemory("s", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
		w.Header().Set("Content-Type", "application/json")
	}))
	err := transport.Send(ctx, &execute.Call{Subgraph: "s"})
	if failure, ok := err.(*execute.Failure); !ok || failure.Code != execute.CodeCanceled {
		t.Errorf("got %v", err)
	}
}

// TestMemoryLate uses a handler that goes on when it has returned: it must not
// reach the memory of the calls that come after.
func TestMemoryLate(t *testing.T) {
	var late func()
	transport := execute.NewMemory("s", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "first")
		if late == nil {
			late = func() {
				io.WriteString(w, "LATE")
				if b, err := io.ReadAll(r.Body); err == nil {
					t.Errorf("the body can still be read: %q", b)
				}
			}
		}
	}))
	call := &execute.Call{Subgraph: "s", Body: []byte("{}"), Buffer: make([]byte, 0, 100)}
	if err := transport.Send(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	late()
	if got := string(call.Buffer[:cap(call.Buffer)][:9]); strings.Contains(got, "LATE") {
		t.Errorf("the call's memory holds %q", got)
	}
	if err := execute.ByName(nil).Send(t.Context(), call); err == nil || !strings.Contains(err.Error(), "has no address") {
		t.Errorf("a subgraph without a transport: %v", err)
	}
}
