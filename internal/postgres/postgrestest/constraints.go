//go:build unix

package postgrestest

import (
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// Constraints runs the statements, by the constraint that each must violate, and
// changes nothing. A check, or a unique constraint, of the schema that no
// statement violates fails the test: a rule of which nobody has seen that it
// holds is none.
func (d *Database) Constraints(t *testing.T, statements map[string]string) {
	t.Helper()
	for constraint, statement := range statements {
		tx, err := d.BeginTxx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tx.ExecContext(t.Context(), statement)
		fault := pq.As(err, pqerror.CheckViolation, pqerror.UniqueViolation, pqerror.ForeignKeyViolation)
		if fault == nil || fault.Constraint != constraint {
			t.Errorf("%s: %v, want %s", statement, err, constraint)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	var all []string
	if err := d.SelectContext(t.Context(), &all, `
		SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u') AND connamespace = current_schema()::regnamespace ORDER BY 1`); err != nil {
		t.Fatal(err)
	}
	for _, constraint := range all {
		if statements[constraint] == "" {
			t.Errorf("no statement violates %s", constraint)
		}
	}
}
