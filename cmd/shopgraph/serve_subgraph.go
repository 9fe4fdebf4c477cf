package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/subgraphs"
)

// serveSubgraph serves the subgraph that has the role's name. It reaches the
// others over the network.
func serveSubgraph(ctx context.Context, c *config, io stdio, log *slog.Logger) error {
	settings, err := c.subgraphs(log)
	if err != nil {
		return err
	}
	databases, err := openDatabases(ctx, []string{c.role}, c.data, log)
	if err != nil {
		return err
	}
	defer databases.Close()
	db, err := c.openSubgraph(ctx, databases.of(c.role, log))
	if err != nil {
		return err
	}
	defer db.Close()
	running, err := subgraphs.Start(ctx, c.role, db, settings)
	if err != nil {
		return err
	}
	listener, err := serve.Listen(serve.Options{
		Name: c.role, Address: c.listen, Handler: running.Handler, Log: log, Quiet: !c.accessLog,
		Ready: map[string]func(context.Context) error{"database": db.PingContext},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s: GraphQL at http://%s/graphql\n", c.role, listener.Address())
	ctx, stop := context.WithCancel(ctx)
	defer work(ctx, running)()
	defer stop()
	return failed(listener.Serve(ctx))
}

// work does what the subgraphs' requests leave to be done, until ctx ends. The
// function that it returns waits for that to have stopped.
func work(ctx context.Context, all ...*subgraphs.Running) (wait func()) {
	var working sync.WaitGroup
	for _, running := range all {
		if running.Run != nil {
			working.Go(func() { running.Run(ctx) })
		}
	}
	return working.Wait
}

// subgraphs is what the subgraphs are told.
func (c *config) subgraphs(log *slog.Logger) (subgraphs.Config, error) {
	settings, err := subgraphs.FromEnvironment(func(name string) string {
		switch name { // what may come from a flag or the file
		case settingVariable("env"):
			return c.environment
		case settingVariable("data"):
			return c.data
		}
		return env(name)
	}, log)
	settings.Traces = c.traces
	return settings, err
}

// openSubgraph opens a subgraph's database, with its tables up to date.
func (c *config) openSubgraph(ctx context.Context, s postgres.Subgraph) (*sqlx.DB, error) {
	s.Wait, s.Wrap = c.wait, c.traces.Connector(s.Name)
	db, err := s.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return db, nil
}
