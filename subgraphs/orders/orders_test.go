package orders

import (
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

// size is the demo that the tests run on.
var size = demodata.Size{Users: 12, Products: 12, Orders: 40}

// paymentSecret signs the messages of the payment provider.
var paymentSecret = []byte("a secret of thirty-two bytes, at least")

// fixture is the subgraph over a seeded database of the test's own, with a
// catalogue that the test rules.
type fixture struct {
	*Service
	db        *postgrestest.Database
	people    *tokentest.Authority
	tokens    map[string]string // by persona
	catalogue *fakeCatalogue
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	db := postgrestest.New(t, Migrations, "orders")
	if err := Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
		t.Fatal(err)
	}
	people := tokentest.Users(t)
	service, err := New(t.Context(), Config{
		DB: db.DB, Log: slog.New(slog.DiscardHandler), UsersKeys: people.Keys,
		SigningKeys: []ed25519.PrivateKey{tokentest.Orders(t).Key}, ProductsURL: "http://products.invalid/graphql",
		PayWithin: time.Hour, FakePayments: true, PaymentSecret: paymentSecret, Demo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Service: service, db: db, people: people, catalogue: newFakeCatalogue()}
	service.catalogue = f.catalogue
	f.tokens = map[string]string{
		"anonymous": "",
		"owner":     people.Token(userID(0), token.Customer),
		"another":   people.Token(id.User.Format(size.Order(another()).User), token.Customer),
		"newcomer":  people.Token(id.User.Format(id.New()), token.Customer),
		"staff":     people.Token(userID(1), token.Staff),
		"admin":     people.Token(userID(2), token.Admin),
	}
	return f
}

func (f *fixture) as(persona string) graphservertest.Client {
	return graphservertest.Client{Handler: f.Handler(), Token: f.tokens[persona]}
}

func userID(i int) string { return id.User.Format(size.User(i).ID) }

func orderID(i int) string { return id.Order.Format(size.Order(i).ID) }

// another is the first order of the demo that is not the demo customer's.
func another() int {
	for i := range size.Orders {
		if size.Order(i).User != size.User(0).ID {
			return i
		}
	}
	panic("all orders are the demo customer's")
}

func TestQueries(t *testing.T) {
	graphservertest.Golden(t, "testdata", func(t *testing.T) (http.Handler, map[string]string) {
		f := newFixture(t)
		return f.Handler(), f.tokens
	})
}

func TestHostileRequests(t *testing.T) {
	f := newFixture(t)
	graphservertest.Hostile(t, f.Handler(), "Order", f.people.Hostile(userID(2), token.Admin))
	t.Run("credentials are not for here", func(t *testing.T) {
		graphservertest.Hostile(t, f.Handler(), "Order", map[string]string{"its own": tokentest.Orders(t).Token("orders", token.Service)})
	})
}

func TestEntities(t *testing.T) {
	f := newFixture(t)
	byID := func(id string) map[string]any { return map[string]any{"id": id} }
	graphservertest.Entities(t, f.Handler(), sdl(t), f.tokens, map[string]graphservertest.Entity{
		`Order @key(fields: "id")`: {
			Fields: "id number status total { amount } customer { id } lines { sku quantity }", Key: byID,
			Things: map[string]string{
				"the owner's": orderID(0), "another's": orderID(another()), "none": id.Order.Format(id.New()), "no id": "'; DROP TABLE orders", "a user's id": userID(0),
			},
			Visible: map[string][]string{"the owner's": {"owner", "staff", "admin"}, "another's": {"another", "staff", "admin"}},
		},
		`User @key(fields: "id")`: {
			Fields: "id orders { totalCount nodes { id number } }", Key: byID,
			Things: map[string]string{
				"the owner": userID(0), "another": id.User.Format(size.Order(another()).User), "no id": "nonsense", "an order's id": orderID(0),
				// Orders does not know who exists: staff gets an empty list.
				"nobody": id.User.Format(id.New()),
			},
			Visible: map[string][]string{"the owner": {"owner", "staff", "admin"}, "another": {"another", "staff", "admin"}, "nobody": {"staff", "admin"}},
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
