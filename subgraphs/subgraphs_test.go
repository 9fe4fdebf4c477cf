package subgraphs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/mail"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/token"
)

// size is the demo that the tests run on: enough customers to crowd a shelf.
var size = demodata.Size{Users: 60, Products: 6, Orders: 4}

// shop is the three subgraphs over seeded databases of the test's own.
type shop struct {
	handlers  map[string]http.Handler
	databases map[string]*sqlx.DB
	config    Config
	signer    *token.Signer // of users' access tokens
}

// eachWay runs the test on the shop in one process, where subgraphs call each
// other in memory, and on the shop in parts that know each other by URLs.
func eachWay(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	t.Run("together", func(t *testing.T) { test(t, together(t)) })
	t.Run("apart", func(t *testing.T) { test(t, apart(t)) })
}

func prepared(t *testing.T) *shop {
	t.Helper()
	s := &shop{handlers: map[string]http.Handler{}, databases: map[string]*sqlx.DB{}}
	for _, subgraph := range All() {
		db := postgrestest.New(t, subgraph.Migrations, subgraph.Name)
		if err := subgraph.Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
			t.Fatal(err)
		}
		s.databases[subgraph.Name] = db.DB
	}
	key, err := token.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.ParseKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	s.signer = token.NewSigner(token.SignerConfig{Key: keys[0], Issuer: token.IssuerUsers, Audience: token.AudienceAPI, Lifetime: time.Minute})
	s.config = Config{
		Log: slog.New(slog.DiscardHandler), UsersSigningKey: key,
		Mailer: mail.Folder{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)}, Hashing: &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	}
	return s
}

func together(t *testing.T) *shop {
	t.Helper()
	s := prepared(t)
	running, err := StartAll(t.Context(), s.databases, s.config)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range running {
		s.handlers[name] = r.Handler
	}
	return s
}

// apart starts each subgraph by itself, behind a server of its own.
func apart(t *testing.T) *shop {
	t.Helper()
	s := prepared(t)
	urls := map[string]string{}
	for _, subgraph := range All() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.handlers[subgraph.Name].ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		urls[subgraph.Name] = server.URL
	}
	s.config.UsersJWKS, s.config.OrdersJWKS = urls["users"]+"/.well-known/jwks.json", urls["orders"]+"/.well-known/jwks.json"
	s.config.ProductsURL = urls["products"] + "/graphql"
	for _, subgraph := range All() {
		running, err := Start(t.Context(), subgraph.Name, s.databases[subgraph.Name], s.config)
		if err != nil {
			t.Fatal(err)
		}
		s.handlers[subgraph.Name] = running.Handler
	}
	return s
}

// as is a client of one subgraph, for the user of the demo with this index.
func (s *shop) as(t *testing.T, user int, subgraph string) graphservertest.Client {
	t.Helper()
	u := size.User(user)
	text, _, err := s.signer.Sign(token.Grant{Subject: id.User.Format(u.ID), Role: token.Role(strings.ToLower(u.Role)), EmailVerified: true})
	if err != nil {
		t.Fatal(err)
	}
	return graphservertest.Client{Handler: s.handlers[subgraph], Token: text}
}

func (s *shop) anonymous(subgraph string) graphservertest.Client {
	return graphservertest.Client{Handler: s.handlers[subgraph]}
}

// do fails the test when the answer has errors.
func do(t *testing.T, c graphservertest.Client, query string, variables map[string]any) graphservertest.Response {
	t.Helper()
	r := c.Do(t, query, variables)
	if len(r.Errors) > 0 {
		t.Fatalf("%s", r.Body)
	}
	return r
}

// The shop's first flow, subgraph by subgraph: register, log in, three new
// products, an order of them, its status.
func TestFirstOrder(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		r := do(t, s.anonymous("users"), `mutation {
			register(input: {email: "nora@new.example", name: "Nora", password: "long enough"}) { accepted }
			login(input: {email: "nora@new.example", password: "long enough"}) { session { accessToken user { id } } } }`, nil)
		nora, user := r.Get("login.session.accessToken").(string), r.Get("login.session.user.id").(string)

		login := `mutation($e: String!, $p: String!) { login(input: {email: $e, password: $p}) { session { accessToken } } }`
		staff := demodata.Accounts()[1]
		r = do(t, s.anonymous("users"), login, map[string]any{"e": staff.Email, "p": staff.Password})
		boss := graphservertest.Client{Handler: s.handlers["products"], Token: r.Get("login.session.accessToken").(string)}

		var lines []any
		for i, amount := range []string{"12.50", "0.99", "100"} {
			r = do(t, boss, `mutation($input: CreateProductInput!) { createProduct(input: $input) { product { id variants { id } } userErrors { message } } }`,
				map[string]any{"input": map[string]any{"name": fmt.Sprintf("Thing %d", i), "status": "ACTIVE", "variants": []any{map[string]any{
					"sku": fmt.Sprintf("NEW-%d", i), "onHand": 10, "prices": []any{map[string]any{"amount": amount, "currencyCode": "EUR"}}}}}})
			lines = append(lines, map[string]any{"variantId": r.Get("createProduct.product.variants.0.id"), "quantity": i + 1})
		}
		buyer := graphservertest.Client{Handler: s.handlers["orders"], Token: nora}
		r = do(t, buyer, placeQuery, map[string]any{"input": map[string]any{"idempotencyKey": "first", "lines": lines}})
		if r.Get("placeOrder.order.total.amount") != "314.48" || r.Get("placeOrder.order.customer.id") != user {
			t.Fatalf("placed: %s", r.Body)
		}
		orderID := r.Get("placeOrder.order.id").(string)
		r = do(t, buyer, `query($id: ID!) { order(id: $id) { status number lines { productName quantity } } }`, map[string]any{"id": orderID})
		if r.Get("order.status") != "PLACED" || r.Get("order.lines.2.productName") != "Thing 2" {
			t.Errorf("read: %s", r.Body)
		}
		audit(t, s)
	})
}

// Every migration can be taken back and applied again.
func TestMigrationsGoDownAndUp(t *testing.T) {
	url := postgrestest.Empty(t)
	for _, subgraph := range All() {
		m, err := (postgres.Subgraph{Name: subgraph.Name, URL: url, Migrations: subgraph.Migrations}).Migrator(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for _, step := range []func(context.Context) ([]postgres.Step, error){
			m.Up, func(ctx context.Context) ([]postgres.Step, error) { return m.DownTo(ctx, 0) }, m.Up,
		} {
			if steps, err := step(t.Context()); err != nil || len(steps) == 0 {
				t.Errorf("%s: %d steps, %v", subgraph.Name, len(steps), err)
			}
		}
	}
}

func TestProductionNeedsKeysFromOutside(t *testing.T) {
	s := prepared(t)
	config := s.config
	config.Production, config.UsersSigningKey, config.Hashing = true, nil, nil
	for _, name := range []string{"users", "orders"} {
		_, err := Start(t.Context(), name, s.databases[name], config)
		if want := strings.ToUpper(name) + "_SIGNING_KEY"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want that %s is missing", name, err, want)
		}
	}
	if _, err := StartAll(t.Context(), s.databases, config); err == nil {
		t.Error("all start without keys")
	}
	config = s.config
	config.Mailer = nil // as FromEnvironment leaves it in production
	if _, err := Start(t.Context(), "users", s.databases["users"], config); err == nil || !strings.Contains(err.Error(), "MAIL_URL is not set") {
		t.Errorf("without a mail server: %v", err)
	}
	if _, err := Start(t.Context(), "cheese", nil, config); err == nil || !strings.Contains(err.Error(), "users, products and orders") {
		t.Errorf("an unknown subgraph: %v", err)
	}
}

func TestFromEnvironment(t *testing.T) {
	read := func(pairs ...string) (Config, error) {
		return FromEnvironment(func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}, slog.New(slog.DiscardHandler))
	}
	if c, err := read(); err != nil || c.Production || c.VerifiedOnly || c.ProductsURL != "http://localhost:4002/graphql" || len(c.UsersSigningKey) > 0 {
		t.Errorf("nothing set: %+v, %v", c, err)
	}
	if c, err := read("SHOPGRAPH_ENV", "production", "ORDERS_SIGNING_KEY", "PEM", "PRODUCTS_URL", "https://products:1/graphql", "MAIL_URL", "smtp://mail?from=a@b.example"); err != nil || !c.Production || !c.VerifiedOnly || string(c.OrdersSigningKey) != "PEM" || c.ProductsURL != "https://products:1/graphql" {
		t.Errorf("much set: %+v, %v", c, err)
	}
	for _, pairs := range [][]string{
		{"SHOPGRAPH_ENV", "prod"},
		{"PRODUCTS_URL", "products:4002"},
		{"MAIL_URL", "mail.example"},
		{"LOGIN_UNVERIFIED", "perhaps"},
		{"SHOP_PAGES_URL", "shop.example"},
		{"TRUSTED_PROXIES", "router"},
		{"USERS_JWKS_URL", "file:///etc/passwd"},
		{"TAX_RATES", "STANDARD"},
		{"PAY_WITHIN", "tomorrow"},
		{"PAYMENTS", "cash"},
		{"PAYMENTS", "fake", "SHOPGRAPH_ENV", "production", "MAIL_FOLDER", "mail"},
		{"PAYMENT_SECRET", "short"},
		{"USERS_SIGNING_KEY_FILE", "/nonexistent/key.pem"},
		{"ORDERS_SIGNING_KEY", "x", "ORDERS_SIGNING_KEY_FILE", "y"},
	} {
		if _, err := read(pairs...); err == nil || !strings.Contains(err.Error(), pairs[0]) {
			t.Errorf("%v: %v, want an error that names %s", pairs, err, pairs[0])
		}
	}
}

func TestSeedReportsItsSteps(t *testing.T) {
	for _, subgraph := range All() {
		db, last := postgrestest.New(t, subgraph.Migrations, subgraph.Name), 0
		if err := subgraph.Seed(t.Context(), db.DB, size, func(done int) { last = done }); err != nil || last != subgraph.Steps(size) {
			t.Errorf("%s: told %d of %d, %v", subgraph.Name, last, subgraph.Steps(size), err)
		}
		if err := subgraph.Seed(t.Context(), db.DB, size, func(int) {}); !errors.Is(err, demodata.ErrNotEmpty) {
			t.Errorf("%s: a second time: %v", subgraph.Name, err)
		}
	}
}

// Seeding takes indexes and foreign keys away while it writes; afterwards they
// are all there, and hold.
func TestSeedLeavesTheSchemaAsItWas(t *testing.T) {
	for _, subgraph := range All() {
		db := postgrestest.New(t, subgraph.Migrations, subgraph.Name)
		const schema = `
			SELECT conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`
		before := texts(t, db.DB, schema)
		if err := subgraph.Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
			t.Fatal(err)
		}
		if after := texts(t, db.DB, schema); after != before || !strings.Contains(before, "CREATE INDEX") {
			t.Errorf("%s: before\n%s\nafter\n%s", subgraph.Name, before, after)
		}
	}
}
