package graphserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

// fakeSchema is a schema of one field whose resolver the test writes.
type fakeSchema struct {
	schema  *ast.Schema
	resolve func(ctx context.Context) (json string, err error)
}

func (f fakeSchema) Schema() *ast.Schema { return f.schema }

func (fakeSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Execute does what generated code does around a resolver.
func (f fakeSchema) Execute(ctx context.Context, _ *graphql.OperationContext) (data graphql.Marshaler) {
	value := func(text string) graphql.Marshaler {
		return graphql.WriterFunc(func(w io.Writer) { io.WriteString(w, `{"value":`+text+`}`) })
	}
	defer func() {
		if fault := recover(); fault != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, fault))
			data = value("null")
		}
	}()
	text, err := f.resolve(ctx)
	if err != nil {
		graphql.AddError(ctx, err)
		text = "null"
	}
	return value(text)
}

// Exec is for gqlgen's executor, which prepares operations beside ours.
func (f fakeSchema) Exec(context.Context) graphql.ResponseHandler { return nil }

// server is a handler whose only resolver is this function, and its log.
func server(t *testing.T, resolve func(ctx context.Context) (string, error)) (handler http.Handler, authority *tokentest.Authority, log *bytes.Buffer) {
	t.Helper()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { value: String }`})
	authority, log = tokentest.Users(t), &bytes.Buffer{}
	return New(Options{
		Schema: fakeSchema{schema, resolve},
		Tokens: token.NewVerifier(nil, token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: authority.Keys, Roles: token.PeopleRoles()}),
		Log:    slog.New(slog.NewTextHandler(log, nil)),
		Prepare: func(ctx context.Context) context.Context {
			return context.WithValue(ctx, preparedKey{}, "prepared")
		},
	}), authority, log
}

type preparedKey struct{}

func TestWhatAClientSeesOfAnError(t *testing.T) {
	const secret = `pq: relation "users" does not exist`
	for name, c := range map[string]struct {
		resolve func(context.Context) (string, error)
		code    string
		message string
		logged  int
	}{
		"meant for it":       {fails(apierror.New(apierror.Forbidden, "this is for staff")), "FORBIDDEN", "this is for staff", 0},
		"wrapped on its way": {fails(fmt.Errorf("users: %w", apierror.New(apierror.BadUserInput, "no cursor"))), "BAD_USER_INPUT", "no cursor", 0},
		"with a cause":       {fails(apierror.Wrap(errors.New(secret), apierror.ServiceUnavailable, "try again")), "SERVICE_UNAVAILABLE", "try again", 1},
		"a number out of bounds": {fails(&strconv.NumError{Func: "ParseInt", Num: "1e99", Err: strconv.ErrRange}), "BAD_USER_INPUT",
			`"1e99" is not a number that fits here`, 0},
		"the database is gone": {fails(fmt.Errorf("users does not exist: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})), "SERVICE_UNAVAILABLE",
			"the database cannot be reached at the moment; try again", 1},
		"ours":    {fails(errors.New(secret)), "INTERNAL_SERVER_ERROR", "internal error; the request id is R1", 1},
		"a panic": {func(context.Context) (string, error) { panic(secret) }, "INTERNAL_SERVER_ERROR", "internal error; the request id is R1", 1},
	} {
		handler, _, log := server(t, c.resolve)
		request := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"{ value }"}`))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Request-Id", "R1")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		body := answer.Body.String()
		if !strings.Contains(body, strconv.Quote(c.message)[1:]) || !strings.Contains(body, `"code":"`+c.code+`"`) || !strings.Contains(body, `"data":{"value":null}`) {
			t.Errorf("%s: %s", name, body)
		}
		if strings.Contains(body, "pq:") || strings.Contains(body, "goroutine") || strings.Contains(body, ".go:") {
			t.Errorf("%s: the client sees our insides: %s", name, body)
		}
		if n := strings.Count(log.String(), "request=R1"); n != c.logged {
			t.Errorf("%s: %d lines in the log, want %d:\n%s", name, n, c.logged, log)
		}
		if c.logged > 0 && !strings.Contains(log.String(), "does not exist") {
			t.Errorf("%s: the log lacks the reason: %s", name, log)
		}
	}
}

func fails(err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return "", err }
}

func TestAnOperationIsPreparedAndKnowsWhoAsks(t *testing.T) {
	handler, authority, _ := server(t, func(ctx context.Context) (string, error) {
		claims, ok := token.FromContext(ctx)
		return fmt.Sprintf(`"%v %s %v"`, ctx.Value(preparedKey{}), claims.Subject, ok), nil
	})
	for _, c := range []struct{ token, want string }{{authority.Token("usr_x", token.Staff), "prepared usr_x true"}, {"", "prepared  false"}} {
		if r := (graphservertest.Client{Handler: handler, Token: c.token}).Do(t, "{ value }", nil); r.Get("value") != c.want {
			t.Errorf("the resolver saw %s, want %s", r.Body, c.want)
		}
	}
}

// In one process a router's context reaches the subgraph, with claims that the
// router verified. They count for nothing: the token does.
func TestClaimsOfTheCallerCountForNothing(t *testing.T) {
	handler, _, _ := server(t, func(ctx context.Context) (string, error) {
		_, ok := token.FromContext(ctx)
		return fmt.Sprintf(`"%v"`, ok), nil
	})
	ctx := token.WithClaims(t.Context(), token.Claims{Subject: "usr_x", Role: token.Admin})
	request := httptest.NewRequestWithContext(ctx, "POST", "/graphql", strings.NewReader(`{"query":"{ value }"}`))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if body := strings.TrimSpace(answer.Body.String()); body != `{"data":{"value":"false"}}` {
		t.Errorf("the resolver saw the caller's claims: %s", body)
	}
}

func TestMediaTypes(t *testing.T) {
	handler, _, _ := server(t, func(context.Context) (string, error) { return `"x"`, nil })
	for _, c := range []struct {
		accept, query, contentType string
		status                     int
	}{
		{"", "{ value }", typeJSON, 200},
		{"*/*", "{ nothing }", typeJSON, 200},
		{"application/json, application/graphql-response+json", "{ nothing }", typeJSON, 200},
		{"application/graphql-response+json", "{ value }", typeResponse, 200},
		{"application/graphql-response+json", "{ nothing }", typeResponse, 400},
	} {
		request := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"`+c.query+`"}`))
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
		request.Header.Set("Accept", c.accept)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != c.status || answer.Header().Get("Content-Type") != c.contentType {
			t.Errorf("Accept %q, %s: %d %s, want %d %s", c.accept, c.query, answer.Code, answer.Header().Get("Content-Type"), c.status, c.contentType)
		}
	}
}

// A request whose sender is gone is no fault of ours and fills no log.
func TestAnAbandonedRequestIsNoInternalError(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	handler, _, log := server(t, func(ctx context.Context) (string, error) {
		cancel()
		return "", ctx.Err()
	})
	request := httptest.NewRequestWithContext(gone, "POST", "/graphql", strings.NewReader(`{"query":"{ value }"}`))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if !strings.Contains(answer.Body.String(), "SERVICE_UNAVAILABLE") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("answer %s, log %s", answer.Body, log)
	}
}

func TestUnreachableKeysAreNotTheClientsFault(t *testing.T) {
	broken := httptest.NewServer(http.NotFoundHandler())
	defer broken.Close()
	discard := slog.New(slog.DiscardHandler)
	handler := New(Options{
		Schema: fakeSchema{schema: gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { value: String }`})},
		Tokens: token.NewVerifier(nil, token.Issuer{
			Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: token.NewRemoteKeys(token.RemoteConfig{URL: broken.URL, Log: discard}),
		}),
		Log: discard,
	})
	r := graphservertest.Client{Handler: handler, Token: tokentest.Users(t).Token("usr_x", token.Customer)}.Do(t, "{ value }", nil)
	if r.Status != http.StatusServiceUnavailable || r.Codes() != "SERVICE_UNAVAILABLE" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// A body that ends early, or never comes, is answered.
func TestABodyThatBreaksOff(t *testing.T) {
	handler, _, _ := server(t, nil)
	request := httptest.NewRequest("POST", "/graphql", io.MultiReader(strings.NewReader(`{"query":`), broken{}))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if answer.Code != http.StatusBadRequest || !strings.Contains(answer.Body.String(), "BAD_REQUEST") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestCostSaturates(t *testing.T) {
	for _, c := range []struct{ child, length, want int }{
		{3, 10, 31}, {3, 0, 1}, {0, 10, 1}, {3, -5, 1}, {1 << 29, 100, 1 << 30}, {5, 1 << 62, 1 << 30},
	} {
		if got := Cost(c.child, c.length); got != c.want {
			t.Errorf("Cost(%d, %d) = %d, want %d", c.child, c.length, got, c.want)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add(`{"query":"{ value }"}`)
	f.Add(`{"query":"query($x: String) { value }","variables":{"x":[{}]},"extensions":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		handler, _, log := server(t, func(context.Context) (string, error) { return `"x"`, nil })
		request := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code >= 500 || strings.Contains(log.String(), "level=ERROR") {
			t.Fatalf("%d %s\n%s", answer.Code, answer.Body, log)
		}
	})
}

// With a router's secret, only the router and services by their own credential
// are let in: whoever else reaches the port is not.
func TestOnlyTheRouterMayAsk(t *testing.T) {
	people, services := tokentest.Users(t), tokentest.Orders(t)
	handler := New(Options{
		Schema: fakeSchema{gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { value: String }`}), func(context.Context) (string, error) { return `"x"`, nil }},
		Tokens: token.NewVerifier(nil,
			token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: people.Keys, Roles: token.PeopleRoles()},
			token.Issuer{Name: token.IssuerOrders, Audience: token.AudienceServices, Keys: services.Keys, Roles: []token.Role{token.Service}}),
		Log: slog.New(slog.DiscardHandler), RouterSecret: "the router's own",
	})
	for name, c := range map[string]struct {
		token, secret string
		status        int
	}{
		"the router":                 {"", "the router's own", 200},
		"the router, for an admin":   {people.Token("usr_x", token.Admin), "the router's own", 200},
		"a service":                  {services.Token("orders", token.Service), "", 200},
		"an admin":                   {people.Token("usr_x", token.Admin), "", 403},
		"nobody":                     {"", "", 403},
		"somebody who guesses":       {"", "the router's", 403},
		"a wrong token and a secret": {"nonsense", "the router's own", 401},
	} {
		request := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"{ value }"}`))
		request.Header.Set("Content-Type", "application/json")
		if c.secret != "" {
			request.Header.Set(RouterSecretHeader, c.secret)
		}
		if c.token != "" {
			request.Header.Set("Authorization", "Bearer "+c.token)
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != c.status {
			t.Errorf("%s: %d %s, want %d", name, answer.Code, answer.Body, c.status)
		}
	}
}

// With the router's keys, only its tokens and services' credentials are taken. What
// it says of an account of another issuer is not said of one of ours.
func TestTokensOfTheRouter(t *testing.T) {
	people, services, router, other := tokentest.Users(t), tokentest.Orders(t), tokentest.Users(t), tokentest.Users(t)
	handler := New(Options{
		Schema: fakeSchema{gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { value: String }`}), func(ctx context.Context) (string, error) {
			claims, ok := token.FromContext(ctx)
			return fmt.Sprintf("%q", fmt.Sprint(claims.Subject, claims.Role, ok)), nil
		}},
		Tokens: token.NewVerifier(nil,
			token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: people.Keys, Roles: token.PeopleRoles()},
			token.Issuer{Name: token.IssuerOrders, Audience: token.AudienceServices, Keys: services.Keys, Roles: []token.Role{token.Service}}),
		Log: slog.New(slog.DiscardHandler), RouterKeys: router.Keys, Name: "users",
	})
	signed := func(a *tokentest.Authority, claims map[string]any) string {
		text, _, err := token.NewSigner(token.SignerConfig{Key: a.Key, Issuer: token.IssuerRouter, Lifetime: time.Minute}).SignClaims(claims)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, c := range map[string]struct {
		token  string
		status int
		want   string
	}{
		"the router, for nobody":           {signed(router, map[string]any{"aud": "users"}), 200, `"false"`},
		"the router, for an admin":         {signed(router, map[string]any{"aud": "users", "sub": "usr_x", "role": "admin", "client_iss": token.IssuerUsers}), 200, `"usr_xadmintrue"`},
		"the router, for another's admin":  {signed(router, map[string]any{"aud": "users", "sub": "usr_x", "role": "admin", "client_iss": "another"}), 200, `"false"`},
		"the router, for another subgraph": {signed(router, map[string]any{"aud": "orders"}), 401, "UNAUTHENTICATED"},
		"the router, for a service":        {signed(router, map[string]any{"aud": "users", "sub": "x", "role": "service", "client_iss": token.IssuerUsers}), 401, "UNAUTHENTICATED"},
		"another, in the router's name":    {signed(other, map[string]any{"aud": "users"}), 401, "UNAUTHENTICATED"},
		"an admin":                         {people.Token("usr_x", token.Admin), 403, "FORBIDDEN"},
		"a service":                        {services.Token("orders", token.Service), 200, `"ordersservicetrue"`},
		"nobody":                           {"", 403, "FORBIDDEN"},
		"nonsense":                         {"nonsense", 401, "UNAUTHENTICATED"},
	} {
		request := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"{ value }"}`))
		request.Header.Set("Content-Type", "application/json")
		if c.token != "" {
			request.Header.Set("Authorization", "Bearer "+c.token)
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %d %s", name, answer.Code, answer.Body, c.status, c.want)
		}
	}
}
