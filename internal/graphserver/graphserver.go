// Package graphserver puts a gqlgen schema behind HTTP, the same way for every
// subgraph.
//
//	request ─► Identify      its id, for the log and for internal errors
//	        ─► Locate        where it comes from
//	        ─► authenticate  the bearer token, verified here whoever verified it before; the router's secret
//	        ─► post          body within its limit, JSON, the operation
//	        ─► limits        depth, breadth, cost, representations: refused before a resolver runs
//	        ─► resolvers
//	        ─► present       an error for the client, or "internal error" and a line in the log
package graphserver

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
)

// Options are a subgraph's schema and what it needs to serve it.
type Options struct {
	Schema graphql.ExecutableSchema
	// Tokens verifies whoever asks.
	Tokens *token.Verifier
	Log    *slog.Logger
	// Prepare, when set, gives each operation what it keeps while it runs: the
	// loaders of its batches.
	Prepare func(context.Context) context.Context
	// Proxies are the networks of routers whose word is taken for where a request
	// comes from.
	Proxies serve.Proxies
	// RouterSecret is what the router shows in the RouterSecretHeader of each
	// request; without it only services, by their own credential, may ask. Empty
	// lets everyone ask.
	RouterSecret string
}

// RouterSecretHeader is where the router shows that it is the router.
const RouterSecretHeader = "X-Router-Secret"

// cachedDocuments is how many parsed documents are kept. A router sends few
// different ones.
const cachedDocuments = 1000

// New returns the handler of /graphql: POST with JSON.
func New(o Options) http.Handler {
	server := handler.New(o.Schema)
	server.AddTransport(post{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](cachedDocuments))
	server.SetParserTokenLimit(maxTokens)
	server.SetErrorPresenter(presenter(o.Log))
	server.SetRecoverFunc(recovered)
	server.Use(extension.Introspection{}) // _service needs it
	server.Use(limits{o.Schema})
	if o.Prepare != nil {
		server.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			return next(o.Prepare(ctx))
		})
	}
	return serve.Identify(serve.Locate(o.Proxies, timed(authenticate(o, server))))
}

// operationTimeout is how long an operation may take, its statements and calls
// included. Whoever asked has given up by then.
const operationTimeout = 15 * time.Second

func timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), operationTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// authenticate puts the claims of a verified token into the context. A request
// without a token is anonymous, also when it comes from a router in this process
// that has claims in its context; one with a wrong token is refused whole.
func authenticate(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, ok, err := o.Tokens.Authenticate(r.Context(), r.Header)
		if err != nil {
			o.Log.Info("token refused", "request", serve.RequestID(r.Context()), "error", err)
			refuse(w, err)
			return
		}
		if !o.fromRouter(r) && (!ok || claims.Role != token.Service) {
			refuse(w, apierror.New(apierror.Forbidden, "this service is asked by its router, not by clients"))
			return
		}
		ctx := token.WithoutClaims(r.Context())
		if ok {
			ctx = token.WithClaims(ctx, claims)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// fromRouter says whether the request shows the router's secret, or none is
// wanted.
func (o Options) fromRouter(r *http.Request) bool {
	shown := r.Header.Get(RouterSecretHeader)
	return o.RouterSecret == "" || subtle.ConstantTimeCompare([]byte(shown), []byte(o.RouterSecret)) == 1
}
