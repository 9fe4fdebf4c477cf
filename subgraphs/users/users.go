// Package users is the subgraph of accounts and logins. It alone holds
// passwords and the key that signs access tokens; it publishes the public half
// at /.well-known/jwks.json.
//
//	schema.resolvers.go, entity.resolvers.go   what GraphQL calls
//	accounts.go profile.go staff.go            accounts, read and changed
//	register.go login.go session.go            the way in, and how it goes on
//	new_password.go letters.go                 other passwords, and what is sent by mail
//	attempts.go password.go                    what guessing costs
//	policy.go                                  who may
//	store.go store_….go                        the SQL
package users

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/graphserver"
	"github.com/shopgraph/shopgraph/internal/mail"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/worker"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/generated"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
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
	// SigningKeys sign access tokens: the first signs, all are published.
	SigningKeys []ed25519.PrivateKey
	// Production refuses to serve accounts with the demo's passwords.
	Production bool
	// Mailer sends letters.
	Mailer mail.Mailer
	// Pages is the URL of the shop's pages, which letters link to: the token of a
	// letter is added to Pages/verify-email and Pages/reset-password. Empty: letters
	// hold only the token.
	Pages string
	// VerifiedOnly lets nobody log in before the e-mail address is shown to be the
	// account's. Without it, whoever registers an address and can log in then learns
	// that it had no account.
	VerifiedOnly bool
	// Proxies are the networks of routers whose word is taken for where a request
	// comes from.
	Proxies serve.Proxies
	// RouterSecret is what the router shows with each request; empty lets everyone
	// ask.
	RouterSecret string
	// RouterKeys verify what the router says of who asks; nil takes clients' tokens.
	RouterKeys token.KeySource
	// Hashing is for tests, in which hashing a password may be cheap; nil is what
	// OWASP recommends.
	Hashing *argon2id.Params
}

// Service is the running subgraph.
type Service struct {
	store  *store
	hasher *hasher
	signer *token.Signer
	keys   *token.KeySet
	mailer mail.Mailer
	pages  string
	// verifiedOnly refuses logins to accounts that are not verified.
	verifiedOnly bool
	log          *slog.Logger
	handler      http.Handler
	// letters sends mail, sweeping deletes what is of no use any more.
	letters, sweeping *worker.Loop
}

// New returns the subgraph, ready to serve.
func New(ctx context.Context, c Config) (*Service, error) {
	switch {
	case len(c.SigningKeys) == 0:
		return nil, errors.New("users needs a signing key")
	case c.Mailer == nil:
		return nil, errors.New("users needs a mailer")
	case c.Hashing != nil && c.Production:
		return nil, errors.New("users hashes passwords in production as it does by default")
	}
	hasher, err := newHasher(cmp.Or(c.Hashing, hashing))
	if err != nil {
		return nil, err
	}
	s := &Service{
		store: &store{c.DB}, hasher: hasher, mailer: c.Mailer, pages: strings.TrimSuffix(c.Pages, "/"), verifiedOnly: c.VerifiedOnly, log: c.Log,
		signer: token.NewSigner(token.SignerConfig{
			Key: c.SigningKeys[0], Issuer: token.IssuerUsers, Audience: token.AudienceAPI, Lifetime: accessLifetime,
		}),
		keys: token.NewKeySet(token.PublicKeys(c.SigningKeys)...),
	}
	s.letters = worker.New("letters", time.Second, c.Log, s.sendLetters)
	s.sweeping = worker.New("sweeping accounts", 10*time.Minute, c.Log, s.store.sweep)
	if c.Production {
		if err := s.refuseDemoPasswords(ctx); err != nil {
			return nil, err
		}
	}
	s.handler = s.routes(c)
	return s, nil
}

// Keys are the public keys of the access tokens that users signs.
func (s *Service) Keys() token.KeySource { return s.keys }

// Handler serves POST /graphql and GET /.well-known/jwks.json.
func (s *Service) Handler() http.Handler { return s.handler }

// Run does what requests leave to be done, until ctx ends.
func (s *Service) Run(ctx context.Context) { worker.RunAll(ctx, s.letters, s.sweeping) }

func (s *Service) routes(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/jwks.json", s.keys)
	mux.Handle("/graphql", graphserver.New(graphserver.Options{
		Schema: generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{s}, Complexity: costs()}),
		Tokens: token.NewVerifier(nil, token.Issuer{
			Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: s.keys, Roles: token.PeopleRoles(),
		}),
		Log: c.Log, Prepare: s.withBatches, Proxies: c.Proxies, RouterSecret: c.RouterSecret, RouterKeys: c.RouterKeys, Name: "users",
	}))
	return mux
}

// hashCost is what hashing a password costs beside reading a field: an operation
// may hold a few, not a thousand under aliases.
const hashCost = 20_000

// usualAddresses is how many addresses a person is taken to have when the cost of
// an operation is reckoned.
const usualAddresses = 2

func costs() (c generated.ComplexityRoot) {
	c.Query.Users = func(child int, _ *model.UserFilter, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	c.User.Addresses = func(child int) int { return graphserver.Cost(child, usualAddresses) }
	c.Mutation.Login = func(child int, _ model.LoginInput) int { return hashCost + child }
	c.Mutation.Register = func(child int, _ model.RegisterInput) int { return hashCost + child }
	c.Mutation.ChangePassword = func(child int, _ model.ChangePasswordInput) int { return 2*hashCost + child }
	c.Mutation.ResetPassword = func(child int, _ model.ResetPasswordInput) int { return hashCost + child }
	c.Mutation.ChangeEmail = func(child int, _ model.ChangeEmailInput) int { return hashCost + child }
	c.Mutation.DeleteAccount = func(child int, _ model.DeleteAccountInput) int { return hashCost + child }
	return c
}
