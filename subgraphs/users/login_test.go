package users

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/token"
)

const (
	registerQuery = `mutation($email: String!, $name: String! = "Nora New", $password: String!) {
		register(input: {email: $email, name: $name, password: $password}) { accepted userErrors { code } } }`
	loginQuery = `mutation($email: String!, $password: String!) {
		login(input: {email: $email, password: $password}) { session { accessToken accessTokenExpiresAt user { email role } } userErrors { code } } }`
)

// The whole way in: register, log in, and the token opens one's own account.
func TestRegisterLoginMe(t *testing.T) {
	f := newFixture(t)
	r := f.as("anonymous").Do(t, registerQuery, map[string]any{"email": " Nora@New.Example ", "password": "long enough"})
	if r.Get("register.accepted") != true {
		t.Fatalf("register: %s", r.Body)
	}
	r = f.as("anonymous").Do(t, loginQuery, map[string]any{"email": "NORA@new.example", "password": "long enough"})
	text, _ := r.Get("login.session.accessToken").(string)
	if r.Get("login.session.user.role") != "CUSTOMER" || r.Get("login.session.user.email") != "nora@new.example" || text == "" {
		t.Fatalf("login: %s", r.Body)
	}
	me := graphservertest.Client{Handler: f.Handler(), Token: text}.Do(t, `{ me { email name } }`, nil)
	if me.Get("me.email") != "nora@new.example" || me.Get("me.name") != "Nora New" {
		t.Errorf("me: %s", me.Body)
	}
	// Others verify the token with what users publishes.
	server := httptest.NewServer(f.Handler())
	defer server.Close()
	verifier := token.NewVerifier(nil, token.Issuer{
		Name: token.IssuerUsers, Audience: token.AudienceAPI, Roles: token.PeopleRoles(),
		Keys: token.NewRemoteKeys(token.RemoteConfig{URL: server.URL + "/.well-known/jwks.json", Log: slog.New(slog.DiscardHandler)}),
	})
	if claims, err := verifier.Verify(t.Context(), text); err != nil || claims.Role != token.Customer {
		t.Errorf("the published keys give %+v, %v", claims, err)
	}
}

// Registering an address that has an account answers as if it were new, and
// changes nothing.
func TestRegisterDoesNotTellWhoIsACustomer(t *testing.T) {
	f := newFixture(t)
	fresh := f.as("anonymous").Do(t, registerQuery, map[string]any{"email": "new@shopgraph.example", "password": "a good password"})
	known := f.as("anonymous").Do(t, registerQuery, map[string]any{"email": "Customer@shopgraph.example", "password": "a good password"})
	if string(fresh.Body) != string(known.Body) || known.Status != fresh.Status {
		t.Errorf("a new address: %s\na known one: %s", fresh.Body, known.Body)
	}
	if r := f.as("anonymous").Do(t, loginQuery, map[string]any{"email": "customer@shopgraph.example", "password": "a good password"}); r.Get("login.session") != nil {
		t.Error("registering took the account over")
	}
	if r := f.as("anonymous").Do(t, loginQuery, map[string]any{"email": "customer@shopgraph.example", "password": password}); r.Get("login.session") == nil {
		t.Errorf("the account is lost: %s", r.Body)
	}
}

// Where only verified accounts can log in, whoever registers an address and tries
// to log in then learns nothing either: not from the answer, and the work is that
// of a wrong password.
func TestRegisteringTellsNothingByTheLogin(t *testing.T) {
	f := newFixture(t)
	config := f.config()
	config.VerifiedOnly = true
	var err error
	if f.Service, err = New(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	answers, work := map[string]string{}, map[string]int{}
	for _, email := range []string{"new@shopgraph.example", "customer@shopgraph.example"} {
		f.as("anonymous").Do(t, registerQuery, map[string]any{"email": email, "password": "a good password"})
		work[email] = len(f.db.Statements.During(func() {
			answers[email] = string(f.as("anonymous").Do(t, loginQuery, map[string]any{"email": email, "password": "a good password"}).Body)
		}))
	}
	if fresh, known := answers["new@shopgraph.example"], answers["customer@shopgraph.example"]; fresh != known || !strings.Contains(fresh, "INVALID_CREDENTIALS") {
		t.Errorf("a new address: %s\na known one: %s", fresh, known)
	}
	if work["new@shopgraph.example"] != work["customer@shopgraph.example"] {
		t.Errorf("statements: %v", work)
	}
	_, secret := f.mail(t)
	if p := f.do(t, "anonymous", "verifyEmail", "verified", map[string]any{"token": secret}); p["verified"] != true {
		t.Fatalf("verifying: %v", p)
	}
	if r := f.as("anonymous").Do(t, loginQuery, map[string]any{"email": "new@shopgraph.example", "password": "a good password"}); r.Get("login.session") == nil {
		t.Errorf("after verifying: %s", r.Body)
	}
}

func TestAnAddressHasOneAccount(t *testing.T) {
	f := newFixture(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			r := f.as("anonymous").Do(t, registerQuery, map[string]any{"email": "race@shopgraph.example", "password": "a good password"})
			if r.Get("register.accepted") != true {
				t.Errorf("register: %s", r.Body)
			}
		})
	}
	all.Wait()
	if n, err := f.store.count(t.Context(), nil); err != nil || n != size.Users+1 {
		t.Errorf("%d accounts, %v, want %d", n, err, size.Users+1)
	}
}

func TestRegistrationRefuses(t *testing.T) {
	for _, c := range []struct{ email, name, password, want string }{
		{"", "N", "0123456789", "INVALID_EMAIL"},
		{"@", "N", "0123456789", "INVALID_EMAIL"},
		{"a@", "N", "0123456789", "INVALID_EMAIL"},
		{"a b@c.example", "N", "0123456789", "INVALID_EMAIL"},
		{"a@b@c.example", "N", "0123456789", "INVALID_EMAIL"},
		{"Name <a@b.example>", "N", "0123456789", "INVALID_EMAIL"},
		{"a@b.example, c@d.example", "N", "0123456789", "INVALID_EMAIL"},
		{"a\x00@b.example", "N", "0123456789", "INVALID_EMAIL"},
		{"a@b.example\r\nBcc: x@y.example", "N", "0123456789", "INVALID_EMAIL"},
		{strings.Repeat("a", 250) + "@b.example", "N", "0123456789", "INVALID_EMAIL"},
		{"a@b.example", "", "0123456789", "INVALID_NAME"},
		{"a@b.example", " \t ", "0123456789", "INVALID_NAME"},
		{"a@b.example", "a\x00b", "0123456789", "INVALID_NAME"},
		{"a@b.example", strings.Repeat("é", 101), "0123456789", "INVALID_NAME"},
		{"a@b.example", "N", "012345678", "INVALID_PASSWORD"},
		{"a@b.example", "N", strings.Repeat("x", 129), "INVALID_PASSWORD"},
		{"nope", "", "short", "INVALID_EMAIL INVALID_NAME INVALID_PASSWORD"},
		{"ä.ö@b.example", strings.Repeat("é", 100), strings.Repeat("💡", 128), ""},
	} {
		var codes []string
		for _, fault := range checkRegistration(normalEmail(c.email), strings.TrimSpace(c.name), c.password) {
			codes = append(codes, string(fault.Code))
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%.40q %.20q %.20q: %s, want %s", c.email, c.name, c.password, got, c.want)
		}
	}
}

// An unknown address is hashed for like a known one: with every turn of the
// hasher taken, both wait.
func TestAnUnknownAddressCostsAHash(t *testing.T) {
	f := newFixture(t)
	for range cap(f.hasher.slots) {
		f.hasher.slots <- struct{}{}
	}
	for _, email := range []string{"customer@shopgraph.example", "nobody@shopgraph.example"} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.authenticate(ctx, email, "wrong"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want to wait for a turn", email, err)
		}
	}
}

func TestWhatIsNoCredentialIsRefusedAtOnce(t *testing.T) {
	f := newFixture(t)
	for name, c := range map[string][2]string{
		"a NUL":               {"a\x00@b.example", "0123456789"},
		"an address of 1 kB":  {strings.Repeat("a", 1000), "0123456789"},
		"a password of 10 kB": {"customer@shopgraph.example", strings.Repeat("a", 10_000)},
	} {
		r := f.as("anonymous").Do(t, loginQuery, map[string]any{"email": c[0], "password": c[1]})
		if r.Get("login.userErrors.0.code") != "INVALID_CREDENTIALS" {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
}

func TestProductionRefusesDemoPasswords(t *testing.T) {
	f := newFixture(t)
	config := f.config()
	config.Production = true
	if _, err := New(t.Context(), config); err == nil || !strings.Contains(err.Error(), "hashes passwords in production") {
		t.Errorf("cheap hashes in production: %v", err)
	}
	config.Hashing = nil
	f.db.MustExec(`UPDATE users SET password_hash = $1 WHERE email = 'customer@shopgraph.example'`, must(demoHashes())["CUSTOMER"])
	if _, err := New(t.Context(), config); err == nil || !strings.Contains(err.Error(), "customer@shopgraph.example") {
		t.Fatalf("New = %v, want a refusal that names the account", err)
	}
	if _, err := f.db.Exec(`TRUNCATE users CASCADE`); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), config); err != nil {
		t.Error(err)
	}
}

func TestKeysArePublishedForVerifiersAlone(t *testing.T) {
	f := newFixture(t)
	answer := httptest.NewRecorder()
	f.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/.well-known/jwks.json", nil))
	if body := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(body, `"crv":"Ed25519"`) || strings.Contains(body, `"d":`) {
		t.Errorf("%d %s", answer.Code, body)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
