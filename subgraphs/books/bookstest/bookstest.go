// Package bookstest makes books for tests.
package bookstest

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/subgraphs"
)

// Seeded returns a database with the books of a shop where all is well, to be read
// by one who may read all of it.
func Seeded(t *testing.T, size demodata.Size) *sqlx.DB {
	t.Helper()
	url := postgrestest.Empty(t)
	for _, s := range subgraphs.All() {
		db, err := (postgres.Subgraph{Name: s.Name, URL: url, Migrations: s.Migrations}).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := s.Seed(t.Context(), db, size, func(int) {}); err != nil {
			t.Fatal(err)
		}
	}
	db, err := postgres.Open(t.Context(), url, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // what a test breaks, in a transaction, it sees
	return db
}
