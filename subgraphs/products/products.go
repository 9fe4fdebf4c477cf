// Package products is the subgraph of the catalogue and the stock.
//
//	schema.resolvers.go, entity.resolvers.go   what GraphQL calls
//	catalogue.go list.go internal/listing      reading products, searching and filtering them
//	categories.go                              the tree that they are ordered by
//	create.go change.go adjust.go              what staff changes
//	reservation.go                             stock for orders: reserve, confirm, release, expire
//	policy.go                                  who may
//	store.go store_….go                        the SQL
package products

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/graphserver"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/worker"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/generated"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

//go:generate go tool gqlgen generate --config ../../gqlgen.yml
//go:generate go run ../../internal/lean/rewrite internal/generated

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
	// RouterKeys verify what the router says of who asks; nil takes clients' tokens.
	RouterKeys token.KeySource
	// UsersKeys verify the access tokens of people, OrdersKeys the credential of
	// the orders service.
	UsersKeys, OrdersKeys token.KeySource
}

// Service is the running subgraph.
type Service struct {
	store    *store
	handler  http.Handler
	expiring *worker.Loop
}

// expiredAtOnce is how many orders' stock is given back in one go.
const expiredAtOnce = 100

// Run gives back stock that was held for too long, until ctx ends.
func (s *Service) Run(ctx context.Context) { worker.RunAll(ctx, s.expiring) }

// New returns the subgraph, ready to serve.
func New(c Config) *Service {
	s := &Service{store: &store{c.DB}}
	s.expiring = worker.New("expiring reservations", time.Second, c.Log, func(ctx context.Context) (int, error) { return s.store.expire(ctx, expiredAtOnce) })
	mux := http.NewServeMux()
	mux.Handle("/graphql", graphserver.New(graphserver.Options{
		Schema: generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{s}, Complexity: costs()}),
		Tokens: token.NewVerifier(nil,
			token.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: c.UsersKeys, Roles: token.PeopleRoles()},
			token.Issuer{Name: token.IssuerOrders, Audience: token.AudienceServices, Keys: c.OrdersKeys, Roles: []token.Role{token.Service}},
		),
		Log:     c.Log,
		Prepare: s.withBatches, RouterSecret: c.RouterSecret, RouterKeys: c.RouterKeys, Name: "products",
	}))
	s.handler = mux
	return s
}

// Handler serves POST /graphql.
func (s *Service) Handler() http.Handler { return s.handler }

// usualVariants is how many variants a product is taken to have when the cost of
// an operation is reckoned.
const usualVariants = 3

const (
	// usualParts is how many categories and media a product is taken to have.
	usualParts = 3
	// facetCost is what counting a facet costs beside reading a field.
	facetCost = 50
)

func costs() (c generated.ComplexityRoot) {
	c.Query.Products = func(child int, _ *string, _ *model.ProductFilter, _ *model.ProductSort, _ money.Currency, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	c.Query.ProductVariants = func(child int, ids []string) int { return graphserver.Cost(child, len(ids)) }
	c.Product.Variants = func(child int) int { return graphserver.Cost(child, usualVariants) }
	c.Stock.Movements = func(child, first int, _ *string) int { return graphserver.Cost(child, first) }
	for _, list := range []*func(child int) int{&c.Query.Categories, &c.Category.Children, &c.Category.Ancestors, &c.Product.Categories, &c.Product.Media} {
		*list = func(child int) int { return graphserver.Cost(child, usualParts) }
	}
	for _, facet := range []*func(child int) int{&c.ProductFacets.Categories, &c.ProductFacets.InStock, &c.ProductFacets.Prices} {
		*facet = func(child int) int { return facetCost + child }
	}
	return c
}
