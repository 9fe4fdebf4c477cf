package products

import (
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
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// size is the demo that the tests run on.
var size = demodata.Size{Users: 5, Products: 12, Orders: 6}

// fixture is the subgraph over a database of the test's own: the demo, and one
// draft and one archived product with a variant each.
type fixture struct {
	*Service
	db             *postgrestest.Database
	people, orders *tokentest.Authority
	tokens         map[string]string // by persona
	draft, retired draft
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	db := postgrestest.New(t, Migrations, "products")
	if err := Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
		t.Fatal(err)
	}
	f := &fixture{db: db, people: tokentest.Users(t), orders: tokentest.Orders(t)}
	f.Service = New(Config{DB: db.DB, Log: slog.New(slog.DiscardHandler), UsersKeys: f.people.Keys, OrdersKeys: f.orders.Keys})
	f.tokens = map[string]string{
		"anonymous":       "",
		"customer":        f.people.Token(id.User.Format(size.User(0).ID), token.Customer),
		"staff":           f.people.Token(id.User.Format(size.User(1).ID), token.Staff),
		"admin":           f.people.Token(id.User.Format(size.User(2).ID), token.Admin),
		"orders":          f.orders.Token("orders", token.Service),
		"another service": f.orders.Token("search", token.Service),
	}
	f.draft, f.retired = f.hidden(t, "Secret Lamp", model.ProductStatusDraft), f.hidden(t, "Old Lamp", model.ProductStatusArchived)
	return f
}

// hidden adds a product that is not on sale.
func (f *fixture) hidden(t *testing.T, name string, status model.ProductStatus) draft {
	t.Helper()
	d, faults := checkDraft(model.CreateProductInput{Name: name, Status: status, TaxClass: model.TaxClassStandard, Variants: []*model.CreateProductVariantInput{{
		Sku: string(status) + "-1", Prices: []*model.MoneyInput{{Amount: "10.00", CurrencyCode: "EUR"}}, OnHand: 5,
	}}})
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	if faults, err := f.store.create(t.Context(), d); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	return d
}

func (f *fixture) as(persona string) graphservertest.Client {
	return graphservertest.Client{Handler: f.Handler(), Token: f.tokens[persona]}
}

func productID(i int) string { return id.Product.Format(size.Product(i).ID) }

func variantID(i int) string { return id.Variant.Format(size.Product(i).Variants[0].ID) }

func TestQueries(t *testing.T) {
	graphservertest.Golden(t, "testdata", func(t *testing.T) (http.Handler, map[string]string) {
		f := newFixture(t)
		return f.Handler(), f.tokens
	})
}

func TestHostileRequests(t *testing.T) {
	f := newFixture(t)
	graphservertest.Hostile(t, f.Handler(), "Product", f.people.Hostile(id.User.Format(size.User(2).ID), token.Admin))
	t.Run("credentials", func(t *testing.T) {
		graphservertest.Hostile(t, f.Handler(), "Product", f.orders.Hostile("orders", token.Service))
	})
}

func TestEntities(t *testing.T) {
	f := newFixture(t)
	everyone := []string{"anonymous", "customer", "staff", "admin", "orders", "another service"}
	visible := map[string][]string{"on sale": everyone, "a draft": {"staff", "admin"}, "archived": {"staff", "admin"}}
	byID := func(id string) map[string]any { return map[string]any{"id": id} }
	graphservertest.Entities(t, f.Handler(), sdl(t), f.tokens, map[string]graphservertest.Entity{
		`Product @key(fields: "id")`: {
			Fields: "id name description status taxClass createdAt variants { sku } categories { slug } media { url } priceRange { lowest { amount } }", Key: byID, Visible: visible,
			Things: map[string]string{
				"on sale": productID(0), "a draft": id.Product.Format(f.draft.id), "archived": id.Product.Format(f.retired.id),
				"none": id.Product.Format(id.New()), "no id": "nonsense", "the id of its variant": variantID(0),
			},
		},
		`ProductVariant @key(fields: "id")`: {
			Fields: "id sku name availableForSale price { amount } prices { amount } product { name }", Key: byID, Visible: visible,
			Things: map[string]string{
				"on sale": variantID(0), "a draft": id.Variant.Format(f.draft.variants[0].id), "archived": id.Variant.Format(f.retired.variants[0].id),
				"none": id.Variant.Format(id.New()), "no id": "", "the id of its product": productID(0),
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
