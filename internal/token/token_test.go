package token_test

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

const ada = "usr_01jc4zq8mve5xbm3a7n1t6k2wd"

func users(keys token.KeySource) token.Issuer {
	return token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: keys, Roles: token.PeopleRoles()}
}

func TestVerifyReadsWhatWasSigned(t *testing.T) {
	authority := tokentest.Users(t)
	verifier := token.NewVerifier(nil, users(authority.Keys))
	for _, role := range token.PeopleRoles() {
		for range 2 { // the second time from memory
			claims, err := verifier.Verify(t.Context(), authority.Token(ada, role))
			if err != nil || claims.Subject != ada || claims.Role != role || claims.Issuer != token.IssuerUsers {
				t.Errorf("%s: Verify = %+v, %v", role, claims, err)
			}
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	authority := tokentest.Users(t)
	hostile := authority.Hostile(ada, token.Admin)
	hostile["a service credential"] = tokentest.Orders(t).Token("orders", token.Service)
	hostile["a role for services only"] = authority.Token(ada, token.Service)
	verifier := token.NewVerifier(nil, users(authority.Keys))
	for name, text := range hostile {
		if claims, err := verifier.Verify(t.Context(), text); code(err) != apierror.Unauthenticated {
			t.Errorf("%s: Verify = %+v, %v, want UNAUTHENTICATED", name, claims, err)
		}
	}
}

// An issuer's key is good for that issuer alone: orders cannot make itself an
// admin by writing users' name into a token.
func TestAKeySignsForItsOwnIssuerOnly(t *testing.T) {
	people, services := tokentest.Users(t), tokentest.Orders(t)
	verifier := token.NewVerifier(nil, users(people.Keys), token.Issuer{
		Name: token.IssuerOrders, Audience: token.AudienceServices, Keys: services.Keys, Roles: []token.Role{token.Service},
	})
	if claims, err := verifier.Verify(t.Context(), services.Token("orders", token.Service)); err != nil || claims.Role != token.Service {
		t.Fatalf("the credential of orders = %+v, %v", claims, err)
	}
	for name, text := range services.Hostile("orders", token.Service) {
		if claims, err := verifier.Verify(t.Context(), text); code(err) != apierror.Unauthenticated {
			t.Errorf("%s: Verify = %+v, %v, want UNAUTHENTICATED", name, claims, err)
		}
	}
	swapped := token.NewVerifier(nil, users(services.Keys))
	if _, err := swapped.Verify(t.Context(), people.Token(ada, token.Customer)); code(err) != apierror.Unauthenticated {
		t.Errorf("users' token with orders' keys: %v", err)
	}
	if _, err := verifier.Verify(t.Context(), services.Token("orders", token.Admin)); code(err) != apierror.Unauthenticated {
		t.Errorf("orders made an admin: %v", err)
	}
}

// A token that was verified once is refused all the same when it ends.
func TestMemoryHonoursTheEnd(t *testing.T) {
	authority := tokentest.Users(t)
	clock := time.Now()
	verifier := token.NewVerifier(func() time.Time { return clock }, users(authority.Keys))
	text := authority.Token(ada, token.Customer)
	if _, err := verifier.Verify(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(5*time.Minute + token.DefaultLeeway + time.Second)
	_, err := verifier.Verify(t.Context(), text)
	if seen, ok := apierror.As(err); !ok || seen.Code != apierror.Unauthenticated || seen.Message != "the access token has expired; log in again" {
		t.Errorf("after its end: %v", err)
	}
}

func TestSkewWithinTheLeewayIsForgiven(t *testing.T) {
	authority := tokentest.Users(t)
	verifier := token.NewVerifier(func() time.Time { return time.Now().Add(-token.DefaultLeeway / 2) }, users(authority.Keys))
	if _, err := verifier.Verify(t.Context(), authority.Token(ada, token.Customer)); err != nil {
		t.Errorf("issued by a clock that is ahead: %v", err)
	}
}

func TestAuthenticateReadsTheHeader(t *testing.T) {
	authority := tokentest.Users(t)
	verifier := token.NewVerifier(nil, users(authority.Keys))
	good := authority.Token(ada, token.Customer)
	for name, c := range map[string]struct {
		values    []string
		ok, wrong bool
	}{
		"anonymous":         {nil, false, false},
		"a bearer token":    {[]string{"Bearer " + good}, true, false},
		"another spelling":  {[]string{"bearer  " + good}, true, false},
		"an empty header":   {[]string{""}, false, true},
		"another scheme":    {[]string{"Basic " + good}, false, true},
		"the token alone":   {[]string{good}, false, true},
		"two headers":       {[]string{"Bearer " + good, "Bearer " + good}, false, true},
		"bearer of nothing": {[]string{"Bearer "}, false, true},
	} {
		claims, ok, err := verifier.Authenticate(t.Context(), http.Header{"Authorization": c.values})
		if ok != c.ok || (code(err) == apierror.Unauthenticated) != c.wrong || ok && claims.Subject != ada {
			t.Errorf("%s: Authenticate = %+v, %v, %v", name, claims, ok, err)
		}
	}
}

type unreachable struct{}

func (unreachable) Key(context.Context, string) (crypto.PublicKey, error) {
	return nil, errors.New("connection refused")
}

// Where the keys cannot be had nobody's token is wrong: the client may try
// again and need not log in.
func TestUnreachableKeysAreNotTheTokensFault(t *testing.T) {
	verifier := token.NewVerifier(nil, users(unreachable{}))
	_, err := verifier.Verify(t.Context(), tokentest.Users(t).Token(ada, token.Customer))
	if code(err) != apierror.ServiceUnavailable {
		t.Errorf("Verify = %v, want SERVICE_UNAVAILABLE", err)
	}
}

func TestClaimsTravelInTheContext(t *testing.T) {
	if _, ok := token.FromContext(t.Context()); ok {
		t.Error("an anonymous context has claims")
	}
	ctx := token.WithClaims(t.Context(), token.Claims{Subject: ada})
	if claims, ok := token.FromContext(ctx); !ok || claims.Subject != ada {
		t.Errorf("FromContext = %+v, %v", claims, ok)
	}
	if claims, ok := token.FromContext(token.WithoutClaims(ctx)); ok {
		t.Errorf("without claims there are %+v", claims)
	}
}

func TestCredentialIsRenewedAtHalfItsLife(t *testing.T) {
	key, err := token.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.ParseKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Unix(1_800_000_000, 0)
	credential := token.NewSigner(token.SignerConfig{
		Key: keys[0], Issuer: token.IssuerOrders, Audience: token.AudienceServices,
		Lifetime: time.Minute, Now: func() time.Time { return clock },
	}).Credential("orders")
	first, _ := credential.Token()
	clock = clock.Add(29 * time.Second)
	if again, _ := credential.Token(); again != first {
		t.Error("renewed before half its life")
	}
	clock = clock.Add(2 * time.Second)
	if again, _ := credential.Token(); again == first {
		t.Error("not renewed after half its life")
	}
}

func code(err error) apierror.Code {
	if seen, ok := apierror.As(err); ok {
		return seen.Code
	}
	return ""
}

func BenchmarkVerify(b *testing.B) {
	authority := tokentest.Users(b)
	text := authority.Token(ada, token.Customer)
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := token.NewVerifier(nil, users(authority.Keys)).Verify(b.Context(), text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		verifier := token.NewVerifier(nil, users(authority.Keys))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := verifier.Verify(b.Context(), text); err != nil {
				b.Fatal(err)
			}
		}
	})
}
