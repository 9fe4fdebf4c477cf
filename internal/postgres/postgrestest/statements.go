//go:build unix

package postgrestest

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

// Statements records the SQL statements that reach the driver: queries and
// commands, prepared or not, each time they run, and BEGIN, COMMIT and ROLLBACK,
// which cost a round trip like any other. The zero value is ready; all methods
// may be called at the same time.
type Statements struct {
	mu   sync.Mutex
	list []string
}

// Wrap returns a connector whose connections record here, for
// postgres.OpenOptions and postgres.Subgraph.
func (s *Statements) Wrap(inner driver.Connector) driver.Connector {
	return recordingConnector{inner, s}
}

// List is the statements since the last Reset, in the order they began.
func (s *Statements) List() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// Count is the number of statements since the last Reset.
func (s *Statements) Count() int { return len(s.List()) }

// Reset forgets all statements.
func (s *Statements) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

// During returns the statements that run while work does.
func (s *Statements) During(work func()) []string {
	s.mu.Lock()
	before := len(s.list)
	s.mu.Unlock()
	work()
	return s.List()[before:]
}

// Budget fails the test when work runs more than most statements, and lists
// them.
func (s *Statements) Budget(t testing.TB, most int, work func()) {
	t.Helper()
	if ran := s.During(work); len(ran) > most {
		t.Errorf("%d SQL statements ran, at most %d may:\n%s", len(ran), most, strings.Join(ran, "\n"))
	}
}

func (s *Statements) add(query string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, strings.Join(strings.Fields(query), " "))
}

type recordingConnector struct {
	driver.Connector
	to *Statements
}

func (c recordingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &recordingConn{conn.(postgres.Conn), c.to}, nil
}

type recordingConn struct {
	postgres.Conn
	to *Statements
}

func (c *recordingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.to.add(query)
	return c.Conn.QueryContext(ctx, query, args)
}

func (c *recordingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.to.add(query)
	return c.Conn.ExecContext(ctx, query, args)
}

func (c *recordingConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.to.add("BEGIN")
	tx, err := c.Conn.BeginTx(ctx, options)
	return recordingTx{tx, c.to}, err
}

func (c *recordingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	prepared, err := c.Conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := prepared.(postgres.Stmt)
	if !ok { // COPY … FROM STDIN, which runs once, from its preparation to its closing
		c.to.add(query)
		return prepared, nil
	}
	return &recordingStmt{full, query, c.to}, nil
}

func (c *recordingConn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

type recordingTx struct {
	driver.Tx
	to *Statements
}

func (t recordingTx) Commit() error {
	t.to.add("COMMIT")
	return t.Tx.Commit()
}

func (t recordingTx) Rollback() error {
	t.to.add("ROLLBACK")
	return t.Tx.Rollback()
}

type recordingStmt struct {
	postgres.Stmt
	query string
	to    *Statements
}

func (s *recordingStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.to.add(s.query)
	return s.Stmt.QueryContext(ctx, args)
}

func (s *recordingStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.to.add(s.query)
	return s.Stmt.ExecContext(ctx, args)
}
