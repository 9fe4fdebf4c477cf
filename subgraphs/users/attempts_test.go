package users

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
)

// from is a handler whose requests come from this address.
func (f *fixture) from(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = address + ":4000"
		f.Handler().ServeHTTP(w, r)
	})
}

func (f *fixture) guess(t *testing.T, address, email, password string) string {
	t.Helper()
	return codes(do(t, graphservertest.Client{Handler: f.from(address)}, "login", sessionFields, map[string]any{"email": email, "password": password}))
}

// Guessing the password of one account is held, wherever it comes from; whether
// there is such an account makes no difference.
func TestGuessingAtOneAccount(t *testing.T) {
	f := newFixture(t)
	for _, email := range []string{customer, "nobody@new.example"} {
		var got []string
		for i := range 13 {
			got = append(got, f.guess(t, fmt.Sprintf("203.0.113.%d", i), email, "wrong password"))
		}
		if want := strings.Repeat("INVALID_CREDENTIALS ", 10) + strings.Repeat("TOO_MANY_ATTEMPTS ", 3); strings.Join(got, " ")+" " != want {
			t.Errorf("%s: %v", email, got)
		}
	}
	if got := f.guess(t, "198.51.100.1", customer, password); got != "TOO_MANY_ATTEMPTS" {
		t.Errorf("the right password while it is held: %q", got)
	}
	if got := f.guess(t, "198.51.100.1", size.User(5).Email, password); got != "" {
		t.Errorf("another account: %q", got)
	}
	// When the time is over, the right password ends it all.
	f.db.MustExec(`UPDATE attempts SET held_until = now() - interval '1 second'`)
	for range 12 {
		if got := f.guess(t, "198.51.100.1", customer, password); got != "" {
			t.Fatalf("the right password, later: %q", got)
		}
	}
}

// Each attempt beyond the free ones waits twice as long, up to a quarter of an
// hour, and after an hour of peace the count begins anew.
func TestWaitingGrows(t *testing.T) {
	f := newFixture(t)
	var held []float64
	for i := range 22 {
		f.guess(t, "203.0.113.1", customer, "wrong password")
		if i >= 9 {
			var seconds float64
			if err := f.db.Get(&seconds, `SELECT extract(epoch FROM held_until - last_at)::float8 FROM attempts WHERE kind = 'ACCOUNT'`); err != nil {
				t.Fatal(err)
			}
			held = append(held, seconds)
		}
		f.db.MustExec(`UPDATE attempts SET held_until = now() - interval '1 second'`)
	}
	if got := fmt.Sprint(held); got != "[1 2 4 8 16 32 64 128 256 512 900 900 900]" {
		t.Errorf("held for %s", got)
	}
	f.db.MustExec(`UPDATE attempts SET last_at = now() - interval '61 minutes'`)
	f.guess(t, "203.0.113.1", customer, "wrong password")
	if got := f.guess(t, "203.0.113.1", customer, "wrong password"); got != "INVALID_CREDENTIALS" {
		t.Errorf("after an hour of peace: %q", got)
	}
}

// Guessing at many accounts is held by where it comes from.
func TestGuessingFromOneAddress(t *testing.T) {
	f := newFixture(t)
	for i := range 99 {
		if got := f.guess(t, "203.0.113.1", fmt.Sprintf("u%d@new.example", i), "wrong password"); got != "INVALID_CREDENTIALS" {
			t.Fatalf("attempt %d: %q", i, got)
		}
	}
	f.guess(t, "203.0.113.1", "u99@new.example", "wrong password")
	if got := f.guess(t, "203.0.113.1", customer, password); got != "TOO_MANY_ATTEMPTS" {
		t.Errorf("attempt 101: %q", got)
	}
	if got := f.guess(t, "203.0.113.2", customer, password); got != "" {
		t.Errorf("from elsewhere: %q", got)
	}
	f.db.MustExec(`UPDATE attempts SET held_until = now() - interval '1 second' WHERE kind = 'ADDRESS'`)
	// A right guess of the own password does not wash away those at others'.
	if got := f.guess(t, "203.0.113.1", customer, password); got != "" {
		t.Errorf("later: %q", got)
	}
	f.guess(t, "203.0.113.1", "another@new.example", "wrong password")
	if got := f.guess(t, "203.0.113.1", "yet-another@new.example", "wrong password"); got != "TOO_MANY_ATTEMPTS" {
		t.Errorf("after a right one: %q", got)
	}
}

// A thousand attempts at once are counted like a thousand in a row.
func TestGuessingInParallel(t *testing.T) {
	f := newFixture(t)
	var mu sync.Mutex
	tried := 0
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			if got := f.guess(t, "203.0.113.1", customer, "wrong password"); got == "INVALID_CREDENTIALS" {
				mu.Lock()
				defer mu.Unlock()
				tried++
			}
		})
	}
	all.Wait()
	if tried != 10 {
		t.Errorf("%d passwords were tried", tried)
	}
}

// Who is logged in cannot guess the password either.
func TestGuessingFromInside(t *testing.T) {
	f := newFixture(t)
	for range 10 {
		if got := codes(f.do(t, "owner", "deleteAccount", "deleted", map[string]any{"password": "wrong password"})); got != "WRONG_PASSWORD" {
			t.Fatalf("deleteAccount: %q", got)
		}
	}
	for mutation, input := range map[string]map[string]any{
		"deleteAccount": {"password": password}, "changePassword": {"currentPassword": password, "newPassword": "another password"},
		"changeEmail": {"newEmail": "a@new.example", "password": password},
	} {
		if got := codes(f.do(t, "owner", mutation, "__typename", input)); got != "TOO_MANY_ATTEMPTS" {
			t.Errorf("%s: %q", mutation, got)
		}
	}
}

// Nobody's letterbox is filled by strangers, and that it is full is nobody's
// business.
func TestLettersAreHeld(t *testing.T) {
	f := newFixture(t)
	for _, email := range []string{customer, "nobody@new.example"} {
		for i := range 6 {
			if got := f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": email}); got["accepted"] != true {
				t.Errorf("%s, request %d: %v", email, i, got)
			}
		}
	}
	if sent, _ := f.mail(t); strings.Count(sent, "\n") != 2 || strings.Contains(sent, "nobody") {
		t.Errorf("sent:\n%s", sent)
	}
	// An address that was written to often can still be registered.
	for range 5 {
		if got := f.register(t, "nobody@new.example"); got["accepted"] != true {
			t.Errorf("register: %v", got)
		}
	}
	f.login(t, "nobody@new.example")
	if sent, _ := f.mail(t); sent != "" {
		t.Errorf("sent:\n%s", sent)
	}
}

func TestLettersAreHeldByAddress(t *testing.T) {
	f := newFixture(t)
	c := graphservertest.Client{Handler: f.from("203.0.113.9")}
	var last string
	for i := range 101 {
		last = codes(do(t, c, "requestPasswordReset", "accepted", map[string]any{"email": fmt.Sprintf("u%d@new.example", i)}))
	}
	if last != "TOO_MANY_ATTEMPTS" {
		t.Errorf("letter 101: %q", last)
	}
}

// A known and an unknown address cost the same statements, and the same hash, in
// everything that is open to everyone. Time is not compared here: what takes
// time is.
func TestKnownAndUnknownCostTheSame(t *testing.T) {
	f := newFixture(t)
	wrong := map[string]any{"password": "wrong password"}
	for mutation, more := range map[string]map[string]any{
		"login": wrong, "requestPasswordReset": nil, "resendVerification": nil, "register": {"name": "Nora", "password": password},
	} {
		var ran [2][]string
		var bodies [2]string
		for i, email := range []string{size.User(9).Email, "unknown@new.example"} {
			input := map[string]any{"email": email}
			for k, v := range more {
				input[k] = v
			}
			ran[i] = f.db.Statements.During(func() { bodies[i] = fmt.Sprint(f.do(t, "anonymous", mutation, "__typename", input)) })
		}
		if fmt.Sprint(ran[0]) != fmt.Sprint(ran[1]) || bodies[0] != bodies[1] {
			t.Errorf("%s:\nknown   %s\n%s\nunknown %s\n%s", mutation, bodies[0], strings.Join(ran[0], "\n"), bodies[1], strings.Join(ran[1], "\n"))
		}
	}
}

// BenchmarkLogin shows what a wrong password costs, with and without an account
// behind it: the two should not be told apart.
func BenchmarkLogin(b *testing.B) {
	f := newFixture(b)
	for name, email := range map[string]string{"known": size.User(9).Email, "unknown": "unknown@new.example"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := f.authenticate(b.Context(), email, "wrong password"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
