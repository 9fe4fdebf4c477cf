package telemetry_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/telemetry"
	"github.com/shopgraph/shopgraph/internal/telemetry/telemetrytest"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/execute"
	routertelemetry "github.com/shopgraph/shopgraph/router/telemetry"
)

func collected(t *testing.T) (*telemetry.Traces, *telemetrytest.Collector) {
	t.Helper()
	c := telemetrytest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	env := func(name string) string { return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL}[name] }
	traces, err := telemetry.FromEnvironment(env, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	return traces, c
}

// inRequest runs work as a request to the router does.
func inRequest(traces *telemetry.Traces, work func(context.Context)) {
	handler := traces.Handler("router", "/graphql", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { work(r.Context()) }))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/graphql", nil))
}

type executor func() *router.Response

func (e executor) Execute(context.Context, *router.Request) *router.Response { return e() }

func TestExecutor(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		answer *router.Response
		want   string
	}{
		"an answer":      {&router.Response{Kind: ast.Query, OperationName: "Order"}, "router: query graphql.operation.type=query graphql.operation.name=Order"},
		"without a name": {&router.Response{Kind: ast.Mutation, Errors: 2}, "router: mutation graphql.operation.type=mutation graphql.errors=2"},
		"a long name":    {&router.Response{Kind: ast.Query, OperationName: long}, "router: query graphql.operation.type=query graphql.operation.name=" + long[:200]},
		"refused":        {router.Refuse("", apierror.New(apierror.BadRequest, "no")), "router: POST /graphql graphql.errors=1 error.type=BAD_REQUEST"},
		"our fault":      {router.Refuse("", context.Canceled), "router: POST /graphql graphql.errors=1 error.type=INTERNAL_SERVER_ERROR FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			traces, collector := collected(t)
			wrapped := routertelemetry.Executor(executor(func() *router.Response { return c.answer }))
			inRequest(traces, func(ctx context.Context) { wrapped.Execute(ctx, &router.Request{}) })
			wrapped.Execute(t.Context(), &router.Request{}) // outside a request
			traces.Close()
			got := telemetrytest.Tree(collector.Spans(""), "", "graphql.operation.type", "graphql.operation.name", "graphql.errors", "error.type")
			if got != c.want+"\n" {
				t.Errorf("%swant %s", got, c.want)
			}
		})
	}
}

// Every fetch is a span, and its own traceparent is what the subgraph gets: also
// where the client sent one, or a tracestate that belongs to no trace.
func TestTransport(t *testing.T) {
	traces, collector := collected(t)
	var seen []string
	subgraph := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Traceparent"))
		if r.Header.Get("Tracestate") != "" {
			t.Errorf("tracestate %q", r.Header.Get("Tracestate"))
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"data":null}`))
	})
	wrapped := routertelemetry.Transport(traces.Tracer("router"))(execute.ByName{"users": execute.NewMemory("users", subgraph)})
	inRequest(traces, func(ctx context.Context) {
		for _, call := range []*execute.Call{
			{Subgraph: "users", Kind: ast.Query, Step: 2, Representations: 3, Body: []byte("{}"), Header: http.Header{"Traceparent": {"the client's"}, "Tracestate": {"the client's"}}},
			{Subgraph: "users", Kind: ast.Mutation, Body: []byte("{}")},
			{Subgraph: "nobody", Kind: ast.Query},
		} {
			if err := wrapped.Send(ctx, call); (err != nil) != (call.Subgraph == "nobody") {
				t.Error(err)
			}
		}
	})
	traces.Close()
	const want = `router: POST /graphql
  router: fetch nobody graphql.plan.step=0 graphql.representations=0 graphql.operation.type=query error.type=SUBREQUEST_HTTP_ERROR FAILED
  router: fetch users graphql.plan.step=0 graphql.representations=0 graphql.operation.type=mutation http.response.status_code=200
  router: fetch users graphql.plan.step=2 graphql.representations=3 graphql.operation.type=query http.response.status_code=200
`
	spans := collector.Spans("")
	got := telemetrytest.Tree(spans, "", "graphql.plan.step", "graphql.representations", "graphql.operation.type", "http.response.status_code", "error.type")
	if got != want {
		t.Errorf("traces:\n%swant:\n%s", got, want)
	}
	if len(seen) != 2 {
		t.Fatalf("the subgraph was asked %d times", len(seen))
	}
	for _, s := range spans {
		if s.Name == "fetch users" && !strings.Contains(strings.Join(seen, " "), "00-"+s.Trace+"-"+s.ID+"-01") {
			t.Errorf("no subgraph was told of span %s: %q", s.ID, seen)
		}
	}
}
