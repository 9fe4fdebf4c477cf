package router

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router/cache"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/executetest"
	"github.com/shopgraph/shopgraph/router/limits"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// build makes a router whose requests go through a test's network.
func build(sdl string, network http.RoundTripper) (routertest.Router, error) {
	r, err := New(sdl, Options{Connect: through(network), Errors: response.PassAll, Cost: cost.Options{Off: true}})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, query string, variables map[string]any) []byte {
		raw, err := json.Marshal(variables)
		if err != nil {
			return nil
		}
		return r.Execute(ctx, &Request{Query: query, Variables: raw}).Body
	}, nil
}

func through(network http.RoundTripper) func(*supergraph.Subgraph) (execute.Transport, error) {
	return func(s *supergraph.Subgraph) (execute.Transport, error) { return execute.NewHTTP(network, s.URL) }
}

// The public suites of the federation gateway audit: the answers, and no more
// requests than a good plan needs.
func TestAudit(t *testing.T) { routertest.Audit(t, build) }

// What nobody may see is null as if its resolver had refused, whatever the
// supergraph, and everything else is as it is without protection.
func TestProtected(t *testing.T) {
	routertest.RandomProtected(t, 1, 1000, executetest.Compose, build)
}

// world is testdata/world.txtar: a supergraph, and its subgraphs on a network.
type world struct {
	network    *subgraphtest.Network
	handlers   map[string]http.Handler
	supergraph string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/world.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	fixtures, err := mock.ParseFixtures([]byte(files["fixtures.json"]))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{&subgraphtest.Network{}, map[string]http.Handler{}, files["supergraph.graphql"]}
	for _, name := range []string{"products", "reviews"} {
		schema, err := mock.ParseSubgraph(files[name+".graphql"])
		if err != nil {
			t.Fatal(err)
		}
		w.handlers[name] = mock.Handler(schema, fixtures.Subgraph(name))
		w.handle(t, name, w.handlers[name])
	}
	return w
}

func (w *world) handle(t testing.TB, subgraph string, h http.Handler) {
	t.Helper()
	if err := w.network.Handle(subgraph, "http://"+subgraph+".example/graphql", h); err != nil {
		t.Fatal(err)
	}
}

func (w *world) router(t testing.TB, o Options) *Router {
	t.Helper()
	if o.Connect == nil {
		o.Connect = through(w.network)
	}
	r, err := New(w.supergraph, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func body(r *Router, request Request) string {
	return string(r.Execute(context.Background(), &request).Body)
}

const everything = `{ product(upc: "1") { name reviews { body } } }`

func TestExecute(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{})
	for range 2 { // the second time from memory
		if got, want := body(r, Request{Query: everything}), `{"data":{"product":{"name":"Table","reviews":[{"body":"Good."}]}}}`; got != want {
			t.Errorf("answer %s, want %s", got, want)
		}
	}
	answer := r.Execute(t.Context(), &Request{Query: "query A { product(upc: \"1\") { name } } mutation B { rename(upc: \"1\", name: \"Desk\") { name } }", OperationName: "B"})
	if answer.Kind != "mutation" || answer.OperationName != "B" || answer.Refused != "" || string(answer.Body) != `{"data":{"rename":{"name":"Desk"}}}` {
		t.Errorf("a mutation among others: %+v %s", answer, answer.Body)
	}
	answer.Release()
	answer.Release()
}

// Introspection is answered by the router itself, beside what subgraphs answer.
func TestIntrospection(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{})
	for range 2 {
		for _, c := range []struct{ query, variables, want string }{
			{`{ __type(name: "Review") { kind fields { name } } }`, "", `{"data":{"__type":{"kind":"OBJECT","fields":[{"name":"body"}]}}}`},
			{`query ($name: String!) { type: __type(name: $name) { kind } none: __type(name: "None") { kind } }`, `{"name": "String"}`, `{"data":{"type":{"kind":"SCALAR"},"none":null}}`},
			{`{ __typename __schema { subscriptionType { name } } product(upc: "1") { name } }`, "", `{"data":{"__typename":"Query","__schema":{"subscriptionType":{"name":"Subscription"}},"product":{"name":"Table"}}}`},
		} {
			if got := body(r, Request{Query: c.query, Variables: []byte(c.variables)}); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.query, got, c.want)
			}
		}
	}
	if n := len(w.network.Sent()); n != 2 {
		t.Errorf("%d requests to subgraphs, want 2", n)
	}
	if got := body(r, Request{Query: `{ __type(name: "join__Graph") { kind } }`}); got != `{"data":{"__type":null}}` {
		t.Errorf("what no client may see: %s", got)
	}
}

// Where introspection is off the schema is not told; __typename is no
// introspection.
func TestIntrospectionThatIsOff(t *testing.T) {
	r := newWorld(t).router(t, Options{NoIntrospection: true})
	for _, query := range []string{`{ __schema { types { name } } }`, `{ product(upc: "1") { name } ...F } fragment F on Query { t: __type(name: "Review") { kind } }`} {
		if answer := r.Execute(t.Context(), &Request{Query: query}); answer.Refused != apierror.IntrospectionDisabled {
			t.Errorf("%s: %s", query, answer.Body)
		}
	}
	if got := body(r, Request{Query: `{ __typename product(upc: "1") { __typename } }`}); got != `{"data":{"__typename":"Query","product":{"__typename":"Product"}}}` {
		t.Errorf("answer %s", got)
	}
}

// What is larger than the limits is refused before it is validated.
func TestLimits(t *testing.T) {
	r := newWorld(t).router(t, Options{Limits: limits.Limits{Depth: 2, Tokens: 30, Fields: 5}})
	for query, code := range map[string]apierror.Code{
		`{ product(upc: "1") { name } }`: "",
		`{ a { b { c } } }`:              limits.CodeTooDeep,
		`{ a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f }`:                     "MAX_TOKENS_LIMIT",
		`{ a: __typename b: __typename c: __typename d: __typename e: __typename f: __typename }`: "MAX_FIELDS_LIMIT",
	} {
		if answer := r.Execute(t.Context(), &Request{Query: query}); answer.Refused != code {
			t.Errorf("%s: %s", query, answer.Body)
		}
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{})
	for name, c := range map[string]struct {
		request Request
		code    apierror.Code
	}{
		"nothing":             {Request{}, apierror.BadRequest},
		"no GraphQL":          {Request{Query: "{"}, apierror.ParseFailed},
		"no such field":       {Request{Query: "{ nothing }"}, apierror.ValidationFailed},
		"no such operation":   {Request{Query: "query A { __typename }", OperationName: "B"}, apierror.UnknownOperation},
		"no variable":         {Request{Query: "query ($upc: String!) { product(upc: $upc) { name } }"}, apierror.BadUserInput},
		"variables of a list": {Request{Query: "query ($upc: String!) { product(upc: $upc) { name } }", Variables: []byte(`{"upc": ["1"]}`)}, apierror.BadUserInput},
		"a mutation by GET":   {Request{Query: `mutation { rename(upc: "1", name: "x") { name } }`, QueriesOnly: true}, apierror.MethodNotAllowed},
		"a subscription":      {Request{Query: "subscription { renamed { name } }"}, apierror.SubscriptionsDisabled},
	} {
		answer := r.Execute(t.Context(), &c.request)
		if answer.Refused != c.code || answer.Errors == 0 || !strings.Contains(string(answer.Body), `"code":"`+string(c.code)+`"`) || strings.Contains(string(answer.Body), `"data"`) {
			t.Errorf("%s: refused as %q: %s", name, answer.Refused, answer.Body)
		}
	}
	if n := len(w.network.Sent()); n != 0 {
		t.Errorf("%d requests to subgraphs", n)
	}
	if r.current.Load().documents.Len() > 4 {
		t.Error("documents that are not valid are remembered")
	}
}

// A document is parsed once, however many ask for it at once, and planned once
// for each combination of its conditions.
func TestPlansAreRemembered(t *testing.T) {
	r := newWorld(t).router(t, Options{})
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			variables := []string{`{"withReviews": true}`, `{"withReviews": false}`}[i%2]
			body(r, Request{Query: `query ($withReviews: Boolean!) { product(upc: "1") { name reviews @include(if: $withReviews) { body } } }`, Variables: []byte(variables)})
		})
	}
	group.Wait()
	if e := r.current.Load(); e.documents.Len() != 1 || e.plans.Len() != 2 {
		t.Errorf("%d documents and %d plans are remembered, want 1 and 2", e.documents.Len(), e.plans.Len())
	}
	small := newWorld(t).router(t, Options{Documents: cache.Bounds{Entries: 2}, Plans: cache.Bounds{Entries: 10, Weight: 1}})
	for _, alias := range []string{"a", "b", "c"} {
		if got := body(small, Request{Query: "{ " + alias + `: product(upc: "1") { name } }`}); !strings.Contains(got, "Table") {
			t.Errorf("answer %s", got)
		}
	}
	if e := small.current.Load(); e.documents.Len() != 2 || e.plans.Len() != 0 {
		t.Errorf("%d documents and %d plans are remembered beyond the bounds", e.documents.Len(), e.plans.Len())
	}
}

// The label of a progressive @override decides for each request which subgraph
// resolves the field.
func TestLabels(t *testing.T) {
	on := false
	r := newWorld(t).router(t, Options{Label: func(_ context.Context, label string) bool { return on && label == "moved" }})
	for _, c := range []struct {
		on   bool
		want string
	}{{false, "1"}, {true, "2"}, {false, "1"}} {
		on = c.on
		if got := body(r, Request{Query: `{ product(upc: "1") { rating } }`}); got != `{"data":{"product":{"rating":`+c.want+`}}}` {
			t.Errorf("label %v: %s", c.on, got)
		}
	}
	for label, possible := range map[string][]bool{"percent(0)": {false}, "percent(100)": {true}, "percent(50)": {true, false}, "other": {false}, "percent(x)": {false}, "percent(100": {false}} {
		seen := map[bool]bool{}
		for range 200 {
			seen[percent(t.Context(), label)] = true
		}
		if len(seen) != len(possible) || !seen[possible[0]] {
			t.Errorf("%s is %v, want %v", label, seen, possible)
		}
	}
}

// With one subgraph down the rest of the answer comes, and the log says why.
func TestASubgraphThatIsDown(t *testing.T) {
	w := newWorld(t)
	w.handle(t, "reviews", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }))
	var log bytes.Buffer
	r := w.router(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Errors: response.PassAll})
	answer := r.Execute(t.Context(), &Request{ID: "request-id", Query: everything})
	if !strings.HasPrefix(string(answer.Body), `{"data":{"product":{"name":"Table","reviews":null}},"errors":[{"message":"`) ||
		!strings.Contains(string(answer.Body), `"path":["product"`) || answer.Refused != "" || answer.Errors != 1 {
		t.Errorf("%d errors, refused %q: %s", answer.Errors, answer.Refused, answer.Body)
	}
	for _, fact := range []string{"level=WARN", "subgraph=reviews", "request=request-id"} {
		if !strings.Contains(log.String(), fact) {
			t.Errorf("no %q in the log: %s", fact, log.String())
		}
	}
	if strings.Contains(string(answer.Body), "example") {
		t.Errorf("the client sees an address: %s", answer.Body)
	}
}

// Without a policy clients see where something went wrong, and one of our codes.
func TestSubgraphErrorsAreRedacted(t *testing.T) {
	w := newWorld(t)
	for handler, want := range map[string]string{
		`{"data":null,"errors":[{"message":"the secret is 42","extensions":{"code":"SECRET","a":1}}]}`: "DOWNSTREAM_SERVICE_ERROR",
		`{`: "SUBREQUEST_MALFORMED_RESPONSE",
	} {
		w.handle(t, "products", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, handler)
		}))
		got := body(w.router(t, Options{}), Request{Query: everything})
		if want := `{"data":{"product":null},"errors":[{"message":"Subgraph errors redacted","locations":[{"line":1,"column":3}],"path":["product"],"extensions":{"code":"` + want + `"}}]}`; got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// A subgraph that hangs costs its fields after the deadline, and nothing when
// the client has gone.
func TestASubgraphThatHangs(t *testing.T) {
	w := newWorld(t)
	asked := make(chan struct{}, 1)
	w.handle(t, "reviews", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	r := w.router(t, Options{Timeout: 20 * time.Millisecond, Errors: response.PassAll})
	if got := body(r, Request{Query: everything}); !strings.HasPrefix(got, `{"data":{"product":{"name":"Table","reviews":null}},"errors":[`) || !strings.Contains(got, "GATEWAY_TIMEOUT") {
		t.Errorf("after the deadline: %s", got)
	}
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	w.router(t, Options{}).Execute(ctx, &Request{Query: everything})
	w.network.Wait()
}

// A fault of ours ends its request only; the client learns the request's id, the
// log the rest.
func TestAPanic(t *testing.T) {
	var log bytes.Buffer
	r := newWorld(t).router(t, Options{
		Log:   slog.New(slog.NewTextHandler(&log, nil)),
		Label: func(context.Context, string) bool { panic("the secret is 42") },
	})
	answer := r.Execute(t.Context(), &Request{ID: "request-id", Query: everything})
	if answer.Refused != apierror.Internal || strings.Contains(string(answer.Body), "42") || !strings.Contains(string(answer.Body), "request-id") {
		t.Errorf("refused as %q: %s", answer.Refused, answer.Body)
	}
	if !strings.Contains(log.String(), "the secret is 42") || !strings.Contains(log.String(), "router_test.go") {
		t.Errorf("logged %s", log.String())
	}
}

func TestHeadersReachSubgraphs(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{Headers: func(_ context.Context, subgraph string, h http.Header) { h.Set("X-For", subgraph) }})
	body(r, Request{Query: everything})
	for _, sent := range w.network.Sent() {
		if sent.Header.Get("X-For") != sent.Subgraph {
			t.Errorf("%s was sent %v", sent.Subgraph, sent.Header)
		}
	}
}

func TestSupergraphsThatAreNotUsable(t *testing.T) {
	w := newWorld(t)
	if _, err := New("type Query { a: Int }", Options{}); err == nil || !strings.Contains(err.Error(), "not a supergraph") {
		t.Errorf("a plain schema: %v", err)
	}
	if _, err := New(strings.Replace(w.supergraph, "http://reviews.example/graphql", "", 1), Options{}); err == nil || !strings.Contains(err.Error(), `subgraph "reviews"`) {
		t.Errorf("a subgraph without URL: %v", err)
	}
	broken := errors.New("no way there")
	if _, err := New(w.supergraph, Options{Connect: func(*supergraph.Subgraph) (execute.Transport, error) { return nil, broken }}); !errors.Is(err, broken) {
		t.Errorf("a subgraph without a way: %v", err)
	}
}
