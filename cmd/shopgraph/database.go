package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

// databases knows where each subgraph's data are.
type databases struct {
	private string           // URL of the private server; "" when none is needed
	server  *postgres.Server // when this process runs it
}

// privateServerTimeout is how long another process may take to start the private
// server that this one waits for.
const privateServerTimeout = time.Minute

// openDatabases finds a database for each of the subgraphs: those that the
// environment names and, for the rest, a private server in the folder data. One
// that another process runs there is used together with it.
func openDatabases(ctx context.Context, names []string, data string, log *slog.Logger) (*databases, error) {
	d := &databases{}
	for _, name := range names {
		if databaseURL(name) != "" {
			continue
		}
		var err error
		d.private, d.server, err = privateServer(ctx, filepath.Join(data, "postgres"), log)
		return d, err
	}
	return d, nil
}

func privateServer(ctx context.Context, folder string, log *slog.Logger) (url string, server *postgres.Server, err error) {
	ctx, cancel := context.WithTimeout(ctx, privateServerTimeout)
	defer cancel()
	for {
		if url, ok := postgres.Running(folder); ok {
			log.Info("using the PostgreSQL server of another shopgraph", "folder", folder)
			return url, nil, nil
		}
		server, err := postgres.Start(ctx, postgres.Options{Dir: folder, Log: log})
		if err == nil {
			return server.URL(), server, nil
		}
		if !errors.Is(err, postgres.ErrInUse) {
			return "", nil, err
		}
		select { // the other process is starting or stopping it
		case <-ctx.Done():
			return "", nil, err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// of is the subgraph's share of its database.
func (d *databases) of(subgraph string, log *slog.Logger) postgres.Subgraph {
	url := databaseURL(subgraph)
	if url == "" {
		url = d.private
	}
	return postgres.Subgraph{Name: subgraph, URL: url, Admin: env("DATABASE_URL"), Migrations: migrationsOf(subgraph), Log: log}
}

// Close stops the private server if this process started it.
func (d *databases) Close() error {
	if d.server == nil {
		return nil
	}
	return d.server.Stop()
}

// databaseURL is what the environment says about the subgraph's database.
func databaseURL(subgraph string) string {
	if own := env(strings.ToUpper(subgraph) + "_DATABASE_URL"); own != "" {
		return own
	}
	return env("DATABASE_URL")
}

// dataFolder is where the program keeps data unless --data says otherwise.
func dataFolder() string {
	if folder := env("SHOPGRAPH_DATA"); folder != "" {
		return folder
	}
	return ".data"
}

// newLog is the log of a command, for people to read.
func newLog(io stdio) *slog.Logger {
	return slog.New(slog.NewTextHandler(io.err, nil))
}
