// Package orders is the subgraph of orders. It knows users and products by their
// ids alone: accounts from verified tokens, names and prices from what products
// answers through its own API.
//
//	schema.resolvers.go, entity.resolvers.go   what GraphQL calls
//	reading.go                                 orders, and lists of them
//	cart.go                                    what a customer is about to order
//	place.go request.go tax.go                 placing an order
//	catalogue.go                               what products is asked for
//	transitions.go lifecycle.go                what becomes of an order, and who may do it
//	pay.go internal/payment                    paying for it
//	outbox.go                                  what other services have yet to be asked
//	tell.go nats.go                            telling others what happened
//	policy.go                                  who may
//	store.go store_….go                        the SQL
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
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/webhook"
	"github.com/shopgraph/shopgraph/internal/worker"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/generated"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/payment"
)

//go:generate go tool gqlgen generate --config ../../gqlgen.yml
//go:generate go run ../../internal/lean/rewrite internal/generated

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
	// RouterKeys verify what the router says of who asks; nil takes clients' tokens.
	RouterKeys token.KeySource
	// UsersKeys verify the access tokens of people.
	UsersKeys token.KeySource
	// SigningKeys sign the credential that products is shown: the first signs, all
	// are published.
	SigningKeys []ed25519.PrivateKey
	// ProductsURL is the GraphQL endpoint of products, ProductsHTTP what reaches
	// it; nil is http.DefaultClient.
	ProductsURL  string
	ProductsHTTP *http.Client
	// TaxRates are the rates by products' tax class; nil is UsualTaxRates.
	TaxRates TaxRates
	// PayWithin is how long an order waits to be paid before it is cancelled; 0 is
	// for ever.
	PayWithin time.Duration
	// FakePayments has payments handled by a provider that moves no money; without
	// it there is none, and nothing can be paid. PaymentSecret is what its messages
	// are signed with; nil is one of this process's own.
	FakePayments  bool
	PaymentSecret []byte
	// NATSURL is where events are published; empty for nowhere.
	NATSURL string
	// Demo lets webhooks lead to plain http and to addresses of one's own network.
	Demo bool
}

// Service is the running subgraph.
type Service struct {
	store     *store
	catalogue catalogue
	payments  payment.Provider // nil for none
	nats      *broker          // nil for none
	receivers *http.Client
	taxRates  TaxRates
	demo      bool
	log       *slog.Logger
	keys      *token.KeySet
	handler   http.Handler
	// working does the tasks of the outbox, telling tells of events; both are woken
	// by what leaves them something to do.
	working, telling *worker.Loop
	others           []*worker.Loop
}

// patience is how long a request has for what it began, before the workers take
// it up.
const patience = 10 * time.Second

// New returns the subgraph, ready to serve.
func New(ctx context.Context, c Config) (*Service, error) {
	if len(c.SigningKeys) == 0 {
		return nil, errors.New("orders needs a signing key")
	}
	signer := token.NewSigner(token.SignerConfig{
		Key: c.SigningKeys[0], Issuer: token.IssuerOrders, Audience: token.AudienceServices, Lifetime: credentialLifetime,
	})
	s := &Service{
		store: &store{c.DB, patience, c.PayWithin}, log: c.Log, taxRates: c.TaxRates, demo: c.Demo, receivers: receiversClient(c.Demo),
		catalogue: products{&graphclient.Client{
			Name: "products", URL: c.ProductsURL, HTTP: c.ProductsHTTP, Token: signer.Credential("orders").Token,
		}},
		keys: token.NewKeySet(token.PublicKeys(c.SigningKeys)...),
	}
	if s.taxRates == nil {
		s.taxRates = UsualTaxRates()
	}
	s.handler = s.routes(c)
	s.loops()
	if c.FakePayments {
		s.fakePayments(c)
	}
	return s, s.connect(ctx, c.NATSURL)
}

func (s *Service) loops() {
	s.working = worker.New("outbox", time.Second, s.log, s.work)
	s.telling = worker.New("telling of events", time.Second, s.log, s.tell)
	s.others = []*worker.Loop{
		worker.New("unpaid orders", 10*time.Second, s.log, s.cancelUnpaid),
		worker.New("sweeping orders", 10*time.Minute, s.log, s.store.sweep),
	}
}

// fakePayments has payments handled by the provider of demos, whose messages come
// in where those of a real one would.
func (s *Service) fakePayments(c Config) {
	fake := &payment.Fake{DB: c.DB, Secret: c.PaymentSecret, URL: "http://orders" + NoticePath, HTTP: graphclient.InMemory(s.handler)}
	if fake.Secret == nil {
		fake.Secret = webhook.NewSecret()
	}
	s.payments = fake
	s.others = append(s.others, worker.New("fake payments", time.Second, c.Log, fake.Send))
}

// connect has NATS told of events from now on, or no more.
func (s *Service) connect(ctx context.Context, url string) (err error) {
	if url != "" {
		if s.nats, err = newBroker(url, s.log); err != nil {
			return err
		}
	}
	return s.store.setNATS(ctx, url != "")
}

// Run does what requests leave to be done, until ctx ends.
func (s *Service) Run(ctx context.Context) {
	defer s.nats.close()
	worker.RunAll(ctx, append(s.others, s.working, s.telling)...)
}

// Keys are the public keys of the credential with which orders calls products.
func (s *Service) Keys() token.KeySource { return s.keys }

// NoticePath is where the payment provider's messages come in.
const NoticePath = "/webhooks/payments"

// Handler serves POST /graphql, GET /.well-known/jwks.json and the payment
// provider's POST /webhooks/payments.
func (s *Service) Handler() http.Handler { return s.handler }

func (s *Service) routes(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/jwks.json", s.keys)
	mux.HandleFunc("POST "+NoticePath, s.takeNotice)
	mux.Handle("/graphql", graphserver.New(graphserver.Options{
		Schema: generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{s}, Complexity: costs()}),
		Tokens: token.NewVerifier(nil, token.Issuer{
			Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: c.UsersKeys, Roles: token.PeopleRoles(),
		}),
		Log: c.Log, RouterSecret: c.RouterSecret, RouterKeys: c.RouterKeys, Name: "orders",
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
	// quoteCost is what asking products once costs.
	quoteCost = 2_000
)

func costs() (c generated.ComplexityRoot) {
	c.Query.Orders = func(child int, _ *model.OrderFilter, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	c.User.Orders = func(child int, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	for _, list := range []*func(child int) int{&c.Order.Lines, &c.Order.Timeline, &c.Order.Payments, &c.Cart.Lines} {
		*list = func(child int) int { return graphserver.Cost(child, usualLines) }
	}
	c.Query.Cart = func(child int, _ money.Currency) int { return quoteCost + child }
	c.Mutation.AddToCart = func(child int, _ model.AddToCartInput) int { return 2*quoteCost + child }
	c.Mutation.SetCartLine = func(child int, _ model.SetCartLineInput) int { return 2*quoteCost + child }
	c.Mutation.PlaceOrder = func(child int, _ model.PlaceOrderInput) int { return placeCost + child }
	return c
}
