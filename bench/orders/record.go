package main

import (
	"context"
	"database/sql/driver"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

// BEGIN and COMMIT stand for themselves among the statements: each is a round
// trip to the server like any other.
const (
	beginTx    = "BEGIN"
	commitTx   = "COMMIT"
	rollbackTx = "ROLLBACK"
)

// statement is one that ran.
type statement struct {
	subgraph, text string
	args           []any
	// query says that it returned rows, and rows how many of them were read.
	query bool
	rows  int
}

// recorder counts the statements of all subgraphs, and keeps them while
// something is recorded.
type recorder struct {
	count     atomic.Int64
	recording atomic.Bool
	mu        sync.Mutex
	kept      []*statement
}

// during returns the statements that run while work does, in the order they
// began.
func (r *recorder) during(work func() error) ([]*statement, error) {
	r.recording.Store(true)
	err := work()
	r.recording.Store(false)
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.kept
	r.kept = nil
	return kept, err
}

// add returns the statement that was kept, nil when none is.
func (r *recorder) add(s statement, args []driver.NamedValue) *statement {
	r.count.Add(1)
	if !r.recording.Load() {
		return nil
	}
	for _, a := range args {
		value := a.Value
		if bytes, ok := value.([]byte); ok {
			value = slices.Clone(bytes)
		}
		s.args = append(s.args, value)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, &s)
	return &s
}

// wrap is the Wrap of a subgraph's pool.
func (r *recorder) wrap(subgraph string) func(driver.Connector) driver.Connector {
	return func(inner driver.Connector) driver.Connector { return connector{inner, r, subgraph} }
}

type connector struct {
	driver.Connector
	to       *recorder
	subgraph string
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{inner.(postgres.Conn), c.to, c.subgraph}, nil
}

type conn struct {
	postgres.Conn
	to       *recorder
	subgraph string
}

func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	kept := c.to.add(statement{subgraph: c.subgraph, text: text, query: true}, args)
	rows, err := c.Conn.QueryContext(ctx, text, args)
	if kept == nil || err != nil {
		return rows, err
	}
	return countedRows{rows, kept}, nil
}

func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.to.add(statement{subgraph: c.subgraph, text: text}, args)
	return c.Conn.ExecContext(ctx, text, args)
}

func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.to.add(statement{subgraph: c.subgraph, text: beginTx}, nil)
	inner, err := c.Conn.BeginTx(ctx, options)
	return tx{inner, c}, err
}

type tx struct {
	driver.Tx
	conn *conn
}

func (t tx) Commit() error {
	t.conn.to.add(statement{subgraph: t.conn.subgraph, text: commitTx}, nil)
	return t.Tx.Commit()
}

func (t tx) Rollback() error {
	t.conn.to.add(statement{subgraph: t.conn.subgraph, text: rollbackTx}, nil)
	return t.Tx.Rollback()
}

type countedRows struct {
	driver.Rows
	of *statement
}

func (r countedRows) Next(into []driver.Value) error {
	err := r.Rows.Next(into)
	if err == nil {
		r.of.rows++
	}
	return err
}
