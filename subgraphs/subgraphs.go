// Package subgraphs knows the shop's three services by name: what each needs to
// start, alone or together in one process.
//
//	users     accounts and logins      signs access tokens, publishes its keys
//	products  catalogue and stock      trusts the keys of users and orders
//	orders    orders                   trusts the keys of users, calls products
//
// They are ordinary services: nothing of theirs depends on this package, on each
// other, or on the router.
package subgraphs

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/graphclient"
	"github.com/shopgraph/shopgraph/internal/signingkey"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/orders"
	"github.com/shopgraph/shopgraph/subgraphs/products"
	"github.com/shopgraph/shopgraph/subgraphs/users"
)

// Subgraph is what is known of a service before it starts.
type Subgraph struct {
	// Name is that of the subgraph, of its role and of its database schema.
	Name string
	// Port is where it listens by default; supergraph.yaml says the same.
	Port int
	// Migrations are its tables, in goose's format.
	Migrations fs.FS
	// Seed fills its empty database with demo data; demodata.ErrNotEmpty when it
	// is not. progress is told how much is done of Steps.
	Seed func(ctx context.Context, db *sqlx.DB, size demodata.Size, progress func(done int)) error
	// Steps is how far Seed's progress goes.
	Steps func(size demodata.Size) int
}

// All lists the subgraphs in the order in which they start.
func All() []Subgraph {
	return []Subgraph{
		{"users", 4001, users.Migrations, users.Seed, func(s demodata.Size) int { return s.Users }},
		{"products", 4002, products.Migrations, products.Seed, func(s demodata.Size) int { return s.Products + s.Orders }},
		{"orders", 4003, orders.Migrations, orders.Seed, func(s demodata.Size) int { return s.Orders }},
	}
}

// Find returns the subgraph of this name; ok is false when there is none.
func Find(name string) (s Subgraph, ok bool) {
	for _, s := range All() {
		if s.Name == name {
			return s, true
		}
	}
	return Subgraph{}, false
}

// Running is a started subgraph.
type Running struct {
	Name string
	// Handler serves POST /graphql and, where the subgraph signs tokens, GET
	// /.well-known/jwks.json.
	Handler http.Handler
	// Public are the paths of the handler that others than the router call: where
	// everything is one process, clients' addresses have to lead there too.
	Public []string
	// Keys verify the tokens that the subgraph signs; nil when it signs none.
	Keys token.KeySource
	// Run does what requests leave to be done, until ctx ends: sending, sweeping,
	// telling others. Requests are answered without it too, but what they began is
	// not finished. Any number of replicas may run it. Nil when there is nothing.
	Run func(ctx context.Context)
}

// Start starts one subgraph over its database, with its migrations applied. It
// reaches the others over the network, at the URLs of the configuration.
func Start(ctx context.Context, name string, db *sqlx.DB, c Config) (*Running, error) {
	remote := func(url string) token.KeySource {
		return token.NewRemoteKeys(token.RemoteConfig{URL: url, Log: c.Log})
	}
	switch name {
	case "users":
		keys, err := c.signingKeys(ctx, c.UsersSigningKey, "USERS_SIGNING_KEY", db)
		if err != nil {
			return nil, err
		}
		return startUsers(ctx, db, keys, c)
	case "products":
		return startProducts(db, remote(c.UsersJWKS), remote(c.OrdersJWKS), c), nil
	case "orders":
		keys, err := c.signingKeys(ctx, c.OrdersSigningKey, "ORDERS_SIGNING_KEY", db)
		if err != nil {
			return nil, err
		}
		return startOrders(ctx, db, orders.Config{UsersKeys: remote(c.UsersJWKS), SigningKeys: keys, ProductsURL: c.ProductsURL}, c)
	}
	return nil, fmt.Errorf("there is no subgraph %q; there are users, products and orders", name)
}

// StartAll starts the three subgraphs in one process, over their databases by
// name. They reach each other in memory; the URLs of the configuration are not
// used.
func StartAll(ctx context.Context, databases map[string]*sqlx.DB, c Config) (map[string]*Running, error) {
	usersKeys, err := c.signingKeys(ctx, c.UsersSigningKey, "USERS_SIGNING_KEY", databases["users"])
	if err != nil {
		return nil, err
	}
	ordersKeys, err := c.signingKeys(ctx, c.OrdersSigningKey, "ORDERS_SIGNING_KEY", databases["orders"])
	if err != nil {
		return nil, err
	}
	u, err := startUsers(ctx, databases["users"], usersKeys, c)
	if err != nil {
		return nil, err
	}
	p := startProducts(databases["products"], u.Keys, token.NewKeySet(token.PublicKeys(ordersKeys)...), c)
	o, err := startOrders(ctx, databases["orders"], orders.Config{
		UsersKeys: u.Keys, SigningKeys: ordersKeys, ProductsURL: "http://products/graphql", ProductsHTTP: graphclient.InMemory(p.Handler),
	}, c)
	if err != nil {
		return nil, err
	}
	return map[string]*Running{"users": u, "products": p, "orders": o}, nil
}

func startUsers(ctx context.Context, db *sqlx.DB, keys []ed25519.PrivateKey, c Config) (*Running, error) {
	if c.Mailer == nil {
		return nil, errors.New("MAIL_URL is not set: in production letters go to a mail server; set MAIL_FOLDER to keep them in a folder instead")
	}
	s, err := users.New(ctx, users.Config{
		DB: db, Log: c.log("users"), SigningKeys: keys, Production: c.Production, Hashing: c.Hashing,
		Mailer: c.Mailer, Pages: c.Pages, VerifiedOnly: c.VerifiedOnly, Proxies: c.Proxies, RouterSecret: c.RouterSecret, RouterKeys: c.RouterKeys,
	})
	if err != nil {
		return nil, err
	}
	return &Running{Name: "users", Handler: c.traced("users", s.Handler()), Keys: s.Keys(), Run: s.Run}, nil
}

func startProducts(db *sqlx.DB, usersKeys, ordersKeys token.KeySource, c Config) *Running {
	s := products.New(products.Config{DB: db, Log: c.log("products"), UsersKeys: usersKeys, OrdersKeys: ordersKeys, RouterSecret: c.RouterSecret, RouterKeys: c.RouterKeys})
	return &Running{Name: "products", Handler: c.traced("products", s.Handler()), Run: s.Run}
}

func startOrders(ctx context.Context, db *sqlx.DB, o orders.Config, c Config) (*Running, error) {
	o.DB, o.Log, o.RouterSecret, o.RouterKeys, o.Demo = db, c.log("orders"), c.RouterSecret, c.RouterKeys, !c.Production
	o.TaxRates, o.PayWithin, o.FakePayments, o.PaymentSecret, o.NATSURL = c.TaxRates, c.PayWithin, c.FakePayments, c.PaymentSecret, c.NATSURL
	s, err := orders.New(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Running{Name: "orders", Handler: c.traced("orders", s.Handler()), Public: []string{orders.NoticePath}, Keys: s.Keys(), Run: s.Run}, nil
}

func (c Config) log(subgraph string) *slog.Logger { return c.Log.With("subgraph", subgraph) }

// traced is the subgraph's handler, its GraphQL endpoint traced if anything is.
func (c Config) traced(subgraph string, handler http.Handler) http.Handler {
	return c.Traces.Handler(subgraph, "/graphql", handler)
}

// signingKeys are those that were given, or, outside production, those that the
// subgraph keeps in its database.
func (c Config) signingKeys(ctx context.Context, given []byte, variable string, db *sqlx.DB) ([]ed25519.PrivateKey, error) {
	if len(given) > 0 {
		keys, err := token.ParseKeys(given)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", variable, err)
		}
		return keys, nil
	}
	if c.Production {
		return nil, errors.New(variable + " is not set: in production a signing key comes from outside; make one with \"openssl genpkey -algorithm ed25519\" and give it in " + variable + " or its file in " + variable + "_FILE")
	}
	return signingkey.Load(ctx, db)
}
