package identity

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/internal/token"
)

// passing returns the passing of these options, with a key where keyed says so.
func passing(t *testing.T, o Options, keyed bool) *Passing {
	t.Helper()
	if keyed {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		o.Keys = []ed25519.PrivateKey{key}
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told are the headers that a subgraph gets of a request, of which the client's own
// are passed on too.
func told(t *testing.T, p *Passing, claims *token.Claims, subgraph string, forwarded http.Header) http.Header {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header.Set("Authorization", forwarded.Get("Authorization"))
	ctx := context.Background()
	if claims != nil {
		ctx = token.WithClaims(ctx, *claims)
	}
	ctx, err := p.Admit(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	header := forwarded.Clone()
	p.Apply(ctx, subgraph, header)
	return header
}

func customer() *token.Claims {
	return &token.Claims{Issuer: token.IssuerUsers, Subject: "usr_1", Role: token.Customer, All: map[string]any{
		"iss": token.IssuerUsers, "aud": "shopgraph", "exp": 1e10, "sub": "usr_1", "role": "customer", "scope": "account orders", "sid": "s1", "email_verified": true,
		"groups": []any{"a", "b"}, "level": 3.0, "name": "Zoë\r\nX-Role: admin", "address": map[string]any{"city": "Rome"}, "client_iss": "another",
	}}
}

func TestHeaders(t *testing.T) {
	p := passing(t, Options{Headers: map[string]string{
		"x-user": "sub", "X-Groups": "groups", "X-Level": "level", "X-Verified": "email_verified", "X-Address": "address", "X-Name": "name", "X-None": "none",
	}}, false)
	forged := http.Header{"X-User": {"usr_2"}, "X-None": {"forged"}, "X-Name": {"forged"}, "X-Other": {"kept"}, "Authorization": {"Bearer x"}}
	want := http.Header{
		"X-User": {"usr_1"}, "X-Groups": {"a b"}, "X-Level": {"3"}, "X-Verified": {"true"}, "X-Address": {`{"city":"Rome"}`},
		"X-Other": {"kept"}, "Authorization": {"Bearer x"},
	}
	if diff := cmp.Diff(want, told(t, p, customer(), "users", forged)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(http.Header{"X-Other": {"kept"}, "Authorization": {"Bearer x"}}, told(t, p, nil, "users", forged)); diff != "" {
		t.Errorf("an anonymous request, -want +got:\n%s", diff)
	}
	nobody := http.Header{"X-User": {"usr_2"}}
	if p.Apply(t.Context(), "users", nobody); len(nobody) > 0 {
		t.Errorf("a request that was not admitted: %v", nobody)
	}
	for name, claim := range map[string]string{"Host": "sub", "authorization": "sub", "X Y": "sub", "X-User": ""} {
		if _, err := New(Options{Headers: map[string]string{name: claim}}); err == nil {
			t.Errorf("%s=%s is taken", name, claim)
		}
	}
}

func TestTokensOfTheRoutersOwn(t *testing.T) {
	clock := time.Now()
	now := func() time.Time { return clock }
	p := passing(t, Options{Now: now}, true)
	verifier := func(subgraph string) *token.Verifier {
		return token.NewVerifier(now, token.Issuer{Name: token.IssuerRouter, Audience: subgraph, Keys: p.Keys(), Roles: token.PeopleRoles(), Anonymous: true})
	}
	client := http.Header{"Authorization": {"Bearer the client's"}}
	header := told(t, p, customer(), "orders", client)
	if strings.Contains(header.Get("Authorization"), "client's") {
		t.Fatalf("the client's token is passed on: %v", header)
	}
	claims, ok, err := verifier("orders").Authenticate(t.Context(), header)
	if err != nil || !ok {
		t.Fatal(err)
	}
	if claims.Issuer != token.IssuerRouter || claims.Subject != "usr_1" || claims.Role != token.Customer || len(claims.Scopes) != 2 ||
		claims.Session != "s1" || !claims.EmailVerified || claims.All["client_iss"] != token.IssuerUsers || claims.All["level"] != 3.0 ||
		claims.Expires.Sub(clock) > DefaultLifetime {
		t.Errorf("%+v", claims)
	}
	if _, _, err := verifier("users").Authenticate(t.Context(), header); err == nil {
		t.Error("another subgraph takes it")
	}
	if diff := cmp.Diff(header, told(t, p, customer(), "orders", client)); diff != "" {
		t.Errorf("the next request has another token:\n%s", diff)
	}
	another := customer()
	another.All["sub"] = "usr_2"
	if other := told(t, p, another, "orders", http.Header{"Authorization": {"Bearer another"}}); cmp.Equal(header, other) {
		t.Error("another client has the same token")
	}
	clock = clock.Add(DefaultLifetime * 3 / 4)
	if later := told(t, p, customer(), "orders", client); cmp.Equal(header, later) {
		t.Error("a token is shown again that will soon end")
	}
	clock = clock.Add(DefaultLifetime)
	if _, _, err := verifier("orders").Authenticate(t.Context(), header); err == nil {
		t.Error("it does not end")
	}
	anonymous := told(t, p, nil, "orders", client)
	if claims, ok, err := verifier("orders").Authenticate(t.Context(), anonymous); err != nil || !ok || claims.Subject != "" || claims.Role != "" {
		t.Errorf("an anonymous request: %+v, %v, %v", claims, ok, err)
	}
	named := token.NewVerifier(now, token.Issuer{Name: token.IssuerRouter, Audience: "orders", Keys: p.Keys()})
	if _, _, err := named.Authenticate(t.Context(), anonymous); err == nil {
		t.Error("who takes no anonymous tokens takes one")
	}
}

func BenchmarkApply(b *testing.B) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := New(Options{Keys: []ed25519.PrivateKey{key}, Headers: map[string]string{"X-User": "sub"}})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header.Set("Authorization", "Bearer "+strings.Repeat("x", 500))
	ctx, err := p.Admit(token.WithClaims(b.Context(), *customer()), r)
	if err != nil {
		b.Fatal(err)
	}
	header := http.Header{}
	b.ReportAllocs()
	for b.Loop() {
		p.Apply(ctx, "orders", header)
	}
}
