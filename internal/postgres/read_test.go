//go:build unix

package postgres_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// number is an argument.
type number int64

func (n number) Value() (driver.Value, error) { return int64(n), nil }

func TestRead(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	keys := pq.StringArray{"01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"}
	var got []string
	err := postgres.Read(t.Context(), db.DB, `SELECT k, n, 'thing ' || n, timestamptz '2026-01-02 03:04:05Z', CASE WHEN n = 2 THEN timestamptz '2026-01-02 03:04:05Z' END
		FROM unnest($1::uuid[]) WITH ORDINALITY AS u (k, n)`, keys, func(r *postgres.Row) {
		got = append(got, fmt.Sprintln(r.UUID(), r.Int(), r.Text(), r.Time().UTC().Format(time.RFC3339), r.TimeOrNull() == nil))
	})
	want := "01890000-0000-7000-8000-000000000001 1 thing 1 2026-01-02T03:04:05Z true\n" +
		"01890000-0000-7000-8000-000000000002 2 thing 2 2026-01-02T03:04:05Z false\n"
	if err != nil || strings.Join(got, "") != want {
		t.Errorf("%v\n%s, want\n%s", err, strings.Join(got, ""), want)
	}
}

// What is not as the caller expects is an error that names the column.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	for query, want := range map[string]string{
		`SELECT id FROM things WHERE id = $1`:                "column 2 is not there",
		`SELECT name, name FROM things WHERE id = $1`:        "column 1 is string, not an integer",
		`SELECT id, id FROM things WHERE id = $1`:            "column 2 is int64, not a text",
		`SELECT NULL::int, name FROM things WHERE id = $1`:   "column 1 is NULL",
		`SELECT id, NULL::text FROM things WHERE id = $1`:    "column 2 is NULL",
		`SELECT nothing FROM things WHERE id = $1`:           `column "nothing" does not exist`,
		`SELECT id, name FROM things WHERE id = $1 AND id=0`: "",
	} {
		rows := 0
		err := postgres.Read(t.Context(), db.DB, query, number(1), func(r *postgres.Row) { rows++; r.Int(); r.Text() })
		if want == "" {
			if err != nil || rows != 0 {
				t.Errorf("%s: %v, %d rows", query, err, rows)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
	one := func() (n int64, err error) {
		err = postgres.Read(t.Context(), db.DB, `SELECT id FROM things WHERE id = $1`, number(7), func(r *postgres.Row) { n = r.Int() })
		return n, err
	}
	if n, err := one(); n != 7 || err != nil {
		t.Errorf("afterwards: %d, %v", n, err)
	}
}

// Connections that the server has ended meanwhile are given up, however many.
func TestReadOutlivesConnections(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	var held []*sql.Conn
	for range 10 {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	for _, conn := range held {
		conn.Close()
	}
	other, err := postgres.Open(t.Context(), db.URL, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	other.MustExec(`SET ROLE NONE`) // the tests' account, which may end connections
	if n := get[int](t, other, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); n < len(held) {
		t.Fatalf("%d connections ended", n)
	}
	rows := 0
	err = postgres.Read(t.Context(), db.DB, `SELECT name FROM things WHERE id <= $1`, number(3), func(r *postgres.Row) { r.Text(); rows++ })
	if err != nil || rows != 3 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// Waiting for the server ends with the context's deadline, and for a connection
// with the context.
func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, things, "things")
	db.SetMaxOpenConns(1)
	read := func(ctx context.Context, query string) error {
		return postgres.Read(ctx, db.DB, query, number(1), func(*postgres.Row) {})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := read(ctx, `SELECT pg_sleep(60) WHERE $1 = 1`)
	if !errors.Is(err, context.DeadlineExceeded) || !postgres.Lost(err) {
		t.Errorf("a server that does not answer: %v", err)
	}
	if err := read(t.Context(), `SELECT name FROM things WHERE id = $1`); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	// The server is told, or its process would sleep on for nobody.
	admin, err := postgres.Open(t.Context(), db.URL, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	admin.SetMaxOpenConns(1)
	admin.MustExec(`SET ROLE NONE`) // the tests' account, which sees what others do
	const sleeping = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'`
	for waited := 0; get[int](t, admin, sleeping) > 0; waited++ {
		if waited == 1000 {
			t.Fatal("the statement was not cancelled")
		}
		time.Sleep(10 * time.Millisecond)
	}
	held, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := read(ctx, `SELECT name FROM things WHERE id = $1`); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no connection is free: %v", err)
	}
}
