package demodata

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"github.com/lib/pq"
)

// Table is rows to be written to a table at once.
type Table struct {
	Name    string
	Columns []string
	Rows    iter.Seq[[]any]
}

// Copy writes the table with COPY, PostgreSQL's fast way in. It takes a
// transaction, as lib/pq does.
func (t Table) Copy(ctx context.Context, tx *sql.Tx) error {
	columns := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		columns[i] = pq.QuoteIdentifier(column)
	}
	statement, err := tx.PrepareContext(ctx, fmt.Sprintf("COPY %s (%s) FROM STDIN", pq.QuoteIdentifier(t.Name), strings.Join(columns, ", ")))
	if err != nil {
		return fmt.Errorf("demo data of %s: %w", t.Name, err)
	}
	defer statement.Close()
	for row := range t.Rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("demo data of %s: %w", t.Name, err)
		}
	}
	if _, err := statement.ExecContext(ctx); err != nil { // the last of the rows
		return fmt.Errorf("demo data of %s: %w", t.Name, err)
	}
	return nil
}
