//go:build unix

package postgres_test

import (
	"fmt"
	"net/url"
	"testing"
	"testing/fstest"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

var things = fstest.MapFS{"00001_things.sql": file(`CREATE TABLE things (id int PRIMARY KEY, name text NOT NULL);
	INSERT INTO things SELECT n, 'thing ' || n FROM generate_series(1, 1000) n`, `DROP TABLE things`)}

// A query with arguments is prepared once per connection, one without is not.
func TestStatementsArePrepared(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	db.SetMaxOpenConns(1)
	for id := range 3 {
		if name := get[string](t, db.DB, `SELECT name FROM things WHERE id = $1`, id+1); name != fmt.Sprint("thing ", id+1) {
			t.Errorf("%d is %q", id+1, name)
		}
		db.MustExec(`UPDATE things SET name = name WHERE id = $1`, id)
		get[int](t, db.DB, `SELECT count(*) FROM things`)
	}
	if n := get[int](t, db.DB, `SELECT count(*) FROM pg_prepared_statements`); n != 2 {
		t.Errorf("%d statements are prepared, want 2", n)
	}
}

// Another replica's migration may change a table under a prepared statement.
func TestPreparedStatementsSurviveMigrations(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	db.SetMaxOpenConns(1)
	const query = `SELECT * FROM things WHERE id = $1`
	read := func(into any) error { return db.Unsafe().Get(into, query, 1) }
	var before struct{ Name string }
	if err := read(&before); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`ALTER TABLE things ADD colour text NOT NULL DEFAULT 'red'`)
	var after struct{ Name, Colour string }
	if err := read(&after); err != nil || after.Colour != "red" {
		t.Errorf("read %v, %v", after, err)
	}
	// In a transaction the failure cannot be undone, but the next one works.
	db.MustExec(`ALTER TABLE things DROP colour`)
	tx := db.MustBegin()
	if err := tx.Unsafe().Get(&before, query, 1); err == nil {
		t.Error("the statement was not outdated")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	tx = db.MustBegin()
	if err := tx.Unsafe().Get(&before, query, 1); err != nil {
		t.Error(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	// A proxy may drop them all.
	db.MustExec(`DEALLOCATE ALL`)
	if err := read(&before); err != nil {
		t.Error(err)
	}
}

// The number of statements a connection keeps is bounded.
func TestPreparedStatementsAreBounded(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	db.SetMaxOpenConns(1)
	for n := range 300 {
		get[int](t, db.DB, fmt.Sprintf(`SELECT %d + $1`, n), 1)
	}
	if n := get[int](t, db.DB, `SELECT count(*) FROM pg_prepared_statements`); n != 256 {
		t.Errorf("%d statements are prepared, want 256", n)
	}
}

// binary_parameters=yes is for proxies that know no prepared statements.
func TestStatementsAreNotPreparedBehindProxies(t *testing.T) {
	t.Parallel()
	plain, err := postgres.Open(t.Context(), unprepared(t, postgrestest.New(t, things, "things").URL), postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	plain.SetMaxOpenConns(1)
	get[string](t, plain, `SELECT name FROM things WHERE id = $1`, 1)
	if n := get[int](t, plain, `SELECT count(*) FROM pg_prepared_statements`); n != 0 {
		t.Errorf("%d statements are prepared", n)
	}
}

func unprepared(t testing.TB, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("binary_parameters", "yes")
	u.RawQuery = query.Encode()
	return u.String()
}

// BenchmarkQuery reads one row by its key: prepared, and with lib/pq's one-trip
// protocol for proxies.
func BenchmarkQuery(b *testing.B) {
	url := postgrestest.New(b, things, "things").URL
	for _, c := range []struct{ name, url string }{{"prepared", url}, {"binary_parameters", unprepared(b, url)}} {
		b.Run(c.name, func(b *testing.B) {
			db, err := postgres.Open(b.Context(), c.url, postgres.OpenOptions{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			b.ReportAllocs()
			for b.Loop() {
				var name string
				if err := db.QueryRowContext(b.Context(), `SELECT name FROM things WHERE id = $1`, 500).Scan(&name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
