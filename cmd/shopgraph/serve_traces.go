package main

import (
	"context"
	"net/http"

	"github.com/shopgraph/shopgraph/internal/telemetry"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/execute"
	traced "github.com/shopgraph/shopgraph/router/telemetry"
)

// serve runs the role, and sends its traces where the environment asks for them.
func (c *config) serve(ctx context.Context, io stdio) (err error) {
	log := c.newLog(io)
	if c.traces, err = telemetry.FromEnvironment(env, log); err != nil {
		return err
	}
	defer c.traces.Close()
	return roles[c.role](ctx, c, io, log)
}

// tracedFetches is around the router's transport: nil where nothing is traced.
func (c *config) tracedFetches() func(execute.Transport) execute.Transport {
	if c.traces == nil {
		return nil
	}
	return traced.Transport(c.traces.Tracer("router"))
}

// tracedOperations is around the router.
func (c *config) tracedOperations(next router.Executor) router.Executor {
	if c.traces == nil {
		return next
	}
	return traced.Executor(next)
}

// tracedRequests is around the router's handler.
func (c *config) tracedRequests(next http.Handler) http.Handler {
	return c.traces.Handler("router", c.path, next)
}
