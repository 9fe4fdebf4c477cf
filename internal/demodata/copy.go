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
	restore, err := bare(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := table.copy(ctx, tx); err != nil {
			return fmt.Errorf("demo data of %s: %w", table.Name, err)
		}
	}
	for _, step := range append(then, restore) {
		if err := step(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// bare takes the schema's foreign keys, and the indexes that are not constraints,
// away until restore, in the same transaction: checking and sorting all rows at
// once takes a fraction of the time that it takes with each as it comes.
func bare(ctx context.Context, tx *sql.Tx) (restore func(*sql.Tx) error, err error) {
	var drop, add sql.NullString
	err = tx.QueryRowContext(ctx, `
		SELECT string_agg(away, ';'), string_agg(back, ';') FROM (
			SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
				format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back
			FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
			UNION ALL
			SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
			FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
			WHERE c.relnamespace = current_schema()::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
		) parts`).Scan(&drop, &add)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, drop.String); err != nil {
		return nil, err
	}
	return func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, add.String)
		return err
	}, nil
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
