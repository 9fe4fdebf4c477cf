package users

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alexedwards/argon2id"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/mail"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

// size is the demo that the tests run on: customers, and the staff and admin
// accounts.
var size = demodata.Size{Users: 30}

// fixture is the subgraph over a seeded database of the test's own.
type fixture struct {
	*Service
	db        *postgrestest.Database
	authority *tokentest.Authority
	letterbox *letterbox
	tokens    map[string]string // by persona
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	db := postgrestest.New(t, Migrations, "users")
	if err := Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
		t.Fatal(err)
	}
	f := &fixture{db: db, authority: tokentest.Users(t), letterbox: &letterbox{}}
	var err error
	if f.Service, err = New(t.Context(), f.config()); err != nil {
		t.Fatal(err)
	}
	f.tokens = map[string]string{
		"anonymous":    "",
		"owner":        f.loggedIn(t, 0, token.Customer),
		"another":      f.loggedIn(t, 5, token.Customer),
		"staff":        f.loggedIn(t, 1, token.Staff),
		"admin":        f.loggedIn(t, 2, token.Admin),
		"gone account": f.authority.Token(id.User.Format(id.New()), token.Customer),
		"no session":   f.authority.Token(userID(0), token.Customer),
	}
	db.Statements.Reset()
	return f
}

// cheap hashes cost next to nothing.
var cheap = &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func (f *fixture) config() Config {
	return Config{
		DB: f.db.DB, Log: slog.New(slog.DiscardHandler), SigningKeys: []ed25519.PrivateKey{f.authority.Key}, Mailer: f.letterbox, Hashing: cheap,
	}
}

// loggedIn opens a session of a user of the demo, whose password becomes one that
// costs little to compare, and returns its access token.
func (f *fixture) loggedIn(t testing.TB, user int, role token.Role) string {
	t.Helper()
	key := size.User(user).ID
	f.db.MustExec(`UPDATE users SET password_hash = $2 WHERE id = $1`, key, cheapHash())
	_, hash := newSecret()
	session, err := f.store.openSession(t.Context(), key, hash)
	if err != nil {
		t.Fatal(err)
	}
	return f.authority.Grant(token.Grant{Subject: userID(user), Role: role, Session: id.Session.Format(session.ID), EmailVerified: true})
}

// password is that of every persona.
const password = "correct horse battery"

var cheapHash = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash(password, cheap)
	if err != nil {
		panic(err)
	}
	return hash
})

// letterbox is a mailer that keeps what it is given, or fails.
type letterbox struct {
	mu      sync.Mutex
	letters []mail.Message
	fault   error
}

func (l *letterbox) Send(_ context.Context, m mail.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault == nil {
		l.letters = append(l.letters, m)
	}
	return l.fault
}

// mail sends what is due and returns it, as "recipient: subject", with the token
// of the last letter that has one.
func (f *fixture) mail(t *testing.T) (list, secret string) {
	t.Helper()
	for {
		if n, err := f.sendLetters(t.Context()); err != nil {
			t.Fatal(err)
		} else if n == 0 {
			break
		}
	}
	var lines []string
	for _, m := range f.letterbox.letters {
		lines = append(lines, m.To+": "+m.Subject)
		for word := range strings.FieldsSeq(m.Text) {
			if len(word) == 43 && !strings.Contains(word, ".") {
				secret = word
			}
		}
	}
	f.letterbox.letters = nil
	slices.Sort(lines)
	return strings.Join(lines, "\n"), secret
}

// do sends a mutation's input, fields apart, and returns the payload; it fails
// the test when there are errors at the top.
func (f *fixture) do(t *testing.T, persona, mutation, fields string, input map[string]any) map[string]any {
	t.Helper()
	return do(t, f.as(persona), mutation, fields, input)
}

func do(t *testing.T, c graphservertest.Client, mutation, fields string, input map[string]any) map[string]any {
	t.Helper()
	query := fmt.Sprintf("mutation($input: %sInput!) { %s(input: $input) { %s userErrors { code field message } } }",
		strings.ToUpper(mutation[:1])+mutation[1:], mutation, fields)
	r := c.Do(t, query, map[string]any{"input": input})
	if len(r.Errors) > 0 {
		return map[string]any{"userErrors": []any{map[string]any{"code": r.Codes()}}}
	}
	return r.Get(mutation).(map[string]any)
}

// codes are those of a payload's errors.
func codes(payload map[string]any) string {
	var list []string
	for _, e := range payload["userErrors"].([]any) {
		list = append(list, fmt.Sprint(e.(map[string]any)["code"]))
	}
	return strings.Join(list, " ")
}

func (f *fixture) as(persona string) graphservertest.Client {
	return graphservertest.Client{Handler: f.Handler(), Token: f.tokens[persona]}
}

// userID is the id of a user of the demo.
func userID(i int) string { return id.User.Format(size.User(i).ID) }

func TestQueries(t *testing.T) {
	graphservertest.Golden(t, "testdata", func(t *testing.T) (http.Handler, map[string]string) {
		f := newFixture(t)
		return f.Handler(), f.tokens
	})
}

func TestHostileRequests(t *testing.T) {
	f := newFixture(t)
	graphservertest.Hostile(t, f.Handler(), "User", f.authority.Hostile(userID(2), token.Admin))
}

func TestEntities(t *testing.T) {
	f := newFixture(t)
	graphservertest.Entities(t, f.Handler(), sdl(t), f.tokens, map[string]graphservertest.Entity{
		`User @key(fields: "id")`: {
			Fields: "id email name role status emailVerified createdAt addresses { id line1 }",
			Key:    func(id string) map[string]any { return map[string]any{"id": id} },
			Things: map[string]string{
				"the owner's account": userID(0), "another account": userID(5), "the admin's account": userID(2),
				"none": id.User.Format(id.New()), "no id": "nonsense", "the id of an order": id.Order.Format(size.User(0).ID),
			},
			Visible: map[string][]string{
				"the owner's account": {"owner", "no session", "staff", "admin"},
				"another account":     {"another", "staff", "admin"},
				"the admin's account": {"staff", "admin"},
			},
		},
	})
}

func sdl(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
