// Package columns reads of the rows that an operation asks for only what it shows.
//
// Most answers show a few of a row's columns, and every column that is read has
// to be sent, decoded and kept. A Statement knows which columns the fields of the
// API need. It looks for fields anywhere in the operation, so that rows which two
// places of an answer share have what either of them shows.
package columns

import (
	"context"
	"database/sql/driver"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

// Column is one that a statement may read.
type Column[R any] struct {
	sql    string                  // an expression
	take   func(*R, *postgres.Row) // puts it into the row
	fields []string                // that show it, as Type.field; none: it is always read
}

// Of is a column that the fields show.
func Of[R any](sql string, take func(*R, *postgres.Row), fields ...string) Column[R] {
	return Column[R]{sql: sql, take: take, fields: fields}
}

// Statement is a SELECT of rows R whose columns follow the operation.
type Statement[R any] struct {
	from    string
	columns []Column[R]
	// types are those whose fields these columns serve.
	types map[string]bool
	// served are the fields of whom all columns are known; another field may need any.
	served map[string]bool

	queries sync.Map // *ast.OperationDefinition → *query[R]
	size    atomic.Int64
}

// query is a statement for one operation.
type query[R any] struct {
	sql  string
	take []func(*R, *postgres.Row)
}

// maxQueries is how many operations are remembered; then all are forgotten. Each
// keeps its document in memory.
const maxQueries = 1000

// New returns the SELECT of the columns; from is what follows them. always names
// the fields that need none but those that are always read, as Type.field, with
// blanks between. Of a type of which any field is named, each that is not makes the
// statement read all columns.
func New[R any](from, always string, columns ...Column[R]) *Statement[R] {
	s := &Statement[R]{from: from, columns: columns, types: map[string]bool{}, served: map[string]bool{}}
	serve := func(fields []string) {
		for _, field := range fields {
			typeName, _, _ := strings.Cut(field, ".")
			s.types[typeName], s.served[field] = true, true
		}
	}
	serve(strings.Fields(always))
	for _, c := range columns {
		serve(c.fields)
	}
	return s
}

// Read gives row each row that the statement finds for its argument, in memory
// that is used again for the next. Columns that the operation does not show are
// zero; outside of operations every column is read.
func (s *Statement[R]) Read(ctx context.Context, db *sqlx.DB, argument driver.Valuer, row func(*R)) error {
	q := s.queryOf(ctx)
	var none, r R
	return postgres.Read(ctx, db, q.sql, argument, func(from *postgres.Row) {
		r = none
		for _, take := range q.take {
			take(&r, from)
		}
		row(&r)
	})
}
