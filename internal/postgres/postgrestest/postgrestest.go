//go:build unix

// Package postgrestest gives tests real databases: every test its own, a few
// hundredths of a second each, safe in parallel.
//
//	db := postgrestest.New(t, users.Migrations, "users")
//	store := users.NewStore(db.DB)
//	…
//	db.Statements.Budget(t, 1, func() { store.Users(ctx, ids) })
//
// The server is that of DATABASE_URL when it is set: its account has to be
// allowed to create databases and roles. Otherwise it is a private one that all
// test processes of one user share: the first starts it, it outlives them for
// some seconds, and then removes its data. A database with migrations applied is
// kept as a template, so that the same migrations run once and are copied from
// then on.
package postgrestest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

// Database is one test's own database. Its pool's account owns the one schema in
// it and may do nothing else, as in production.
type Database struct {
	*sqlx.DB
	URL        string      // of the database, for the same account and schema
	Statements *Statements // what went through DB
}

// New returns a fresh database in which the migrations are applied to the schema.
// It is dropped when the test ends.
func New(t testing.TB, migrations fs.FS, schema string) *Database {
	t.Helper()
	s := shared(t)
	template, err := s.template(t.Context(), migrations, schema)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	url := withSettings(s.create(t, template), "role", roleOf(schema), "search_path", schema)
	statements := &Statements{}
	db, err := postgres.Open(t.Context(), url, postgres.OpenOptions{Wrap: statements.Wrap})
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	statements.Reset()
	return &Database{DB: db, URL: url, Statements: statements}
}

// Empty returns the URL of a fresh, empty database with an account that may
// create roles in it: what DATABASE_URL would be in production. The database and
// the roles made for it are dropped when the test ends.
func Empty(t testing.TB) (url string) {
	t.Helper()
	return shared(t).create(t, "template0")
}

// create makes a database for the test and returns its URL for the server's
// account.
func (s *server) create(t testing.TB, template string) string {
	t.Helper()
	name := testPrefix + hex.EncodeToString(random(6))
	statement := fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s%s", name, template, s.strategy)
	if _, err := s.admin.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("postgrestest: %s: %v", statement, err)
	}
	t.Cleanup(func() {
		if err := s.drop(context.Background(), name); err != nil {
			t.Errorf("postgrestest: dropping %s: %v", name, err)
		}
	})
	return withDatabase(s.url, name)
}

// drop removes a database with whoever is still connected, and the roles that
// postgres.Subgraph made for it.
func (s *server) drop(ctx context.Context, name string) error {
	if _, err := s.admin.ExecContext(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)); err != nil {
		return err
	}
	var roles []string
	if err := s.admin.SelectContext(ctx, &roles, `SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)`, name+"_"); err != nil {
		return err
	}
	for _, role := range roles {
		if _, err := s.admin.ExecContext(ctx, "DROP ROLE "+pq.QuoteIdentifier(role)); err != nil {
			return err
		}
	}
	return nil
}

// Names of databases, which nobody else on a server of the developer's uses.
const (
	testPrefix     = "shopgraph_test_"
	templatePrefix = "shopgraph_template_"
)

// template returns the name of a database with the migrations applied, making it
// unless this or an earlier run did.
func (s *server) template(ctx context.Context, migrations fs.FS, schema string) (string, error) {
	name, err := templateName(migrations, schema)
	if err != nil {
		return "", err
	}
	making, _ := s.templates.LoadOrStore(name, sync.OnceValue(func() error { return s.makeTemplate(ctx, name, migrations, schema) }))
	return name, making.(func() error)()
}

func (s *server) makeTemplate(ctx context.Context, name string, migrations fs.FS, schema string) error {
	conn, err := s.admin.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('shopgraph templates'))`); err != nil {
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_all()`)
	var exists bool
	if err := conn.GetContext(ctx, &exists, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name); err != nil || exists {
		return err
	}
	unfinished := name + "_new"
	role := roleOf(schema)
	if err := s.drop(ctx, unfinished); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `CREATE ROLE `+role); err != nil && pq.As(err, pqerror.DuplicateObject) == nil {
		return err
	}
	for _, statement := range []string{`GRANT ` + role + ` TO CURRENT_USER`, `CREATE DATABASE ` + unfinished + ` TEMPLATE template0`} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := migrate(ctx, withDatabase(s.url, unfinished), migrations, schema); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+unfinished+` RENAME TO `+name)
	return err
}

func migrate(ctx context.Context, url string, migrations fs.FS, schema string) error {
	role := roleOf(schema)
	db, err := postgres.Open(ctx, url, postgres.OpenOptions{})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `CREATE SCHEMA `+schema+` AUTHORIZATION `+role); err != nil {
		return err
	}
	migrated, err := postgres.Subgraph{Name: schema, URL: withSettings(url, "role", role), Migrations: migrations}.Open(ctx)
	if err != nil {
		return err
	}
	return migrated.Close()
}

// roleOf is the account that owns the schema in every test database. It cannot
// log in: the server's account switches to it.
func roleOf(schema string) string { return "shopgraph_test_of_" + schema }

// templateName is different for different migrations.
func templateName(migrations fs.FS, schema string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, schema)
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
	return templatePrefix + hex.EncodeToString(hash.Sum(nil)[:8]), err
}

func random(bytes int) []byte {
	b := make([]byte, bytes)
	rand.Read(b)
	return b
}

// withDatabase is the URL with another database.
func withDatabase(url, name string) string {
	u := mustParse(url)
	u.Path = "/" + name
	return u.String()
}

// withSettings is the URL with settings for its sessions.
func withSettings(url string, pairs ...string) string {
	u := mustParse(url)
	query := u.Query()
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}
