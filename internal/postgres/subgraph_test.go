//go:build unix

package postgres_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// migrations are slow enough, and of a kind, that two replicas applying one at
// the same time fail.
var migrations = fstest.MapFS{
	"migrations/00001_accounts.sql": file(`CREATE TABLE accounts (id int PRIMARY KEY); SELECT pg_sleep(0.2)`, `DROP TABLE accounts`),
	"migrations/00002_names.sql":    file(`ALTER TABLE accounts ADD name text`, `ALTER TABLE accounts DROP name`),
	"migrations/00003_index.sql": &fstest.MapFile{Data: []byte(`-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY accounts_by_name ON accounts (name);
-- +goose Down
DROP INDEX accounts_by_name;
`)},
}

func file(up, down string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + up + ";\n-- +goose Down\n" + down + ";\n")}
}

func open(t *testing.T, s postgres.Subgraph) *sqlx.DB {
	t.Helper()
	if s.Migrations == nil {
		s.Migrations = migrations
	}
	db, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func get[T any](t *testing.T, db *sqlx.DB, query string, args ...any) T {
	t.Helper()
	var value T
	if err := db.GetContext(t.Context(), &value, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// Each subgraph's role sees its own schema and nothing else.
func TestSubgraphsAreApart(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	users := open(t, postgres.Subgraph{Name: "users", URL: server})
	orders := open(t, postgres.Subgraph{Name: "orders", URL: server})
	users.MustExec(`INSERT INTO accounts VALUES (1, 'Ada')`)
	if n := get[int](t, orders, `SELECT count(*) FROM accounts`); n != 0 {
		t.Errorf("orders sees %d rows of users", n)
	}
	for _, statement := range []string{
		`SELECT * FROM users.accounts`,
		`INSERT INTO users.accounts VALUES (2, 'Eve')`,
		`CREATE TABLE users.mine (id int)`,
		`CREATE TABLE public.mine (id int)`,
		`CREATE SCHEMA mine`,
		`CREATE ROLE eve`,
		`SET ROLE ` + get[string](t, users, `SELECT current_user`),
		`SELECT rolpassword FROM pg_authid`,
		`SELECT pg_read_file('/etc/passwd')`,
		`COPY accounts TO PROGRAM 'true'`,
	} {
		if _, err := orders.Exec(statement); err == nil || !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "must be") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for _, db := range []*sqlx.DB{users, orders} {
		if powers := get[bool](t, db, `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication FROM pg_roles WHERE rolname = current_user`); powers {
			t.Error("the role may do more than it needs")
		}
	}
}

// Many replicas start at once on an empty server: every migration runs once and
// all of them come up.
func TestReplicasStartAtOnce(t *testing.T) {
	t.Parallel()
	url := postgrestest.Empty(t)
	var replicas sync.WaitGroup
	for range 6 {
		replicas.Go(func() {
			db, err := postgres.Subgraph{Name: "users", URL: url, Migrations: migrations}.Open(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if _, err := db.Exec(`SELECT name FROM accounts`); err != nil {
				t.Error(err)
			}
		})
	}
	replicas.Wait()
	db := open(t, postgres.Subgraph{Name: "users", URL: url})
	if n := get[int](t, db, `SELECT count(*) FROM goose_db_version WHERE version_id > 0`); n != len(migrations) {
		t.Errorf("%d migrations are listed, want %d", n, len(migrations))
	}
}

func TestMigrator(t *testing.T) {
	t.Parallel()
	m, err := postgres.Subgraph{Name: "users", URL: postgrestest.Empty(t), Migrations: migrations}.Migrator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	ctx := t.Context()
	down := func(ctx context.Context) ([]postgres.Step, error) { return m.Down(ctx) }
	all := func(ctx context.Context) ([]postgres.Step, error) { return m.DownTo(ctx, 0) }
	for _, step := range []struct {
		name    string
		do      func(context.Context) ([]postgres.Step, error)
		did     string
		applied string
	}{
		{"down on nothing", down, "", ""},
		{"up", m.Up, "1 2 3", "1 2 3"},
		{"up again", m.Up, "", "1 2 3"},
		{"down by one", down, "3", "1 2"},
		{"up to the newest", m.Up, "3", "1 2 3"},
		{"down to a version", func(ctx context.Context) ([]postgres.Step, error) { return m.DownTo(ctx, 1) }, "3 2", "1"},
		{"down to nothing", all, "1", ""},
		{"down to nothing again", all, "", ""},
		{"up from nothing", m.Up, "1 2 3", "1 2 3"},
	} {
		steps, err := step.do(ctx)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		var did []string
		for _, s := range steps {
			did = append(did, fmt.Sprint(s.Version))
			if want := migrationName(s.Version); s.Name != want {
				t.Errorf("%s: version %d is called %q, want %q", step.name, s.Version, s.Name, want)
			}
		}
		status, err := m.Status(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var applied []string
		for _, one := range status {
			if !one.AppliedAt.IsZero() {
				applied = append(applied, fmt.Sprint(one.Version))
			}
		}
		if got := strings.Join(did, " "); got != step.did {
			t.Errorf("%s: did %q, want %q", step.name, got, step.did)
		}
		if got := strings.Join(applied, " "); got != step.applied || len(status) != 3 {
			t.Errorf("%s: applied %q of %d, want %q", step.name, got, len(status), step.applied)
		}
	}
}

func migrationName(version int64) string {
	for path := range migrations {
		if strings.HasPrefix(filepath.Base(path), fmt.Sprintf("%05d", version)) {
			return filepath.Base(path)
		}
	}
	return ""
}

// A migration that fails is named, undone, and does not take the others along.
func TestMigrationFails(t *testing.T) {
	t.Parallel()
	broken := fstest.MapFS{
		"00001_good.sql":  file(`CREATE TABLE good (id int)`, `DROP TABLE good`),
		"00002_wrong.sql": file(`CREATE TABLE half (id int); SELECT nonsense`, ``),
	}
	server := postgrestest.Empty(t)
	_, err := postgres.Subgraph{Name: "users", URL: server, Migrations: broken}.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), `migration 00002_wrong.sql of users: `) || !strings.Contains(err.Error(), `"nonsense" does not exist`) {
		t.Fatalf("got %v", err)
	}
	delete(broken, "00002_wrong.sql")
	db := open(t, postgres.Subgraph{Name: "users", URL: server, Migrations: broken})
	tables := get[string](t, db, `SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'users'`)
	if tables != "good goose_db_version" {
		t.Errorf("there are the tables %s", tables)
	}
}

func TestSubgraphRefuses(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	for _, c := range []struct {
		name, want string
		s          postgres.Subgraph
	}{
		{"no migrations", "migrations of users: there are none", postgres.Subgraph{Name: "users", URL: server}},
		{"no files", "migrations of users: there is no *.sql file at the root or in migrations/", postgres.Subgraph{Name: "users", URL: server, Migrations: fstest.MapFS{}}},
		{"a name that is none", `"users; DROP" cannot name a schema`, postgres.Subgraph{Name: "users; DROP", URL: server, Migrations: migrations}},
		{"no URL", "the database URL cannot be read", postgres.Subgraph{Name: "users", Migrations: migrations}},
	} {
		if _, err := c.s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// account makes a role with a password and returns server's URL for it.
func account(t *testing.T, server, options string) (name, accountURL string) {
	t.Helper()
	admin, err := postgres.Open(t.Context(), server, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	name = strings.TrimPrefix(u.Path, "/") + "_someone" // dropped with the database
	admin.MustExec(`CREATE ROLE ` + name + ` LOGIN PASSWORD 's3cret' ` + options)
	u.User = url.UserPassword(name, "s3cret")
	return name, u.String()
}

// An account that may create roles but is no superuser is enough.
func TestProvisionWithoutSuperuser(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	name, accountURL := account(t, server, "CREATEROLE")
	exec(t, server, `GRANT CREATE ON DATABASE `+strings.TrimSuffix(name, "_someone")+` TO `+name)
	for range 2 {
		db := open(t, postgres.Subgraph{Name: "users", URL: accountURL})
		if user := get[string](t, db, `SELECT current_user`); user == name || !strings.HasSuffix(user, "_users") {
			t.Errorf("works as %s", user)
		}
	}
	exec(t, server, `DROP OWNED BY `+name+` CASCADE`, `DROP SCHEMA users CASCADE`)
}

// An account that may not create roles is used itself; it needs a schema.
func TestProvisionWithPlainAccount(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	name, accountURL := account(t, server, "")
	_, err := postgres.Subgraph{Name: "users", URL: accountURL, Migrations: migrations}.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "have the database's owner run: CREATE SCHEMA users AUTHORIZATION "+name) || strings.Contains(err.Error(), "s3cret") {
		t.Fatalf("got %v", err)
	}
	exec(t, server, `CREATE SCHEMA users AUTHORIZATION `+name)
	db := open(t, postgres.Subgraph{Name: "users", URL: accountURL})
	if user := get[string](t, db, `SELECT current_user`); user != name {
		t.Errorf("works as %s", user)
	}
	exec(t, server, `DROP SCHEMA users CASCADE`)
}

// With another password of the account the roles get other ones, and a role
// that somebody else made is left alone.
func TestProvisionAgain(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	name, accountURL := account(t, server, "SUPERUSER")
	open(t, postgres.Subgraph{Name: "users", URL: accountURL})
	exec(t, server, `ALTER ROLE `+name+` PASSWORD 'an0ther'`)
	db := open(t, postgres.Subgraph{Name: "users", URL: strings.Replace(accountURL, "s3cret", "an0ther", 1)})
	get[int](t, db, `SELECT count(*) FROM accounts`)

	exec(t, server, `CREATE ROLE `+strings.TrimSuffix(name, "_someone")+`_orders`)
	_, err := postgres.Subgraph{Name: "orders", URL: server, Migrations: migrations}.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "is not ours: rename it") {
		t.Errorf("got %v", err)
	}
}

// Without a password in the URL (a .pgpass file, a certificate, the system's
// account) there is none to derive the role's from; the account switches to it.
func TestProvisionWithoutPassword(t *testing.T) {
	server := postgrestest.Empty(t)
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	passFile := filepath.Join(t.TempDir(), "pgpass")
	if err := os.WriteFile(passFile, []byte("*:*:*:*:"+password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGPASSFILE", passFile)
	u.User = url.User(u.User.Username())
	for range 2 {
		db := open(t, postgres.Subgraph{Name: "users", URL: u.String()})
		if user := get[string](t, db, `SELECT current_user`); !strings.HasSuffix(user, "_users") {
			t.Errorf("works as %s", user)
		}
	}
}

// What is logged and said holds no password.
func TestNoPasswordIsShown(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	_, accountURL := account(t, server, "SUPERUSER")
	var log strings.Builder
	db := open(t, postgres.Subgraph{Name: "users", URL: accountURL, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !strings.Contains(log.String(), "has a database account") || strings.Contains(log.String(), "s3cret") {
		t.Errorf("logged %s", log.String())
	}
	// The server has the verifiers only, and the statements that set them.
	admin, err := postgres.Open(t.Context(), server, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	role := get[string](t, db, `SELECT current_user`)
	if stored := get[string](t, admin, `SELECT rolpassword FROM pg_authid WHERE rolname = $1`, role); !strings.HasPrefix(stored, "SCRAM-SHA-256$4096:") {
		t.Errorf("stored %s", stored)
	}
}

// The pool's statements can be watched.
func TestWrap(t *testing.T) {
	t.Parallel()
	var seen postgrestest.Statements
	db := open(t, postgres.Subgraph{Name: "users", URL: postgrestest.Empty(t), Wrap: seen.Wrap})
	ran := seen.During(func() { get[int](t, db, `SELECT count(*) FROM accounts`) })
	if !slices.Equal(ran, []string{`SELECT count(*) FROM accounts`}) {
		t.Errorf("saw %q", ran)
	}
}

func exec(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := postgres.Open(t.Context(), url, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
