package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
)

// Whether an address has an account makes no difference to any answer, byte by
// byte. (That it makes none to the work either is counted in subgraphs/users.)
func whoHasAnAccount(t *testing.T, h *hazards) {
	for name, query := range map[string]string{
		"login":    `mutation ($e: String!) { login(input: {email: $e, password: "certainly wrong"}) { session { accessToken } userErrors { code field message } } }`,
		"register": `mutation ($e: String!) { register(input: {email: $e, name: "X", password: "long enough"}) { accepted userErrors { code field message } } }`,
		"reset":    `mutation ($e: String!) { requestPasswordReset(input: {email: $e}) { accepted userErrors { code field message } } }`,
		"resend":   `mutation ($e: String!) { resendVerification(input: {email: $e}) { accepted userErrors { code field message } } }`,
	} {
		for where, endpoint := range map[string]string{"the router": h.endpoint, "users": h.direct["users"]} {
			known := askAt(t, endpoint, "", query, map[string]any{"e": h.owner.email})
			unknown := askAt(t, endpoint, "", query, map[string]any{"e": "nobody." + name + "@example.com"})
			if known.body != unknown.body || known.status != unknown.status || len(known.Errors) > 0 {
				t.Errorf("%s at %s: of a known address %d %s\nof an unknown one %d %s", name, where, known.status, known.body, unknown.status, unknown.body)
			}
		}
	}
}

// Guessing is held by account and by network address, for addresses without an
// account just the same; and what a client says of where it comes from counts
// for nothing. How long it is held grows with each try (subgraphs/users shows
// that); here it is made so long that the test need not be quick.
func guessingPasswords(t *testing.T, h *hazards) {
	victim, nobody := "victim@example.com", "no.such.account@example.com"
	h.newCustomer(t, victim, "Vic")
	for _, email := range []string{victim, nobody} {
		for tries := range 10 {
			if code := h.guess(t, "127.0.0.2", email, "wrong password"); code != "INVALID_CREDENTIALS" {
				t.Fatalf("try %d at %s: %s", tries+1, email, code)
			}
		}
		h.prolong(t, "ACCOUNT", email)
		for _, password := range []string{"wrong password", goodPassword} {
			if code := h.guess(t, "127.0.0.2", email, password); code != "TOO_MANY_ATTEMPTS" {
				t.Errorf("%q while %s is held: %s", password, email, code)
			}
		}
	}

	// One address may try a hundred accounts, each once.
	h.guess(t, "127.0.0.3", "somebody.1@example.com", "wrong password")
	if n := h.count(t, `WITH moved AS (UPDATE users.attempts SET tries = 99 WHERE kind = 'ADDRESS' AND key = $1 RETURNING 1) SELECT count(*) FROM moved`, attemptKey("ADDRESS", "127.0.0.3")); n != 1 {
		t.Fatalf("%d rows count what comes from 127.0.0.3", n)
	}
	if code := h.guess(t, "127.0.0.3", "somebody.2@example.com", "wrong password"); code != "INVALID_CREDENTIALS" {
		t.Errorf("the hundredth try: %s", code)
	}
	h.prolong(t, "ADDRESS", "127.0.0.3")
	for from, want := range map[string]string{"127.0.0.3": "TOO_MANY_ATTEMPTS", "127.0.0.4": "INVALID_CREDENTIALS"} {
		if code := h.guess(t, from, "somebody.3@example.com", "wrong password"); code != want {
			t.Errorf("from %s: %s", from, code)
		}
	}
}

// prolong holds for an hour what is held, and fails the test when it is not.
func (h *hazards) prolong(t *testing.T, kind, of string) {
	t.Helper()
	if n := h.count(t, `WITH held AS (UPDATE users.attempts SET held_until = now() + interval '1 hour' WHERE kind = $1 AND key = $2 AND held_until > last_at RETURNING 1)
		SELECT count(*) FROM held`, kind, attemptKey(kind, of)); n != 1 {
		t.Fatalf("%s %s is not held", kind, of)
	}
}

// attemptKey is how users writes down who tries.
func attemptKey(kind, of string) []byte {
	sum := sha256.Sum256([]byte(kind + "\x00" + of))
	return sum[:]
}

// guess logs in from a network address, saying each time to come from another,
// and returns the code of the refusal; "" when there is none.
func (h *hazards) guess(t *testing.T, from, email, password string) string {
	t.Helper()
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext, DisableKeepAlives: true}
	body, err := json.Marshal(map[string]any{
		"query":     `mutation ($e: String!, $p: String!) { login(input: {email: $e, password: $p}) { userErrors { code } } }`,
		"variables": map[string]any{"e": email, "p": password},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.guesses++
	header := http.Header{"Content-Type": {"application/json"}, "X-Forwarded-For": {fmt.Sprintf("203.0.113.%d", h.guesses%250)}}
	a := post(t, &http.Client{Transport: transport}, h.endpoint, header, body)
	if code := get(a.Data, "login", "userErrors", 0, "code"); code != nil {
		return code.(string)
	}
	return a.codes()
}

// What ends a session ends it at once: its refresh token, and what its access
// token may change. A refresh token that comes twice ends its whole session.
func sessionsEnd(t *testing.T, h *hazards) {
	for name, end := range map[string]func(t *testing.T, v *session){
		"logout": func(t *testing.T, v *session) { v.change(t, h, `logout(input: {}) { endedSessions }`) },
		"logout everywhere": func(t *testing.T, v *session) {
			h.another(t, v).change(t, h, `logout(input: {everywhere: true}) { endedSessions }`)
		},
		"a new password": func(t *testing.T, v *session) {
			h.another(t, v).change(t, h, `changePassword(input: {currentPassword: "`+goodPassword+`", newPassword: "another password"}) { session { accessToken } }`)
		},
		"a block": func(t *testing.T, v *session) {
			h.asStaff(t, "staff", v, `blockAccount(input: {accountId: $id, reason: "test"}) { user { status } }`)
		},
		"a new role": func(t *testing.T, v *session) {
			h.asStaff(t, "admin", v, `changeRole(input: {accountId: $id, role: STAFF}) { user { role } }`)
		},
		"deletion": func(t *testing.T, v *session) {
			v.change(t, h, `deleteAccount(input: {password: "`+goodPassword+`"}) { deleted }`)
		},
		"a stolen one": func(t *testing.T, v *session) {
			old := *v
			if code := v.refresh(t, h); code != "" {
				t.Errorf("the first refresh: %s", code)
			}
			if code := old.refresh(t, h); code != "INVALID_REFRESH_TOKEN" {
				t.Errorf("the same token again: %s", code)
			}
		},
	} {
		email := strings.ReplaceAll(name, " ", ".") + "@example.com"
		h.newCustomer(t, email, "Somebody")
		v := h.newSession(t, email)
		end(t, v)
		if code := v.refresh(t, h); code != "INVALID_REFRESH_TOKEN" {
			t.Errorf("after %s: a refresh gives %q", name, code)
		}
		for where, endpoint := range map[string]string{"the router": h.endpoint, "users": h.direct["users"]} {
			a := askAt(t, endpoint, v.access, `mutation { updateProfile(input: {name: "Changed"}) { user { name } } }`, nil)
			if a.codes() != "UNAUTHENTICATED" || get(a.Data, "updateProfile") != nil {
				t.Errorf("after %s: a change at %s gives %s", name, where, a.body)
			}
		}
	}
}

// session is what a client holds of a login.
type session struct{ user, email, access, refreshToken string }

func (h *hazards) newSession(t *testing.T, email string) *session {
	t.Helper()
	a := h.must(t, "anonymous", `mutation ($e: String!, $p: String!) { login(input: {email: $e, password: $p}) { session { accessToken refreshToken user { id } } } }`,
		map[string]any{"e": email, "p": goodPassword})
	return &session{text(a, "login", "session", "user", "id"), email, text(a, "login", "session", "accessToken"), text(a, "login", "session", "refreshToken")}
}

// another is a second login to the same account.
func (h *hazards) another(t *testing.T, v *session) *session {
	t.Helper()
	return h.newSession(t, v.email)
}

// change runs a mutation that must succeed.
func (v *session) change(t *testing.T, h *hazards, mutation string) {
	t.Helper()
	if a := h.ask(t, v.access, "mutation { "+mutation+" }", nil); len(a.Errors) > 0 {
		t.Fatalf("%s: %s", mutation, a.body)
	}
}

// asStaff changes the session's account.
func (h *hazards) asStaff(t *testing.T, persona string, v *session, mutation string) {
	t.Helper()
	h.must(t, persona, "mutation ($id: ID!) { "+mutation+" }", map[string]any{"id": v.user})
}

// refresh takes the next tokens, and returns the code of the refusal.
func (v *session) refresh(t *testing.T, h *hazards) string {
	t.Helper()
	a := h.must(t, "anonymous", `mutation ($t: String!) { refreshSession(input: {refreshToken: $t}) { session { accessToken refreshToken } userErrors { code } } }`,
		map[string]any{"t": v.refreshToken})
	if code := get(a, "refreshSession", "userErrors", 0, "code"); code != nil {
		return code.(string)
	}
	v.access, v.refreshToken = text(a, "refreshSession", "session", "accessToken"), text(a, "refreshSession", "session", "refreshToken")
	return ""
}

// A token that is wrong in any way is refused whole by each subgraph that is asked
// around the router, even for what is open to everyone. The router, which knows
// nothing of the shop's roles, refuses all that are wrong in any other way.
func wrongTokens(t *testing.T, h *hazards) {
	admin := id.User.Format(demodata.Usual.User(2).ID)
	for where, endpoint := range h.everywhere() {
		if a := askAt(t, endpoint, h.people.Token(admin, token.Admin), "{ __typename }", nil); a.status != http.StatusOK {
			t.Errorf("a good token at %s: %d %s", where, a.status, a.body)
		}
		for name, wrong := range h.people.Hostile(admin, token.Admin) {
			if wrong == "" {
				continue // is no token
			}
			query, status := "{ __typename }", http.StatusUnauthorized
			if endpoint == h.endpoint && strings.Contains(name, "role") {
				query, status = "{ me { email } }", http.StatusOK // as users refuses it
			}
			if a := askAt(t, endpoint, wrong, query, nil); a.status != status || a.codes() != "UNAUTHENTICATED" || get(a.Data, "me") != nil || get(a.Data, "__typename") != nil {
				t.Errorf("%s at %s: %d %s", name, where, a.status, a.body)
			}
		}
	}
}
