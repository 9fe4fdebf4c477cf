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

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/lean"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
)

// Options are a subgraph's schema and what it needs to serve it.
type Options struct {
	Schema lean.Schema
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
	// RouterKeys verify tokens of the router's own, which then are the only ones
	// taken, but for services' credentials; Name is the subgraph's, for which they
	// are. Nil takes the clients' own tokens.
	RouterKeys token.KeySource
	Name       string
}

// RouterSecretHeader is where the router shows that it is the router.
const RouterSecretHeader = "X-Router-Secret"

// New returns the handler of /graphql: POST with JSON.
func New(o Options) http.Handler {
	return serve.Identify(&endpoint{Options: o, documents: documents{limits: newLimits(o.Schema)}, present: presenter(o.Log), router: o.routerTokens()})
}

// routerTokens verifies what the router says of who asks; nil where clients' own
// tokens are taken.
func (o Options) routerTokens() *token.Verifier {
	if o.RouterKeys == nil {
		return nil
	}
	return token.NewVerifier(nil, token.Issuer{
		Name: token.IssuerRouter, Audience: o.Name, Keys: o.RouterKeys, Roles: token.PeopleRoles(), Anonymous: true,
	})
}

// endpoint answers requests. It stands in the place of gqlgen's handler.Server,
// which copies the request to add to its context, and of gqlgen's executor, which
// is made for extensions around everything.
type endpoint struct {
	Options
	documents documents
	present   graphql.ErrorPresenterFunc
	router    *token.Verifier
}

// operationTimeout is how long an operation may take, its statements and calls
// included. Whoever asked has given up by then.
const operationTimeout = 15 * time.Second

// ServeHTTP implements http.Handler.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := e.Proxies.Locate(r.Context(), r)
	if _, limited := ctx.Deadline(); !limited { // a router in this process has set one
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, operationTimeout)
		defer cancel()
	}
	defer func() {
		if fault := recover(); fault != nil { // resolvers' panics do not come here
			refusal(w, http.StatusInternalServerError, typeJSON, e.present(ctx, recovered(ctx, fault)))
		}
	}()
	ctx, err := e.authenticate(ctx, r.Header)
	if err != nil {
		refuse(w, err)
		return
	}
	e.post(ctx, w, r)
}

// authenticate puts the claims of a verified token into the context. A request
// without a token is anonymous, also when it comes from a router in this process
// that has claims in its context; one with a wrong token is refused whole.
func (e *endpoint) authenticate(ctx context.Context, header http.Header) (context.Context, error) {
	who := e.byClients
	if e.router != nil {
		who = e.byRouter
	}
	claims, ok, err := who(ctx, header)
	if err != nil {
		e.Log.Info("token refused", "request", serve.RequestID(ctx), "error", err)
		return ctx, err
	}
	if ok {
		return token.WithClaims(ctx, claims), nil
	}
	return token.WithoutClaims(ctx), nil
}

var errNotRouter = apierror.New(apierror.Forbidden, "this service is asked by its router, not by clients")

// byClients says who asks by the client's own token.
func (e *endpoint) byClients(ctx context.Context, header http.Header) (claims token.Claims, ok bool, err error) {
	claims, ok, err = e.Tokens.Authenticate(ctx, header)
	if err == nil && !e.fromRouter(header) && (!ok || claims.Role != token.Service) {
		err = errNotRouter
	}
	return claims, ok, err
}

// byRouter says who asks by what the router's token says, or a service's. What the
// router says of others than the shop's own accounts counts for nothing here: it
// knows more issuers, and these give no roles in the shop.
func (e *endpoint) byRouter(ctx context.Context, header http.Header) (claims token.Claims, ok bool, err error) {
	claims, ok, err = e.router.Authenticate(ctx, header)
	switch {
	case err == nil && ok:
		return claims, claims.Subject != "" && claims.All["client_iss"] == token.IssuerUsers, nil
	case err == nil:
		return token.Claims{}, false, errNotRouter
	}
	if known, ok := apierror.As(err); ok && known.Code == apierror.ServiceUnavailable {
		return token.Claims{}, false, err
	}
	claims, ok, err = e.Tokens.Authenticate(ctx, header)
	if err == nil && (!ok || claims.Role != token.Service) {
		err = errNotRouter
	}
	return claims, ok, err
}

// fromRouter says whether the request shows the router's secret, or none is
// wanted.
func (o Options) fromRouter(header http.Header) bool {
	if o.RouterSecret == "" {
		return true
	}
	shown := header.Get(RouterSecretHeader)
	return subtle.ConstantTimeCompare([]byte(shown), []byte(o.RouterSecret)) == 1
}
