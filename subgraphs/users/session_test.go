package users

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/token"
)

const sessionFields = "session { accessToken refreshToken user { email } }"

// session is what a client keeps of a login.
type session struct{ access, refresh string }

func sessionIn(t *testing.T, payload map[string]any) session {
	t.Helper()
	s, ok := payload["session"].(map[string]any)
	if !ok {
		t.Fatalf("no session: %v", payload)
	}
	return session{s["accessToken"].(string), s["refreshToken"].(string)}
}

// login logs in as a persona whose password is known.
func (f *fixture) login(t *testing.T, email string) session {
	t.Helper()
	return sessionIn(t, f.do(t, "anonymous", "login", sessionFields, map[string]any{"email": email, "password": password}))
}

// refresh returns the next session, or the codes of why there is none.
func (f *fixture) refresh(t *testing.T, s session) (session, string) {
	t.Helper()
	payload := f.do(t, "anonymous", "refreshSession", sessionFields, map[string]any{"refreshToken": s.refresh})
	if payload["session"] == nil {
		return session{}, codes(payload)
	}
	return sessionIn(t, payload), ""
}

// changes says whether a change is accepted from the session's access token, as
// "" or a code.
func (f *fixture) changes(t *testing.T, s session) string {
	t.Helper()
	return codes(do(t, graphservertest.Client{Handler: f.Handler(), Token: s.access}, "updateProfile", "user { name }", map[string]any{}))
}

const customer, staffMember = "customer@shopgraph.example", "staff@shopgraph.example"

func TestRefreshTokensRotate(t *testing.T) {
	f := newFixture(t)
	s := f.login(t, customer)
	for i := range 3 {
		next, refused := f.refresh(t, s)
		if refused != "" || next.refresh == s.refresh || f.changes(t, next) != "" {
			t.Fatalf("refresh %d: %q", i, refused)
		}
		s = next
	}
	if me := (graphservertest.Client{Handler: f.Handler(), Token: s.access}).Do(t, `{ me { email } }`, nil); me.Get("me.email") != customer {
		t.Errorf("me: %s", me.Body)
	}
}

// A refresh token that comes a second time ends the session for both who used
// it, and no other.
func TestAReusedRefreshTokenEndsItsSession(t *testing.T) {
	f := newFixture(t)
	stolen, other := f.login(t, customer), f.login(t, customer)
	next, _ := f.refresh(t, stolen)
	if _, refused := f.refresh(t, stolen); refused != "INVALID_REFRESH_TOKEN" {
		t.Errorf("used again: %q", refused)
	}
	if _, refused := f.refresh(t, next); refused != "INVALID_REFRESH_TOKEN" {
		t.Errorf("the family lives on: %q", refused)
	}
	if got := f.changes(t, next); got != "UNAUTHENTICATED" {
		t.Errorf("its access token changes things: %q", got)
	}
	if _, refused := f.refresh(t, other); refused != "" {
		t.Errorf("another session ended too: %q", refused)
	}
}

// Of many that use a token at once at most one gets through, and the session ends.
func TestARefreshTokenIsGoodOnce(t *testing.T) {
	f := newFixture(t)
	for range 10 {
		s := f.login(t, customer)
		var mu sync.Mutex
		var got []session
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if next, refused := f.refresh(t, s); refused == "" {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, next)
				}
			})
		}
		all.Wait()
		if len(got) != 1 {
			t.Fatalf("%d got a session of one token", len(got))
		}
		if _, refused := f.refresh(t, got[0]); refused == "" {
			t.Error("the session of a token that was used four times goes on")
		}
	}
}

func TestWhatIsNoRefreshToken(t *testing.T) {
	f := newFixture(t)
	s := f.login(t, customer)
	for name, text := range map[string]string{
		"nothing": "", "an access token": s.access, "one cut short": s.refresh[:42], "a NUL": "\x00", "1 MB": strings.Repeat("a", 900_000),
	} {
		if _, refused := f.refresh(t, session{refresh: text}); refused != "INVALID_REFRESH_TOKEN" {
			t.Errorf("%s: %q", name, refused)
		}
	}
	if _, refused := f.refresh(t, s); refused != "" {
		t.Errorf("after all that: %q", refused)
	}
}

// Whatever ends sessions ends them at once: no refresh, and no change by an
// access token that is still good for some minutes.
func TestSessionsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		end          func(t *testing.T, f *fixture, of session)
		others       bool   // the account's other sessions end too
		loginRefused string // logging in again
	}{
		"logout": {func(t *testing.T, f *fixture, of session) {
			if got := do(t, graphservertest.Client{Handler: f.Handler(), Token: of.access}, "logout", "endedSessions", map[string]any{}); got["endedSessions"] != 1.0 {
				t.Errorf("logout: %v", got)
			}
		}, false, ""},
		"logout everywhere": {func(t *testing.T, f *fixture, of session) {
			// Two of the test's, and one of the fixture's.
			if got := do(t, graphservertest.Client{Handler: f.Handler(), Token: of.access}, "logout", "endedSessions", map[string]any{"everywhere": true}); got["endedSessions"] != 3.0 {
				t.Errorf("logout: %v", got)
			}
		}, true, ""},
		"another password": {func(t *testing.T, f *fixture, of session) {
			got := do(t, graphservertest.Client{Handler: f.Handler(), Token: of.access}, "changePassword", sessionFields, map[string]any{"currentPassword": password, "newPassword": "another password"})
			if fresh := sessionIn(t, got); f.changes(t, fresh) != "" {
				t.Error("whoever changed the password is logged out")
			}
		}, true, "INVALID_CREDENTIALS"},
		"a reset password": {func(t *testing.T, f *fixture, _ session) {
			f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": customer})
			_, secret := f.mail(t)
			if got := f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": secret, "newPassword": "another password"}); got["reset"] != true {
				t.Errorf("reset: %v", got)
			}
		}, true, "INVALID_CREDENTIALS"},
		"another role": {func(t *testing.T, f *fixture, _ session) {
			if got := f.do(t, "admin", "changeRole", "user { role }", map[string]any{"accountId": userID(0), "role": "STAFF"}); codes(got) != "" {
				t.Errorf("changeRole: %v", got)
			}
		}, true, ""},
		"blocked": {func(t *testing.T, f *fixture, _ session) {
			if got := f.do(t, "staff", "blockAccount", "user { status }", map[string]any{"accountId": userID(0), "reason": "fraud"}); codes(got) != "" {
				t.Errorf("blockAccount: %v", got)
			}
		}, true, "ACCOUNT_BLOCKED"},
		"deleted": {func(t *testing.T, f *fixture, of session) {
			if got := do(t, graphservertest.Client{Handler: f.Handler(), Token: of.access}, "deleteAccount", "deleted", map[string]any{"password": password}); got["deleted"] != true {
				t.Errorf("deleteAccount: %v", got)
			}
		}, true, "INVALID_CREDENTIALS"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			one, two, stranger := f.login(t, customer), f.login(t, customer), f.login(t, size.User(5).Email)
			c.end(t, f, one)
			if _, refused := f.refresh(t, one); refused != "INVALID_REFRESH_TOKEN" {
				t.Errorf("it is refreshed: %q", refused)
			}
			if got := f.changes(t, one); got != "UNAUTHENTICATED" {
				t.Errorf("it changes things: %q", got)
			}
			if _, refused := f.refresh(t, two); (refused != "") != c.others {
				t.Errorf("the account's other session: %q", refused)
			}
			if _, refused := f.refresh(t, stranger); refused != "" {
				t.Errorf("another account's session: %q", refused)
			}
			got := f.do(t, "anonymous", "login", sessionFields, map[string]any{"email": customer, "password": password})
			if codes(got) != c.loginRefused {
				t.Errorf("logging in again: %v", got)
			}
		})
	}
}

// An access token without a session, as only another's mistake could make it,
// reads and changes nothing.
func TestChangesNeedASession(t *testing.T) {
	f := newFixture(t)
	anothers := f.authority.Grant(token.Grant{Subject: userID(5), Role: token.Customer, Session: sessionOf(t, f.tokens["owner"])})
	for name, s := range map[string]session{"no session": {access: f.tokens["no session"]}, "another's session": {access: anothers}, "nobody": {}} {
		if got := f.changes(t, s); got != "UNAUTHENTICATED" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := f.changes(t, session{access: f.tokens["owner"]}); got != "" {
		t.Errorf("the owner: %q", got)
	}
}

func sessionOf(t *testing.T, access string) string {
	t.Helper()
	claims, err := token.NewVerifier(nil).Verify(t.Context(), access)
	if err == nil {
		t.Fatalf("a verifier without issuers accepts %v", claims)
	}
	return decodeSession(t, access)
}

// A session lasts thirty days unused and half a year at most.
func TestSessionsExpire(t *testing.T) {
	f := newFixture(t)
	for name, statement := range map[string]string{
		"the refresh token": `UPDATE refresh_tokens SET expires_at = now() - interval '1 second'`,
		"the session":       `UPDATE sessions SET expires_at = now() - interval '1 second'`,
	} {
		s := f.login(t, customer)
		f.db.MustExec(statement)
		if _, refused := f.refresh(t, s); refused != "INVALID_REFRESH_TOKEN" {
			t.Errorf("%s has ended: %q", name, refused)
		}
	}
	s := f.login(t, customer)
	f.db.MustExec(`UPDATE sessions SET expires_at = now() + interval '1 day' WHERE ended_at IS NULL`)
	f.refresh(t, s)
	var beyond int
	if err := f.db.Get(&beyond, `SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.used_at IS NULL AND t.expires_at > s.expires_at AND s.expires_at > now()
		AND t.created_at > s.created_at`); err != nil || beyond != 0 {
		t.Errorf("%d refresh tokens outlive their session, %v", beyond, err)
	}
}

func TestSweep(t *testing.T) {
	f := newFixture(t)
	f.login(t, customer)
	f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": customer})
	if n, err := f.store.sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("%d things are swept that are of use, %v", n, err)
	}
	for _, statement := range []string{
		`UPDATE sessions SET ended_at = now() - interval '31 days', ended_because = 'LOGOUT'`,
		`UPDATE letter_tokens SET expires_at = now() - interval '1 second'`,
		`UPDATE letters SET created_at = now() - interval '3 days'`,
		`UPDATE attempts SET last_at = now() - interval '2 days'`,
	} {
		f.db.MustExec(statement)
	}
	if _, err := f.store.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"sessions", "refresh_tokens", "letter_tokens", "letters", "attempts"} {
		var n int
		if err := f.db.Get(&n, fmt.Sprintf(`SELECT count(*) FROM %s`, table)); err != nil || n != 0 {
			t.Errorf("%d rows are left in %s, %v", n, table, err)
		}
	}
}
