// Package users is the subgraph of accounts and logins. It alone holds
// passwords and the key that signs access tokens; it publishes the public half
// at /.well-known/jwks.json.
//
//	schema.resolvers.go, entity.resolvers.go   what GraphQL calls
//	accounts.go register.go login.go           what is done
//	policy.go                                  who may
//	store.go                                   the SQL
package users

import (
	"context"
	"crypto/ed25519"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/graphserver"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/generated"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

//go:generate go tool gqlgen generate --config ../../gqlgen.yml

// Migrations are the subgraph's tables, in goose's format.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// accessLifetime is how long an access token is good for. A verifier cannot be
// told that one was withdrawn, so this is also how long a withdrawal takes.
const accessLifetime = 5 * time.Minute

// Config is what the subgraph needs.
type Config struct {
	// DB is the subgraph's own database, with Migrations applied.
	DB  *sqlx.DB
	Log *slog.Logger
	// SigningKeys sign access tokens: the first signs, all are published.
	SigningKeys []ed25519.PrivateKey
	// Production refuses to serve accounts with the demo's passwords.
	Production bool
}

// Service is the running subgraph.
type Service struct {
	store   *store
	hasher  *hasher
	signer  *token.Signer
	keys    *token.KeySet
	handler http.Handler
}

// New returns the subgraph, ready to serve.
func New(ctx context.Context, c Config) (*Service, error) {
	if len(c.SigningKeys) == 0 {
		return nil, errors.New("users needs a signing key")
	}
	hasher, err := newHasher()
	if err != nil {
		return nil, err
	}
	s := &Service{
		store: &store{c.DB}, hasher: hasher,
		signer: token.NewSigner(token.SignerConfig{
			Key: c.SigningKeys[0], Issuer: token.IssuerUsers, Audience: token.AudienceAPI, Lifetime: accessLifetime,
		}),
		keys: token.NewKeySet(token.PublicKeys(c.SigningKeys)...),
	}
	if c.Production {
		if err := s.refuseDemoPasswords(ctx); err != nil {
			return nil, err
		}
	}
	s.handler = s.routes(c.Log)
	return s, nil
}

// Keys are the public keys of the access tokens that users signs.
func (s *Service) Keys() token.KeySource { return s.keys }

// Handler serves POST /graphql and GET /.well-known/jwks.json.
func (s *Service) Handler() http.Handler { return s.handler }

func (s *Service) routes(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/jwks.json", s.keys)
	mux.Handle("/graphql", graphserver.New(graphserver.Options{
		Schema: generated.NewExecutableSchema(generated.Config{Resolvers: &Resolver{s}, Complexity: costs()}),
		Tokens: token.NewVerifier(nil, token.Issuer{
			Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: s.keys, Roles: token.PeopleRoles(),
		}),
		Log: log,
	}))
	return mux
}

// hashCost is what hashing a password costs beside reading a field: an operation
// may hold a few, not a thousand under aliases.
const hashCost = 20_000

func costs() (c generated.ComplexityRoot) {
	c.Query.Users = func(child int, first *int, _ *string, last *int, _ *string) int {
		return graphserver.Cost(child, page.Length(first, last))
	}
	c.Mutation.Login = func(child int, _ model.LoginInput) int { return hashCost + child }
	c.Mutation.Register = func(child int, _ model.RegisterInput) int { return hashCost + child }
	return c
}
