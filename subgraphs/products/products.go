// Package products is the subgraph of the catalogue and the stock.
//
//	schema.resolvers.go, entity.resolvers.go   what GraphQL calls
//	catalogue.go create.go                     reading and adding products
//	reservation.go                             stock for orders: reserve, confirm, release
//	policy.go                                  who may
//	store.go store_….go                        the SQL
package products

import (
	"embed"
	"log/slog"
	"net/http"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/graphserver"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/generated"
)

//go:generate go tool gqlgen generate --config ../../gqlgen.yml

// Migrations are the subgraph's tables, in goose's format.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Config is what the subgraph needs.
type Config struct {
	// DB is the subgraph's own database, with Migrations applied.
	DB  *sqlx.DB
	Log *slog.Logger
	// RouterSecret is what the router shows with each request; empty lets everyone
	// ask.
	RouterSecret string
	// UsersKeys verify the access tokens of people, OrdersKeys the credential of
	// the orders service.
	UsersKeys, OrdersKeys token.KeySource
}

// Service is the running subgraph.
type Service struct {
	store   *store
	handler http.Handler
}

// New returns the subgraph, ready to serve.
func New(c Config) *Service {
	s := &Service{store: &store{c.DB}}
	mux := http.NewServeMux()
	mux.Handle("/graphql", graphserver.New(graphserver.Options{
		Schema: generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{s}, Complexity: costs()}),
		Tokens: token.NewVerifier(nil,
			token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: c.UsersKeys, Roles: token.PeopleRoles()},
			token.Issuer{Name: token.IssuerOrders, Audience: token.AudienceServices, Keys: c.OrdersKeys, Roles: []token.Role{token.Service}},
		),
		Log:     c.Log,
		Prepare: s.withBatches, RouterSecret: c.RouterSecret,
	}))
	s.handler = mux
	return s
}

// Handler serves POST /graphql.
func (s *Service) Handler() http.Handler { return s.handler }

// usualVariants is how many variants a product is taken to have when the cost of
// an operation is reckoned.
const usualVariants = 3

func costs() (c generated.ComplexityRoot) {
	c.Query.Products = func(child int, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	c.Query.ProductVariants = func(child int, ids []string) int { return graphserver.Cost(child, len(ids)) }
	c.Product.Variants = func(child int) int { return graphserver.Cost(child, usualVariants) }
	return c
}
