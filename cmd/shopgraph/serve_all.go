package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/shopgraph/shopgraph/internal/demodata"

	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router/auth"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/identity"
	"github.com/shopgraph/shopgraph/schema/supergraph"
	"github.com/shopgraph/shopgraph/subgraphs"
)

// whole is everything in one process.
type whole struct {
	config    *config
	log       *slog.Logger
	databases *databases
	pools     map[string]*sqlx.DB
	running   map[string]*subgraphs.Running
	passing   *identity.Passing
	gateway   *gateway
	listener  *serve.Server
	// seeded says that the database holds the demo's data.
	seeded bool
}

// serveAll starts everything, one step after the other, telling what it does.
func serveAll(ctx context.Context, c *config, io stdio, log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal is closed
	defer stop()
	w := &whole{config: c, log: log, pools: map[string]*sqlx.DB{}}
	defer w.close()
	telling := &startup{out: io.out}
	for _, step := range w.steps() {
		if err := telling.step(ctx, step.name, step.doing, step.do); err != nil {
			return err
		}
	}
	fmt.Fprint(io.out, w.welcome())
	return w.serve(ctx)
}

// step is one part of starting.
type step struct {
	name, doing string
	do          func(context.Context) (string, error)
}

func (w *whole) steps() []step {
	return []step{
		{"PostgreSQL", "finding a server", w.openDatabases},
		{"tables", "migrating", w.openPools},
		{"demo data", "looking for data", w.seed},
		{"subgraphs", "starting", w.startSubgraphs},
		{"router", "starting", w.startRouter},
	}
}

func (w *whole) openDatabases(ctx context.Context) (done string, err error) {
	if w.databases, err = openDatabases(ctx, subgraphNames(), w.config.data, w.log); err != nil {
		return "", err
	}
	switch {
	case w.databases.server != nil:
		return "a private server, its data in " + w.config.data, nil
	case w.databases.private != "":
		return "the private server that another shopgraph runs in " + w.config.data, nil
	}
	return "as the environment says", nil
}

func (w *whole) openPools(ctx context.Context) (string, error) {
	names := subgraphNames()
	pools := make([]*sqlx.DB, len(names))
	var group errgroup.Group
	for i, name := range names {
		group.Go(func() (err error) {
			pools[i], err = w.config.openSubgraph(ctx, w.databases.of(name, w.log))
			return err
		})
	}
	err := group.Wait()
	for i, name := range names {
		if pools[i] != nil {
			w.pools[name] = pools[i]
		}
	}
	return strings.Join(names, ", ") + " are up to date", err
}

// seed fills an empty database with demo data, except in production.
func (w *whole) seed(ctx context.Context) (string, error) {
	if w.config.production() {
		return "none in production", nil
	}
	size := demodata.Usual
	filled := 0
	for _, s := range subgraphs.All() {
		switch err := s.Seed(ctx, w.pools[s.Name], size, func(int) {}); {
		case err == nil:
			filled++
		case !errors.Is(err, demodata.ErrNotEmpty):
			return "", err
		}
	}
	if w.seeded = filled > 0; !w.seeded {
		return "there are data already", nil
	}
	return fmt.Sprintf("%d accounts, %d products, %d orders", size.Users, size.Products, size.Orders), nil
}

func (w *whole) startSubgraphs(ctx context.Context) (string, error) {
	settings, err := w.config.subgraphs(w.log)
	if err != nil {
		return "", err
	}
	if w.passing, err = w.config.passing(); err != nil {
		return "", err
	}
	if w.passing != nil && w.passing.Keys() != nil {
		settings.RouterKeys = w.passing.Keys()
	}
	w.running, err = subgraphs.StartAll(ctx, w.pools, settings)
	return strings.Join(subgraphNames(), ", ") + ", in this process", err
}

func (w *whole) startRouter(context.Context) (string, error) {
	users := auth.Issuer{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: w.running["users"].Keys}
	ready := map[string]func(context.Context) error{}
	for name, pool := range w.pools {
		ready[name+" database"] = pool.PingContext
	}
	var err error
	w.gateway, err = newGateway(w.config, surroundings{
		connect: w.connect, issuers: append(w.config.issuers, users), ready: ready,
		passing: w.passing, page: w.config.demo(),
	}, w.log)
	if err != nil {
		return "", err
	}
	w.gateway.handler = besides(w.gateway.handler, w.running)
	if w.listener, err = w.gateway.listen(); err != nil {
		return "", err
	}
	return "GraphQL at " + w.endpoint(), nil
}

// besides serves the subgraphs' public paths, and all others by the router.
func besides(router http.Handler, running map[string]*subgraphs.Running) http.Handler {
	public := map[string]http.Handler{}
	for _, subgraph := range running {
		for _, path := range subgraph.Public {
			public[path] = subgraph.Handler
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subgraph := public[r.URL.Path]; subgraph != nil {
			subgraph.ServeHTTP(w, r)
			return
		}
		router.ServeHTTP(w, r)
	})
}

// connect leads to the subgraphs of this process, and to others by their URL.
func (w *whole) connect(s *supergraph.Subgraph) (execute.Transport, error) {
	if running, ok := w.running[s.Name]; ok && w.config.subgraphURLs[s.Name] == "" {
		return execute.NewMemory(s.Name, atGraphQL(running.Handler)), nil
	}
	return connectByURL(w.config.subgraphURLs)(s)
}

var graphqlURL = &url.URL{Path: "/graphql"}

// atGraphQL sends requests to the handler's GraphQL endpoint, which is looked for
// once.
func atGraphQL(next http.Handler) http.Handler {
	if mux, ok := next.(*http.ServeMux); ok {
		next, _ = mux.Handler(&http.Request{Method: http.MethodPost, URL: graphqlURL})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL = graphqlURL // the request is the call's own
		next.ServeHTTP(w, r)
	})
}

func (w *whole) endpoint() string { return "http://" + w.listener.Address() + w.config.path }

// serve answers requests until ctx ends, or the private server does.
func (w *whole) serve(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer work(ctx, slices.Collect(maps.Values(w.running))...)()
	defer stop(nil)
	if w.databases.server != nil {
		go func() {
			select {
			case <-w.databases.server.Exited():
				stop(errors.New("the private PostgreSQL server has ended; its log is in " + w.config.data))
			case <-ctx.Done():
			}
		}()
	}
	go w.gateway.watch(ctx, nil)
	if err := w.listener.Serve(ctx); err != nil {
		return failed(err)
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return failed(cause)
	}
	return nil
}

// close gives back what was opened, the database last.
func (w *whole) close() {
	for _, pool := range w.pools {
		pool.Close()
	}
	if w.databases == nil {
		return
	}
	if err := w.databases.Close(); err != nil {
		w.log.Error("the private PostgreSQL server did not stop cleanly", "error", err)
	}
}

// welcome says what there is to see.
func (w *whole) welcome() string {
	var b strings.Builder
	base := "http://" + w.listener.Address()
	b.WriteByte('\n')
	if w.config.playground {
		fmt.Fprintf(&b, "Playground   %s/\n", base)
	}
	fmt.Fprintf(&b, "GraphQL      %s\n", w.endpoint())
	if !w.config.production() {
		b.WriteString("\nDemo accounts, unless their passwords were changed:\n")
		for _, a := range demodata.Accounts() {
			fmt.Fprintf(&b, "  %-9s %-30s %s\n", strings.ToLower(a.Role), a.Email, a.Password)
		}
		b.WriteString("\nTo try, in the playground:\n\n")
		for line := range strings.Lines(tryIt(demodata.Usual)) {
			b.WriteString("  " + line)
		}
	}
	b.WriteString("\nCtrl-C stops everything.\n")
	return b.String()
}
