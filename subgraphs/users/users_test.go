package users

import (
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"os"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/id"
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
	tokens    map[string]string // by persona
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	db := postgrestest.New(t, Migrations, "users")
	if err := Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
		t.Fatal(err)
	}
	authority := tokentest.Users(t)
	service, err := New(t.Context(), Config{DB: db.DB, Log: slog.New(slog.DiscardHandler), SigningKeys: []ed25519.PrivateKey{authority.Key}})
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{service, db, authority, map[string]string{
		"anonymous":    "",
		"owner":        authority.Token(userID(0), token.Customer),
		"another":      authority.Token(userID(5), token.Customer),
		"staff":        authority.Token(userID(1), token.Staff),
		"admin":        authority.Token(userID(2), token.Admin),
		"gone account": authority.Token(id.User.Format(id.New()), token.Customer),
	}}
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
			Fields: "id email name role createdAt",
			Key:    func(id string) map[string]any { return map[string]any{"id": id} },
			Things: map[string]string{
				"the owner's account": userID(0), "another account": userID(5), "the admin's account": userID(2),
				"none": id.User.Format(id.New()), "no id": "nonsense", "the id of an order": id.Order.Format(size.User(0).ID),
			},
			Visible: map[string][]string{
				"the owner's account": {"owner", "staff", "admin"},
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
