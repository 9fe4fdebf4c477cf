package demodata

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Table is rows to be written to a table at once.
type Table struct {
	Name    string
	Columns []string
	Rows    iter.Seq[[]any]
}

// Fill writes the tables in one transaction, and then does what else there is to
// do in it; ErrNotEmpty when the first table has any row.
func Fill(ctx context.Context, db *sqlx.DB, tables []Table, then ...func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var filled bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM `+pq.QuoteIdentifier(tables[0].Name)+`)`).Scan(&filled); err != nil {
		return err
	}
	if filled {
		return fmt.Errorf("%s: %w", tables[0].Name, ErrNotEmpty)
	}
	for _, table := range tables {
		if err := table.copy(ctx, tx); err != nil {
			return fmt.Errorf("demo data of %s: %w", table.Name, err)
		}
	}
	for _, step := range then {
		if err := step(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// copy writes the table with COPY, PostgreSQL's fast way in.
func (t Table) copy(ctx context.Context, tx *sql.Tx) error {
	columns := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		columns[i] = pq.QuoteIdentifier(column)
	}
	statement, err := tx.PrepareContext(ctx, fmt.Sprintf("COPY %s (%s) FROM STDIN", pq.QuoteIdentifier(t.Name), strings.Join(columns, ", ")))
	if err != nil {
		return err
	}
	defer statement.Close()
	for row := range t.Rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	_, err = statement.ExecContext(ctx) // the last of the rows
	return err
}
