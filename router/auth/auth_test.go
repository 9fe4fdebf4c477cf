package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

func newAuthenticator(t *testing.T, issuers ...Issuer) *Authenticator {
	t.Helper()
	a, err := New(issuers, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// admit returns the subject, and the error's code.
func admit(t *testing.T, a *Authenticator, bearer string) (subject string, code apierror.Code) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	ctx, err := a.Admit(t.Context(), r)
	if e, ok := apierror.As(err); ok {
		return "", e.Code
	} else if err != nil {
		t.Fatalf("Admit fails with an error that is not for clients: %v", err)
	}
	claims, _ := token.FromContext(ctx)
	return claims.Subject, ""
}

// issuer serves an authority's key set and is the configuration that trusts it.
func issuer(t *testing.T, name, audience string, keys http.Handler) Issuer {
	t.Helper()
	server := httptest.NewServer(keys)
	t.Cleanup(server.Close)
	return Issuer{Name: name, Audience: audience, KeySets: []string{server.URL}}
}

func TestAdmit(t *testing.T) {
	authority := tokentest.Users(t)
	a := newAuthenticator(t, issuer(t, token.IssuerUsers, token.AudienceAPI, authority.Keys))
	if subject, code := admit(t, a, ""); subject != "" || code != "" {
		t.Errorf("without a token: %q, %s", subject, code)
	}
	for range 2 {
		if subject, code := admit(t, a, authority.Token("ada", token.Customer)); subject != "ada" || code != "" {
			t.Errorf("with a token: %q, %s", subject, code)
		}
	}
	hostile := authority.Hostile("ada", token.Customer)
	for _, role := range []string{"no role", "a role nobody gives", "roles in a list", "a role in other case"} {
		delete(hostile, role) // what a role is, is not the router's to know
	}
	for name, text := range hostile {
		if text == "" {
			continue // an empty token is "Bearer " without one, below
		}
		if subject, code := admit(t, a, text); code != apierror.Unauthenticated {
			t.Errorf("%s: admitted as %q, %s", name, subject, code)
		}
	}
	for _, header := range []string{"", "Bearer", "Bearer ", "Basic YTpi"} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.Header.Set("Authorization", header)
		if _, err := a.Admit(t.Context(), r); err == nil {
			t.Errorf("the header %q is admitted", header)
		}
	}
}

// A key is good for its own issuer; an issuer may have several sets of them.
func TestSeveralIssuers(t *testing.T) {
	users, orders := tokentest.Users(t), tokentest.Orders(t)
	spare := issuer(t, "", "", tokentest.Users(t).Keys)
	of := issuer(t, token.IssuerUsers, token.AudienceAPI, users.Keys)
	of.KeySets = append(spare.KeySets, of.KeySets...)
	a := newAuthenticator(t, of, issuer(t, token.IssuerOrders, "", orders.Keys))
	if subject, code := admit(t, a, users.Token("ada", token.Customer)); subject != "ada" {
		t.Errorf("the first issuer's token: %q, %s", subject, code)
	}
	if subject, code := admit(t, a, orders.Token("orders", token.Service)); subject != "orders" {
		t.Errorf("the second issuer's token, whose audience is not asked for: %q, %s", subject, code)
	}
	swapped := newAuthenticator(t, issuer(t, token.IssuerUsers, token.AudienceAPI, orders.Keys), issuer(t, token.IssuerOrders, "", users.Keys))
	if subject, code := admit(t, swapped, users.Token("ada", token.Customer)); code != apierror.Unauthenticated {
		t.Errorf("signed by another issuer's key: %q, %s", subject, code)
	}
}

func TestKeysThatCannotBeHad(t *testing.T) {
	authority := tokentest.Users(t)
	broken := issuer(t, token.IssuerUsers, token.AudienceAPI, http.NotFoundHandler())
	if _, code := admit(t, newAuthenticator(t, broken), authority.Token("ada", token.Customer)); code != apierror.ServiceUnavailable {
		t.Errorf("code %s, want SERVICE_UNAVAILABLE", code)
	}
}

// signatures checks that each accepted algorithm works, with keys from a file,
// and that one outside the list does not.
func TestAlgorithms(t *testing.T) {
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rs, _ := rsa.GenerateKey(rand.Reader, 2048)
	b64 := base64.RawURLEncoding.EncodeToString
	point, _ := ec.PublicKey.Bytes()
	document, _ := json.Marshal(map[string]any{"keys": []map[string]string{
		{"kty": "EC", "kid": "ec", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:]), "use": "sig"},
		{"kty": "RSA", "kid": "rs", "n": b64(rs.N.Bytes()), "e": b64(big.NewInt(int64(rs.E)).Bytes()), "alg": "RS256"},
	}})
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	sign := func(method jwt.SigningMethod, kid string, key any) string {
		unsigned := jwt.NewWithClaims(method, jwt.MapClaims{"iss": "idp", "sub": "ada", "exp": time.Now().Add(time.Minute).Unix()})
		unsigned.Header["kid"] = kid
		text, err := unsigned.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, c := range []struct {
		text       string
		algorithms []string
		ok         bool
	}{
		{sign(jwt.SigningMethodES256, "ec", ec), nil, true},
		{sign(jwt.SigningMethodRS256, "rs", rs), nil, true},
		{sign(jwt.SigningMethodPS256, "rs", rs), nil, false},
		{sign(jwt.SigningMethodPS256, "rs", rs), []string{"PS256"}, true},
		{sign(jwt.SigningMethodRS256, "rs", rs), []string{"ES256"}, false},
		{sign(jwt.SigningMethodRS256, "ec", rs), nil, false},
	} {
		a := newAuthenticator(t, Issuer{Name: "idp", KeySets: []string{file}, Algorithms: c.algorithms})
		if subject, code := admit(t, a, c.text); (subject == "ada") != c.ok || (code == apierror.Unauthenticated) == c.ok {
			t.Errorf("%s with %q: %q, %s", c.text[:20], c.algorithms, subject, code)
		}
	}
}

func TestSettingsThatAreWrong(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.json")
	if err := os.WriteFile(empty, []byte(`{"keys": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	good := Issuer{Name: "a", KeySets: []string{"https://idp.example/jwks.json"}}
	for want, issuers := range map[string][]Issuer{
		"names of their own": {good, good},
		"names of":           {{KeySets: good.KeySets}},
		"no JWK set":         {{Name: "a"}},
		"that can be read":   {{Name: "a", KeySets: []string{"/nowhere/jwks.json"}}},
		"no usable key":      {{Name: "a", KeySets: []string{empty}}},
		"HS256":              {{Name: "a", KeySets: good.KeySets, Algorithms: []string{"HS256"}}},
		`"none"`:             {{Name: "a", KeySets: good.KeySets, Algorithms: []string{"none"}}},
	} {
		if _, err := New(issuers, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New = %v, want an error about %s", err, want)
		}
	}
}

func BenchmarkAdmit(b *testing.B) {
	authority := tokentest.Users(b)
	server := httptest.NewServer(authority.Keys)
	defer server.Close()
	a, err := New([]Issuer{{Name: token.IssuerUsers, Audience: token.AudienceAPI, KeySets: []string{server.URL}}}, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header.Set("Authorization", "Bearer "+authority.Token("ada", token.Customer))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Admit(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
