// Package postgres gives every subgraph its database: a server, a schema with a
// role of its own, migrations and a pool.
//
//	Start                     a private server, when no DATABASE_URL is given
//	Subgraph.Open             everything one subgraph needs, in one call:
//	  ├─ provision            its schema, and a role that sees nothing else
//	  ├─ Open                 a pool, once the server answers
//	  └─ Migrator.Up          its migrations, one replica at a time
//
// A program without a database of its own starts one and hands each subgraph
// the server's URL:
//
//	server, err := postgres.Start(ctx, postgres.Options{Dir: ".data/postgres", Log: log})
//	defer server.Stop()
//	db, err := postgres.Subgraph{Name: "users", URL: server.URL(), Migrations: users.Migrations, Log: log}.Open(ctx)
//
// No error and no log line of this package holds a password.
package postgres

import (
	"context"
	"database/sql/driver"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
)

// Subgraph is one subgraph's share of a PostgreSQL database.
type Subgraph struct {
	Name string // of the subgraph and of its schema: lower-case letters, digits and underscores
	URL  string // the database; its account needs to own or create the schema, or to create roles
	// Admin, when it is set, leads to the same database by an account that may
	// create roles. It makes the account and the schema that URL wants to use, so
	// that nobody has to do so by hand. A URL of another database is no matter.
	Admin      string
	Migrations fs.FS // *.sql files in goose's format, at the root or in migrations/
	Log        *slog.Logger
	// Wait is how long to wait for a server that does not answer yet; 0 means 30
	// seconds.
	Wait time.Duration
	// Wrap stands between the pool and the driver when it is set, to count or
	// trace statements.
	Wrap func(driver.Connector) driver.Connector
}

// Open makes the schema and its role where they are missing, applies pending
// migrations and returns the pool, whose connections belong to the subgraph's
// role and find its tables without a prefix. Any number of replicas may call it
// at once.
func (s Subgraph) Open(ctx context.Context) (*sqlx.DB, error) {
	migrator, err := s.Migrator(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Up(ctx); err != nil {
		migrator.Close()
		return nil, err
	}
	return migrator.db, nil
}

// Migrator connects like Open but leaves the migrations to the caller, who
// closes the Migrator.
func (s Subgraph) Migrator(ctx context.Context) (*Migrator, error) {
	s.Log = orDiscard(s.Log)
	config, err := provision(ctx, s)
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, config, OpenOptions{Log: s.Log, Wait: s.Wait, Wrap: s.Wrap})
	if err != nil {
		return nil, err
	}
	migrator, err := newMigrator(db, s)
	if err != nil {
		db.Close()
		return nil, err
	}
	return migrator, nil
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
