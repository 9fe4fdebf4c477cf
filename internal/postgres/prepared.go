package postgres

import (
	"context"
	"database/sql/driver"
	"net"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// A query with arguments costs lib/pq two round trips, and PostgreSQL parses and
// plans it each time. Prepared, it costs one and is planned once. So every
// connection keeps its statements prepared, by their text, and the stores write
// plain queries.

// preparedPerConn is how many statements a connection keeps; those of one
// subgraph are fewer, unless queries are put together from many optional parts.
const preparedPerConn = 256

// preparing is a connector whose connections prepare what they run.
type preparing struct{ driver.Connector }

// Conn is what the connections that a Wrap sees can do.
type Conn interface {
	driverConn
	// SetDeadline ends whatever waits for the server at that time, and the
	// connection with it; the zero time is none.
	SetDeadline(time.Time) error
	// Backend is the id of the server's process behind the connection.
	Backend() int64
}

// driverConn is what lib/pq's connections can do.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// Stmt is what their prepared statements can do, but for COPY.
type Stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	var socket net.Conn
	plain, err := p.Connector.Connect(context.WithValue(ctx, socketKey{}, &socket))
	if err != nil {
		return nil, err
	}
	full, ok := plain.(driverConn)
	if !ok {
		return plain, nil
	}
	c := &preparingConn{driverConn: full, socket: socket}
	if c.backend, err = backendOf(ctx, full); err == nil {
		c.statements, err = simplelru.NewLRU(preparedPerConn, func(_ string, s Stmt) { s.Close() })
	}
	if err != nil {
		full.Close()
		return nil, err
	}
	return c, nil
}

func backendOf(ctx context.Context, c driverConn) (pid int64, err error) {
	rows, err := c.QueryContext(ctx, `SELECT pg_backend_pid()`, nil)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	r := Row{values: make([]driver.Value, 1)}
	if err := rows.Next(r.values); err != nil {
		return 0, err
	}
	return r.Int(), r.err
}

type preparingConn struct {
	driverConn
	socket     net.Conn
	backend    int64
	statements *simplelru.LRU[string, Stmt]
	inTx       bool
}

// SetDeadline implements Conn.
func (c *preparingConn) SetDeadline(at time.Time) error { return c.socket.SetDeadline(at) }

// Backend implements Conn.
func (c *preparingConn) Backend() int64 { return c.backend }

// dialer lets a connection know its socket, which lib/pq does not show.
type dialer struct{}

type socketKey struct{}

// DialContext implements pq.DialerContext, which is what lib/pq uses.
func (dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	socket, err := d.DialContext(ctx, network, address)
	if known, ok := ctx.Value(socketKey{}).(*net.Conn); ok && err == nil {
		*known = socket
	}
	return socket, err
}

// Dial implements pq.Dialer.
func (dialer) Dial(network, address string) (net.Conn, error) { return net.Dial(network, address) }

// DialTimeout implements pq.Dialer.
func (dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return net.DialTimeout(network, address, timeout)
}

// QueryContext runs the query prepared. One without arguments is a single round
// trip as it is, and may hold several statements, which cannot be prepared.
func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.driverConn.QueryContext(ctx, query, args)
	}
	return withPrepared(ctx, c, query, func(s Stmt) (driver.Rows, error) { return s.QueryContext(ctx, args) })
}

// ExecContext is QueryContext for statements that return no rows.
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.driverConn.ExecContext(ctx, query, args)
	}
	return withPrepared(ctx, c, query, func(s Stmt) (driver.Result, error) { return s.ExecContext(ctx, args) })
}

// withPrepared runs the statement that belongs to query. A migration may have
// changed the tables since it was prepared: then it is prepared anew and, where
// no transaction has been aborted by the failure, run again.
func withPrepared[R any](ctx context.Context, c *preparingConn, query string, run func(Stmt) (R, error)) (R, error) {
	var none R
	s, kept, err := c.prepared(ctx, query)
	if err != nil {
		return none, err
	}
	result, err := run(s)
	if err == nil || !kept || !outdated(err) {
		return result, err
	}
	c.statements.Remove(query)
	if c.inTx {
		return none, err
	}
	if s, _, err = c.prepared(ctx, query); err != nil {
		return none, err
	}
	return run(s)
}

// prepared returns the statement that belongs to query; kept is whether it was
// there already.
func (c *preparingConn) prepared(ctx context.Context, query string) (s Stmt, kept bool, err error) {
	if s, ok := c.statements.Get(query); ok {
		return s, true, nil
	}
	plain, err := c.driverConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, false, err
	}
	s, ok := plain.(Stmt)
	if !ok { // COPY, which takes no arguments
		plain.Close()
		return nil, false, driver.ErrSkip
	}
	c.statements.Add(query, s)
	return s, false, nil
}

// outdated says whether the statement no longer fits the tables, or is gone from
// the server (DISCARD ALL, by a proxy).
func outdated(err error) bool {
	return pq.As(err, pqerror.FeatureNotSupported, pqerror.InvalidSQLStatementName) != nil
}

// BeginTx notes that a transaction is open.
func (c *preparingConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.driverConn.BeginTx(ctx, options)
	c.inTx = err == nil
	return preparingTx{tx, c}, err
}

type preparingTx struct {
	driver.Tx
	conn *preparingConn
}

func (t preparingTx) Commit() error {
	t.conn.inTx = false
	return t.Tx.Commit()
}

func (t preparingTx) Rollback() error {
	t.conn.inTx = false
	return t.Tx.Rollback()
}
