package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/auth"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/headers"
	"github.com/shopgraph/shopgraph/router/identity"
	"github.com/shopgraph/shopgraph/router/persisted"
	"github.com/shopgraph/shopgraph/router/ratelimit"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/router/server"
	"github.com/shopgraph/shopgraph/router/server/playground"
	"github.com/shopgraph/shopgraph/router/watch"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// gateway is a router behind HTTP, ready to serve.
type gateway struct {
	surroundings
	config *config
	log    *slog.Logger
	router *router.Router
	// persisted is before the router.
	persisted *persisted.Store
	sdl       string
	// file is where sdl is from; "" when it is the program's own.
	file    string
	handler http.Handler
}

// surroundings are what a gateway takes from where it runs.
type surroundings struct {
	// connect returns the way to a subgraph; nil is HTTP.
	connect func(*supergraph.Subgraph) (execute.Transport, error)
	// issuers are those of the configuration, and of the process itself.
	issuers []auth.Issuer
	// passing is nil where the configuration decides.
	passing *identity.Passing
	page    playground.Config
	// ready are the things without which the process is of no use.
	ready map[string]func(context.Context) error
}

func serveRouter(ctx context.Context, c *config, io stdio, log *slog.Logger) error {
	g, err := newGateway(c, surroundings{connect: connectByURL(c.subgraphURLs), issuers: c.issuers}, log)
	if err != nil {
		return err
	}
	listener, err := g.listen()
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "router: GraphQL at http://%s%s\n", listener.Address(), c.path)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	go g.watch(ctx, hangups)
	return failed(listener.Serve(ctx))
}

func newGateway(c *config, s surroundings, log *slog.Logger) (*gateway, error) {
	g := &gateway{surroundings: s, config: c, log: log}
	var err error
	if g.sdl, g.file, err = c.readSupergraph(); err != nil {
		return nil, err
	}
	if g.passing == nil {
		if g.passing, err = c.passing(); err != nil {
			return nil, err
		}
	}
	propagation, err := headers.New(c.headers, c.subgraphHeaders)
	if err != nil {
		return nil, err
	}
	g.router, err = router.New(g.sdl, router.Options{
		Connect: s.connect, Headers: g.told(propagation), Around: c.tracedFetches(), NoSharing: !c.dedupe, Timeout: c.timeout,
		Access: c.access(), Limits: c.limits, Cost: c.costs(), NoIntrospection: !c.introspection, Suggestions: c.suggestions, Errors: c.policy(), Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.supergraph, err)
	}
	if g.persisted, err = c.persisted(g.router, log); err != nil {
		return nil, err
	}
	admissions, err := g.admissions(propagation)
	if err != nil {
		return nil, err
	}
	g.handler, err = server.New(server.Options{
		Router: c.tracedOperations(g.persisted), Log: log, Path: c.path, MaxBody: c.maxBody, NoCompression: !c.compression, Admissions: admissions,
		CORS: server.CORS{Origins: c.origins, Credentials: c.credentials}, Statuses: c.statusStyle(), Plans: c.plans,
		Playground: c.page(s.page, g.router.Supergraph),
	})
	g.handler = withKeys(g.passing, c.tracedRequests(g.handler))
	return g, err
}

// admissions are what happens to a request before its body is read, in their order.
func (g *gateway) admissions(propagation *headers.Propagation) ([]server.Admission, error) {
	var all []server.Admission
	if g.config.forwardAddress {
		all = append(all, headers.NoteAddress)
	}
	all = append(all, propagation.Admit)
	if len(g.issuers) > 0 {
		authenticator, err := auth.New(g.issuers, auth.Options{Log: g.log})
		if err != nil {
			return nil, err
		}
		all = append(all, authenticator.Admit)
	}
	if g.passing != nil {
		all = append(all, g.passing.Admit)
	}
	if g.config.rate < 0 {
		return all, nil
	}
	limiter, err := g.config.limiter()
	if err != nil {
		return nil, err
	}
	return append(all, limiter.Admit), nil
}

func (c *config) limiter() (*ratelimit.Limiter, error) {
	proxies, err := serve.ParseProxies(c.proxies)
	if err != nil {
		return nil, fmt.Errorf("proxies: %w", err)
	}
	if c.burst <= 0 {
		return nil, fmt.Errorf("rate-burst is %d: it must be at least 1", c.burst)
	}
	limiter, err := ratelimit.New(ratelimit.Options{PerMinute: c.rate, Burst: c.burst, By: c.rateBy, Proxies: proxies})
	if err != nil {
		return nil, fmt.Errorf("rate-by: %w", err)
	}
	return limiter, nil
}

// told is what subgraphs learn of a request and of who asks.
func (g *gateway) told(propagation *headers.Propagation) func(ctx context.Context, subgraph string, header http.Header) {
	if g.passing == nil {
		return propagation.Apply
	}
	return func(ctx context.Context, subgraph string, header http.Header) {
		propagation.Apply(ctx, subgraph, header)
		g.passing.Apply(ctx, subgraph, header)
	}
}

// readSupergraph reads the file. A program that runs everything also has a
// supergraph of its own, which is used where there is none.
func (c *config) readSupergraph() (sdl, file string, err error) {
	sdl, err = readSupergraph(c.supergraph)
	if err != nil && c.role == "all" && c.supergraph == defaultSupergraph {
		return schema.Supergraph, "", nil
	}
	return sdl, c.supergraph, err
}

func connectByURL(urls map[string]string) func(*supergraph.Subgraph) (execute.Transport, error) {
	client := execute.NewClient()
	return func(s *supergraph.Subgraph) (execute.Transport, error) {
		if url := urls[s.Name]; url != "" {
			return execute.NewHTTP(client, url)
		}
		return execute.NewHTTP(client, s.URL)
	}
}

func (c *config) policy() *response.Policy {
	if c.errorsOf == "redact" {
		return nil
	}
	return response.PassAll
}

func (c *config) access() access.Options {
	return access.Options{Refuse: c.unauthorized == "refuse", Policy: access.ByClaims(c.policies)}
}

func (c *config) costs() cost.Options {
	return cost.Options{Max: c.maxCost, ListSize: c.listSize, Measure: c.cost == "measure", Off: c.cost == "off"}
}

func (c *config) statusStyle() server.Statuses {
	if c.statuses == "draft" {
		return server.StatusesDraft
	}
	return server.StatusesAudited
}

func (c *config) page(p playground.Config, current func() *supergraph.Supergraph) http.Handler {
	if !c.playground {
		return nil
	}
	p.Endpoint = "." + c.path
	return playground.Handler(p, current)
}

func (g *gateway) listen() (*serve.Server, error) {
	return serve.Listen(serve.Options{
		Name: "router", Address: g.config.listen, Handler: g.handler, Ready: g.ready, Log: g.log, Quiet: !g.config.accessLog,
	})
}

// watch changes to what the supergraph's file says, and the manifests, whenever
// they change and when a signal asks to look, until ctx ends.
func (g *gateway) watch(ctx context.Context, now <-chan os.Signal) {
	g.watchManifests(ctx)
	if g.file == "" {
		return
	}
	watch.File(ctx, watch.Options{Path: g.file, Now: now, Log: g.log}, g.sdl, func(sdl string) {
		switch changed, err := g.router.Reload(sdl); {
		case err != nil:
			g.log.Error("the new supergraph is not usable; the one before stays in use", "file", g.file, "error", err)
		case changed:
			g.log.Info("the supergraph has changed", "file", g.file)
		}
	})
}
