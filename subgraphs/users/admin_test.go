package users

import (
	"fmt"
	"testing"
)

// Whoever has the database makes the first admin: of nobody, of a customer, even
// of one who is shut out.
func TestMakeAdmin(t *testing.T) {
	f := newFixture(t)
	role := func(email, password string) string {
		r := f.as("anonymous").Do(t, `mutation($e: String!, $p: String!) { login(input: {email: $e, password: $p}) { session { user { role emailVerified } } } }`,
			map[string]any{"e": email, "p": password})
		return fmt.Sprint(r.Get("login.session.user"))
	}
	const admin = "map[emailVerified:true role:ADMIN]"
	secret, err := MakeAdmin(t.Context(), f.db.DB, " First@Shop.example")
	if got := role("first@shop.example", secret); err != nil || len(secret) < 20 || got != admin {
		t.Errorf("a new account: %v, %v", got, err)
	}
	if again, err := MakeAdmin(t.Context(), f.db.DB, "first@shop.example"); err != nil || again != "" || role("first@shop.example", secret) != admin {
		t.Errorf("a second time: %q, %v", again, err)
	}
	f.db.MustExec(`UPDATE users SET blocked_at = now(), blocked_because = 'test', email_verified_at = NULL WHERE id = $1`, size.User(5).ID)
	if secret, err := MakeAdmin(t.Context(), f.db.DB, size.User(5).Email); err != nil || secret != "" || role(size.User(5).Email, password) != admin {
		t.Errorf("a customer who is shut out: %q, %v", secret, err)
	}
	if p := f.do(t, "another", "updateProfile", "user { id }", map[string]any{"name": "X"}); codes(p) != "UNAUTHENTICATED" {
		t.Errorf("a session from before: %v", p)
	}
	if _, err := MakeAdmin(t.Context(), f.db.DB, "nobody"); err == nil {
		t.Error("no address is taken")
	}
}
