package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// Read runs a query with one argument that reads a few rows by their keys, and
// gives row each of them.
//
// It is for the reads that nearly every request consists of: values come from the
// driver as they are, and nobody waits beside the statement to cancel it. In
// database/sql and lib/pq that takes two goroutines, woken and ended for each
// statement, which is much of what such a statement costs. The context still
// bounds it: waiting for a connection ends with the context, waiting for the
// server at the context's deadline.
func Read(ctx context.Context, db *sqlx.DB, query string, argument driver.Valuer, row func(*Row)) error {
	value, err := argument.Value()
	if err != nil {
		return err
	}
	arguments := []driver.NamedValue{{Ordinal: 1, Value: value}}
	// As database/sql does: a connection that was lost while nobody used it is given
	// up for another. No more of them can be old than the pool keeps.
	for range maxConns + 1 {
		if err = read(ctx, db, query, arguments, row); !errors.Is(err, driver.ErrBadConn) {
			break
		}
	}
	return err
}

func read(ctx context.Context, db *sqlx.DB, query string, arguments []driver.NamedValue, row func(*Row)) error {
	pooled, err := db.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer pooled.Close()
	return pooled.Raw(func(conn any) error {
		err := rowsOf(ctx, conn, query, arguments, row)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		// Only now is the connection nobody's any more: to cancel what another request
		// runs on it would be worse than to let this one sleep.
		if ours, ok := conn.(Conn); ok {
			go cancel(db, ours.Backend(), query)
		}
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	})
}

// cancelTimeout bounds what is done for nobody who waits.
const cancelTimeout = 10 * time.Second

// cancel ends what a process of the server still does for a connection that has
// been given up; the server would notice only when it is done. Where this fails,
// the server is gone, or too busy for it to matter.
func cancel(db *sqlx.DB, backend int64, query string) {
	ctx, end := context.WithTimeout(context.Background(), cancelTimeout)
	defer end()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return
	}
	defer tx.Rollback()
	// The account that is logged in may do it, the role that it works as may not.
	if _, err := tx.ExecContext(ctx, `SET LOCAL ROLE NONE`); err != nil {
		return
	}
	const compared = 500 // characters: the server shows the first 1,024 bytes of a statement
	tx.ExecContext(ctx, `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
		WHERE pid = $1 AND state = 'active' AND left(query, $3) = left($2, $3)`, backend, query, compared)
}

func rowsOf(ctx context.Context, conn any, query string, arguments []driver.NamedValue, row func(*Row)) error {
	if err := ctx.Err(); err != nil { // a good connection would be given up for it
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		// Without prepared statements (binary_parameters) connections are lib/pq's own.
		if ours, ok := conn.(Conn); ok {
			if err := ours.SetDeadline(deadline); err != nil {
				return driver.ErrBadConn
			}
			defer ours.SetDeadline(time.Time{})
			ctx = context.WithoutCancel(ctx)
		}
	}
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, query, arguments)
	if err != nil {
		return err
	}
	defer rows.Close()
	r := Row{values: make([]driver.Value, len(rows.Columns()))}
	for found := false; ; found = true {
		switch err := rows.Next(r.values); {
		case err == io.EOF:
			return nil
		case found && errors.Is(err, driver.ErrBadConn): // rows are not to be given twice
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
		r.next = 0
		if row(&r); r.err != nil {
			return fmt.Errorf("column %d %w: %s", r.next, r.err, query)
		}
	}
}

// Row is one row that Read has found. Its columns are taken one after the other;
// one that is not of the type that is asked for makes Read fail.
type Row struct {
	values []driver.Value
	next   int // column
	err    error
}

var errNull = errors.New("is NULL")

// value takes the next column, nil for NULL.
func (r *Row) value() driver.Value {
	if r.err != nil {
		return nil
	}
	r.next++
	if r.next > len(r.values) {
		r.err = errors.New("is not there")
		return nil
	}
	return r.values[r.next-1]
}

// wrong notes that the value is not of the type.
func (r *Row) wrong(value driver.Value, want string) {
	if r.err != nil {
		return
	}
	if r.err = errNull; value != nil {
		r.err = fmt.Errorf("is %T, not %s", value, want)
	}
}

// UUID takes a uuid.
func (r *Row) UUID() (key uuid.UUID) {
	value := r.value()
	text, _ := value.([]byte)
	if key, err := uuid.ParseBytes(text); err == nil {
		return key
	}
	r.wrong(value, "a uuid")
	return key
}

// Int takes an integer of any size.
func (r *Row) Int() int64 {
	value := r.value()
	n, ok := value.(int64)
	if !ok {
		r.wrong(value, "an integer")
	}
	return n
}

// Text takes a text.
func (r *Row) Text() string {
	value := r.value()
	text, ok := value.(string)
	if !ok {
		r.wrong(value, "a text")
	}
	return text
}

// Time takes a time.
func (r *Row) Time() time.Time {
	value := r.value()
	at, ok := value.(time.Time)
	if !ok {
		r.wrong(value, "a time")
	}
	return at
}

// TimeOrNull takes a time, nil for NULL.
func (r *Row) TimeOrNull() *time.Time {
	value := r.value()
	if value == nil {
		return nil
	}
	at, ok := value.(time.Time)
	if !ok {
		r.wrong(value, "a time")
	}
	return &at
}
