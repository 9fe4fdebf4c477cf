//go:build unix

package postgrestest

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
)

var migrations = fstest.MapFS{
	"migrations/00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE things (id int PRIMARY KEY, name text NOT NULL);
-- +goose Down
DROP TABLE things;
`)},
}

// Every test has its own rows, though all come from one template.
func TestNewIsolates(t *testing.T) {
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			db := New(t, migrations, "things")
			db.MustExec(`INSERT INTO things VALUES ($1, 'mine')`, i)
			var ids []int
			if err := db.Select(&ids, `SELECT id FROM things`); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(ids, []int{i}) {
				t.Errorf("test %d sees %v", i, ids)
			}
		})
	}
}

func TestStatements(t *testing.T) {
	db := New(t, migrations, "things")
	ran := db.Statements.During(func() {
		db.MustExec("INSERT INTO things\n\tVALUES ($1, $2)", 1, "one")
		tx := db.MustBegin()
		prepared, err := tx.Preparex(`SELECT name FROM things WHERE id = $1`)
		if err != nil {
			t.Fatal(err)
		}
		for id := range 2 {
			var names []string
			if err := prepared.Select(&names, id); err != nil {
				t.Fatal(err)
			}
		}
		copying, err := tx.Prepare(`COPY things (id, name) FROM STDIN`)
		if err != nil {
			t.Fatal(err)
		}
		for id := range 3 {
			if _, err := copying.Exec(10+id, "copied"); err != nil {
				t.Fatal(err)
			}
		}
		if err := copying.Close(); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := db.MustBegin().Rollback(); err != nil {
			t.Fatal(err)
		}
	})
	want := []string{
		"INSERT INTO things VALUES ($1, $2)",
		"BEGIN",
		"SELECT name FROM things WHERE id = $1",
		"SELECT name FROM things WHERE id = $1",
		"COPY things (id, name) FROM STDIN",
		"COMMIT",
		"BEGIN",
		"ROLLBACK",
	}
	if !slices.Equal(ran, want) {
		t.Errorf("recorded %q, want %q", ran, want)
	}
	if n := db.Statements.Count(); n != len(want) {
		t.Errorf("Count is %d, want %d", n, len(want))
	}
	var rows int
	if err := db.Get(&rows, `SELECT count(*) FROM things`); err != nil || rows != 4 {
		t.Errorf("there are %d rows, want 4 (%v)", rows, err)
	}
	db.Statements.Reset()
	if n := db.Statements.Count(); n != 0 {
		t.Errorf("after Reset Count is %d", n)
	}
}
