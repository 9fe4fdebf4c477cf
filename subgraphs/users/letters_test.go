package users

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/token"
)

// decodeSession reads the session out of an access token.
func decodeSession(t *testing.T, access string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(access, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Sid string }
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Sid
}

func (f *fixture) register(t *testing.T, email string) map[string]any {
	t.Helper()
	return f.do(t, "anonymous", "register", "accepted", map[string]any{"email": email, "name": "Nora", "password": password})
}

func (f *fixture) verify(t *testing.T, secret string) string {
	t.Helper()
	return codes(f.do(t, "anonymous", "verifyEmail", "verified", map[string]any{"token": secret}))
}

// verified says what the account's next access token says of its address.
func (f *fixture) verified(t *testing.T, email string) bool {
	t.Helper()
	claims, err := token.NewVerifier(nil, token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: f.Keys(), Roles: token.PeopleRoles()}).
		Verify(t.Context(), f.login(t, email).access)
	if err != nil {
		t.Fatal(err)
	}
	return claims.EmailVerified
}

func TestVerifyEmail(t *testing.T) {
	f := newFixture(t)
	f.register(t, "nora@new.example")
	sent, secret := f.mail(t)
	if sent != "nora@new.example: Confirm your e-mail address" || f.verified(t, "nora@new.example") {
		t.Fatalf("sent:\n%s", sent)
	}
	if got := f.verify(t, secret); got != "" || !f.verified(t, "nora@new.example") {
		t.Errorf("verify: %q", got)
	}
	if got := f.verify(t, secret); got != "INVALID_TOKEN" {
		t.Errorf("the token a second time: %q", got)
	}
	// Nobody is asked again who has answered.
	f.do(t, "anonymous", "resendVerification", "accepted", map[string]any{"email": "nora@new.example"})
	if sent, _ := f.mail(t); sent != "" {
		t.Errorf("sent again:\n%s", sent)
	}
}

func TestResendVerification(t *testing.T) {
	f := newFixture(t)
	f.register(t, "nora@new.example")
	_, first := f.mail(t)
	f.do(t, "anonymous", "resendVerification", "accepted", map[string]any{"email": "Nora@new.example"})
	sent, second := f.mail(t)
	if sent != "nora@new.example: Confirm your e-mail address" || first == second {
		t.Fatalf("sent:\n%s", sent)
	}
	if f.verify(t, second) != "" || f.verify(t, first) != "" { // either is as good
		t.Error("a token is not good")
	}
}

func TestTokensOfLettersExpireAndAreForOneThing(t *testing.T) {
	f := newFixture(t)
	f.register(t, "nora@new.example")
	_, secret := f.mail(t)
	if got := codes(f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": secret, "newPassword": "another password"})); got != "INVALID_TOKEN" {
		t.Errorf("a verification token resets the password: %q", got)
	}
	f.db.MustExec(`UPDATE letter_tokens SET expires_at = now() - interval '1 second'`)
	if got := f.verify(t, secret); got != "INVALID_TOKEN" {
		t.Errorf("an expired token: %q", got)
	}
	f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": customer})
	_, secret = f.mail(t)
	if got := f.verify(t, secret); got != "INVALID_TOKEN" {
		t.Errorf("a token for a password verifies: %q", got)
	}
	f.db.MustExec(`UPDATE letter_tokens SET expires_at = now() - interval '1 second'`)
	if got := codes(f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": secret, "newPassword": "another password"})); got != "INVALID_TOKEN" {
		t.Errorf("an expired token: %q", got)
	}
	for name, text := range map[string]string{"nothing": "", "nonsense": "nonsense", "a NUL": "a\x00"} {
		if got := f.verify(t, text); got != "INVALID_TOKEN" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A reset makes every other token for a password void, and proves the address.
func TestResetPassword(t *testing.T) {
	f := newFixture(t)
	f.register(t, "nora@new.example")
	f.mail(t)
	ask := func() string {
		f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": "nora@new.example"})
		_, secret := f.mail(t)
		return secret
	}
	first, second := ask(), ask()
	if got := f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": second, "newPassword": "short"}); codes(got) != "INVALID_PASSWORD" {
		t.Errorf("a short password: %v", got)
	}
	if got := f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": second, "newPassword": password}); got["reset"] != true {
		t.Errorf("reset: %v", got)
	}
	if sent, _ := f.mail(t); sent != "nora@new.example: Your password was changed" {
		t.Errorf("sent:\n%s", sent)
	}
	for _, used := range []string{first, second} {
		if got := f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": used, "newPassword": password}); codes(got) != "INVALID_TOKEN" {
			t.Errorf("a token after a reset: %v", got)
		}
	}
	if !f.verified(t, "nora@new.example") {
		t.Error("who reads the letters does not own the address")
	}
}

// The address changes when its owner says so, who is warned at the old one.
func TestChangeEmail(t *testing.T) {
	f := newFixture(t)
	change := func(to, with string) map[string]any {
		return f.do(t, "owner", "changeEmail", "accepted", map[string]any{"newEmail": to, "password": with})
	}
	if got := change("carla@new.example", "wrong password"); codes(got) != "WRONG_PASSWORD" {
		t.Errorf("with a wrong password: %v", got)
	}
	if got := change("nonsense", password); codes(got) != "INVALID_EMAIL" {
		t.Errorf("to nonsense: %v", got)
	}
	change("Carla@New.example", password)
	sent, secret := f.mail(t)
	if sent != "carla@new.example: Confirm your new e-mail address\n"+customer+": Your e-mail address is about to change" {
		t.Fatalf("sent:\n%s", sent)
	}
	f.login(t, customer)
	if got := f.verify(t, secret); got != "" {
		t.Fatalf("verify: %q", got)
	}
	f.login(t, "carla@new.example")
	if got := f.do(t, "anonymous", "login", sessionFields, map[string]any{"email": customer, "password": password}); codes(got) != "INVALID_CREDENTIALS" {
		t.Errorf("the old address: %v", got)
	}
}

// An address that has an account is not told from another, and is not taken.
func TestChangeEmailToAKnownAddress(t *testing.T) {
	f := newFixture(t)
	got := f.do(t, "owner", "changeEmail", "accepted", map[string]any{"newEmail": staffMember, "password": password})
	if got["accepted"] != true {
		t.Errorf("changeEmail: %v", got)
	}
	if sent, secret := f.mail(t); !strings.Contains(sent, staffMember+": You have an account already") || secret != "" {
		t.Errorf("sent:\n%s", sent)
	}
	// Taken meanwhile, the token is no longer good.
	f.do(t, "owner", "changeEmail", "accepted", map[string]any{"newEmail": "free@new.example", "password": password})
	_, secret := f.mail(t)
	f.register(t, "free@new.example")
	if got := f.verify(t, secret); got != "INVALID_TOKEN" {
		t.Errorf("an address that was taken meanwhile: %q", got)
	}
	f.login(t, customer)
}

// What cannot be sent is sent later, and nothing is sent twice by two workers.
func TestLettersAreSentInTheEnd(t *testing.T) {
	f := newFixture(t)
	f.register(t, "nora@new.example")
	f.letterbox.fault = errors.New("the mail server is down")
	if n, err := f.sendLetters(t.Context()); n != 1 || err != nil {
		t.Fatalf("sendLetters = %d, %v", n, err)
	}
	if n, err := f.sendLetters(t.Context()); n != 0 || err != nil {
		t.Fatalf("tried again at once: %d, %v", n, err)
	}
	var fault string
	if err := f.db.Get(&fault, `SELECT last_error FROM letters`); err != nil || fault != "the mail server is down" {
		t.Errorf("the letter's error is %q, %v", fault, err)
	}
	f.letterbox.fault = nil
	f.db.MustExec(`UPDATE letters SET due_at = now()`)
	if sent, _ := f.mail(t); sent != "nora@new.example: Confirm your e-mail address" {
		t.Errorf("sent:\n%s", sent)
	}
	var left int
	if err := f.db.Get(&left, `SELECT count(*) FROM letters`); err != nil || left != 0 {
		t.Errorf("%d letters are kept, with their tokens", left)
	}
}

func TestManyWorkersSendEachLetterOnce(t *testing.T) {
	f := newFixture(t)
	f.db.MustExec(`INSERT INTO letters (id, recipient, subject, body) SELECT gen_random_uuid(), 'a@b.example', 'Number ' || n, '' FROM generate_series(1, 100) n`)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				if n, err := f.sendLetters(t.Context()); n == 0 || err != nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	all.Wait()
	seen := map[string]int{}
	for _, m := range f.letterbox.letters {
		seen[m.Subject]++
	}
	if len(seen) != 100 || len(f.letterbox.letters) != 100 {
		t.Errorf("%d letters arrive, %d of them different", len(f.letterbox.letters), len(seen))
	}
}

func TestLettersLinkToTheShopsPages(t *testing.T) {
	f := newFixture(t)
	f.pages = "https://shop.example"
	if text := f.verificationLetter("T").body; !strings.Contains(text, "https://shop.example/verify-email?token=T") || !strings.Contains(text, "\n    T\n") {
		t.Error(text)
	}
	if text := f.resetLetter("T").body; !strings.Contains(text, "https://shop.example/reset-password?token=T") {
		t.Error(text)
	}
}
