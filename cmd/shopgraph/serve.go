package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
)

const serveHelp = `
shopgraph serve runs the graph, whole or in parts, until it is interrupted.

Usage: shopgraph serve [all|router|users|products|orders] [flags]

  all       everything in one process (default): a private PostgreSQL server
            unless DATABASE_URL names one, the tables, demo data in an empty
            database, the three subgraphs, and the router in front of them
  router    a router for the supergraph of --supergraph, whichever it is
  users     ┐
  products  ├ one subgraph of the shop
  orders    ┘

Each setting is a flag, an environment variable (--max-body is SHOPGRAPH_MAX_BODY)
or a key of the file that --config names; the first of these that has it counts.
The file can say three things more:

  issuers:                # who issues tokens; several, unlike --issuer
    - name: https://login.example
      audience: shop
      jwks: [https://login.example/.well-known/jwks.json]
      algorithms: [ES256]
  headers:                # what subgraphs get of the client's headers, and more
    forward: [Accept-Language]
    set: {X-From: router}
    subgraphs:
      orders: {forward: [X-Shop], set: {X-Orders: "1"}}
  policies:               # who fulfils a @policy: one of these, by all its claims
    staff: [{role: [staff, admin]}, {scope: [shop], country: [DE, AT]}]

Exit status: 0 it was interrupted, and stopped; 1 it failed, or had to cut off
requests; 2 wrong usage, a file that cannot be used, a port that is taken, a
database that cannot be reached.

Examples:

  shopgraph serve
  shopgraph serve router --supergraph supergraph.graphql --listen :4000
  shopgraph serve router --subgraph-url users=http://users:4001/graphql`

// roles are what can be served. Each runs until ctx ends.
var roles map[string]func(ctx context.Context, c *config, io stdio, log *slog.Logger) error

func init() {
	roles = map[string]func(context.Context, *config, stdio, *slog.Logger) error{
		"all": serveAll, "router": serveRouter,
		"users": serveSubgraph, "products": serveSubgraph, "orders": serveSubgraph,
	}
}

func serveCommand(ctx context.Context, args []string, io stdio) int {
	c, status, ok := parseConfig(args, io)
	if !ok {
		return status
	}
	if env("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	err := c.serve(ctx, io)
	if err == nil || ctx.Err() != nil && errors.Is(err, context.Canceled) { // interrupted, perhaps while it started
		return exitOK
	}
	fmt.Fprintf(io.err, "shopgraph serve: %v\n", err)
	if errors.As(err, new(*failure)) {
		return exitProblems
	}
	return exitUsage
}

// gcPercent lets the heap grow to four times what is alive before the garbage
// collector runs. A server of ours keeps little alive, some megabytes, so that the
// usual 100 runs it many times a second: that was 18 % of the CPU of "serve all".
const gcPercent = 300

// failure is an error of a server that ran; others are about its start.
type failure struct{ error }

// Unwrap returns the error.
func (f *failure) Unwrap() error { return f.error }

func failed(err error) error {
	if err == nil {
		return nil
	}
	return &failure{err}
}

func (c *config) newLog(io stdio) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.logLevel}
	if c.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(io.err, options))
	}
	return slog.New(slog.NewTextHandler(io.err, options))
}
