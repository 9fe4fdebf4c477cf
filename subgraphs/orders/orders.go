// Package orders is the subgraph of orders. It knows users and products by their
// ids alone: accounts from verified tokens, names and prices from what products
// answers through its own API.
//
//	schema.resolvers.go, entity.resolvers.go   what GraphQL calls
//	reading.go                                 orders, and lists of them
//	place.go request.go                        placing an order
//	catalogue.go                               what products is asked for
//	policy.go                                  who may
//	store.go store_place.go                    the SQL
package orders

import (
	"context"
	"crypto/ed25519"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/graphclient"
	"github.com/shopgraph/shopgraph/internal/graphserver"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/generated"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

//go:generate go tool gqlgen generate --config ../../gqlgen.yml

// Migrations are the subgraph's tables, in goose's format.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// credentialLifetime is how long the credential shown to products is good for;
// it is renewed at half of that.
const credentialLifetime = 5 * time.Minute

// Config is what the subgraph needs.
type Config struct {
	// DB is the subgraph's own database, with Migrations applied.
	DB  *sqlx.DB
	Log *slog.Logger
	// RouterSecret is what the router shows with each request; empty lets everyone
	// ask.
	RouterSecret string
	// UsersKeys verify the access tokens of people.
	UsersKeys token.KeySource
	// SigningKeys sign the credential that products is shown: the first signs, all
	// are published.
	SigningKeys []ed25519.PrivateKey
	// ProductsURL is the GraphQL endpoint of products, ProductsHTTP what reaches
	// it; nil is http.DefaultClient.
	ProductsURL  string
	ProductsHTTP *http.Client
}

// Service is the running subgraph.
type Service struct {
	store     *store
	catalogue catalogue
	keys      *token.KeySet
	handler   http.Handler
}

// New returns the subgraph, ready to serve.
func New(c Config) (*Service, error) {
	if len(c.SigningKeys) == 0 {
		return nil, errors.New("orders needs a signing key")
	}
	signer := token.NewSigner(token.SignerConfig{
		Key: c.SigningKeys[0], Issuer: token.IssuerOrders, Audience: token.AudienceServices, Lifetime: credentialLifetime,
	})
	s := &Service{
		store: &store{c.DB},
		catalogue: products{&graphclient.Client{
			Name: "products", URL: c.ProductsURL, HTTP: c.ProductsHTTP, Token: signer.Credential("orders").Token,
		}},
		keys: token.NewKeySet(token.PublicKeys(c.SigningKeys)...),
	}
	s.handler = s.routes(c)
	return s, nil
}

// Keys are the public keys of the credential with which orders calls products.
func (s *Service) Keys() token.KeySource { return s.keys }

// Handler serves POST /graphql and GET /.well-known/jwks.json.
func (s *Service) Handler() http.Handler { return s.handler }

func (s *Service) routes(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/jwks.json", s.keys)
	mux.Handle("/graphql", graphserver.New(graphserver.Options{
		Schema: generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{s}, Complexity: costs()}),
		Tokens: token.NewVerifier(nil, token.Issuer{
			Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: c.UsersKeys, Roles: token.PeopleRoles(),
		}),
		Log: c.Log, RouterSecret: c.RouterSecret,
		Prepare: func(ctx context.Context) context.Context {
			return context.WithValue(ctx, batchesKey{}, newBatches(s.store))
		},
	}))
	return mux
}

const (
	// usualLines is how many lines an order is taken to have when the cost of an
	// operation is reckoned.
	usualLines = 4
	// placeCost is what placing an order costs beside reading a field: it asks
	// products three times.
	placeCost = 10_000
)

func costs() (c generated.ComplexityRoot) {
	list := func(child int, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	c.Query.Orders = list
	c.User.Orders = list
	c.Order.Lines = func(child int) int { return graphserver.Cost(child, usualLines) }
	c.Mutation.PlaceOrder = func(child int, _ model.PlaceOrderInput) int { return placeCost + child }
	return c
}
