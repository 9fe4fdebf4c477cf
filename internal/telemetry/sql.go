package telemetry

import (
	"context"
	"database/sql/driver"
	"errors"

	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

// Connector returns what makes a span of each statement of a request, for
// postgres.Subgraph; nil for nil. What runs outside a request is not traced:
// sweeping and sending would make a trace each time they look for work.
func (t *Traces) Connector(service string) func(driver.Connector) driver.Connector {
	if t == nil {
		return nil
	}
	tracer := t.Tracer(service)
	return func(next driver.Connector) driver.Connector { return connector{next, tracer} }
}

type connector struct {
	driver.Connector
	tracer trace.Tracer
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if full, ok := plain.(postgres.Conn); ok {
		return &conn{full, c.tracer}, nil
	}
	return plain, nil
}

type conn struct {
	postgres.Conn
	tracer trace.Tracer
}

// QueryContext implements driver.QueryerContext. The span ends with the first row.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return traced(ctx, c.tracer, query, func(ctx context.Context) (driver.Rows, error) { return c.Conn.QueryContext(ctx, query, args) })
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return traced(ctx, c.tracer, query, func(ctx context.Context) (driver.Result, error) { return c.Conn.ExecContext(ctx, query, args) })
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	inner, err := traced(ctx, c.tracer, "BEGIN", func(ctx context.Context) (driver.Tx, error) { return c.Conn.BeginTx(ctx, options) })
	if err != nil {
		return nil, err
	}
	return tx{inner, ctx, c.tracer}, nil
}

// tx is a transaction, with the context of its request: what a commit waits for
// is the disk.
type tx struct {
	driver.Tx
	ctx    context.Context
	tracer trace.Tracer
}

// Commit implements driver.Tx.
func (t tx) Commit() error {
	_, err := traced(t.ctx, t.tracer, "COMMIT", func(context.Context) (struct{}, error) { return struct{}{}, t.Tx.Commit() })
	return err
}

// traced runs a statement in a span of its own, where there is one of a request.
func traced[R any](ctx context.Context, tracer trace.Tracer, query string, run func(context.Context) (R, error)) (R, error) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return run(ctx)
	}
	name := summary(query)
	ctx, span := tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(semconv.DBSystemNamePostgreSQL, semconv.DBQuerySummary(name)))
	defer span.End()
	result, err := run(ctx)
	if err != nil && !errors.Is(err, driver.ErrSkip) {
		span.SetStatus(codes.Error, "") // the text may hold values
	}
	return result, err
}
