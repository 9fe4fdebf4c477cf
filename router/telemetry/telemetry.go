// Package telemetry makes the router's spans: the operation of a request, and a
// span for each of its fetches, which the subgraphs' spans are beneath.
//
//	POST /graphql ──Executor──► query
//	                            ├─ fetch orders ─► the subgraph's
//	                            └─ fetch users  ─► the subgraph's
package telemetry

import (
	"context"
	"errors"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/telemetry"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/execute"
)

// Attributes that OpenTelemetry has no names for.
const (
	keyErrors          = attribute.Key("graphql.errors")
	keySubgraph        = attribute.Key("graphql.subgraph.name")
	keyStep            = attribute.Key("graphql.plan.step")
	keyRepresentations = attribute.Key("graphql.representations")
)

// maxName is how much of a name that a client chose is kept, in bytes. Names are
// ASCII.
const maxName = 200

// Executor returns an executor that says in the request's span, which
// telemetry.Traces.Handler began, what operation it was and how it went.
func Executor(next router.Executor) router.Executor { return executor{next} }

type executor struct{ next router.Executor }

// Execute implements router.Executor.
func (e executor) Execute(ctx context.Context, request *router.Request) *router.Response {
	response := e.next.Execute(ctx, request)
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return response
	}
	if response.Kind != "" {
		// The operation's name is the client's choice, so that it is not part of the
		// span's: OpenTelemetry's conventions for GraphQL servers.
		span.SetName(string(response.Kind))
		span.SetAttributes(semconv.GraphQLOperationTypeKey.String(string(response.Kind)))
	}
	if name := response.OperationName; name != "" {
		span.SetAttributes(semconv.GraphQLOperationName(name[:min(len(name), maxName)]))
	}
	if response.Errors > 0 {
		span.SetAttributes(keyErrors.Int(response.Errors))
	}
	if response.Refused != "" {
		span.SetAttributes(semconv.ErrorTypeKey.String(string(response.Refused)))
		if response.Refused == apierror.Internal {
			span.SetStatus(codes.Error, "")
		}
	}
	return response
}

// Transport returns what makes a span of each fetch, for router.Options.Around:
// also of one that shares another's read, for which no subgraph is asked. The
// subgraph learns of that span, whatever the client said of a trace.
func Transport(tracer trace.Tracer) func(execute.Transport) execute.Transport {
	return func(next execute.Transport) execute.Transport { return transport{next, tracer} }
}

type transport struct {
	next   execute.Transport
	tracer trace.Tracer
}

// Send implements execute.Transport.
func (t transport) Send(ctx context.Context, call *execute.Call) error {
	ctx, span := t.tracer.Start(ctx, "fetch "+call.Subgraph, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		keySubgraph.String(call.Subgraph), keyStep.Int(call.Step), keyRepresentations.Int(call.Representations),
		semconv.GraphQLOperationTypeKey.String(string(call.Kind)), semconv.HTTPRequestBodySize(len(call.Body))))
	defer span.End()
	if call.Header == nil {
		call.Header = make(http.Header, 4)
	}
	telemetry.Inject(ctx, call.Header)
	err := t.next.Send(ctx, call)
	if call.Status != 0 {
		span.SetAttributes(semconv.HTTPResponseStatusCode(call.Status), semconv.HTTPResponseBodySize(len(call.Answer)))
	}
	if err != nil {
		span.SetAttributes(semconv.ErrorTypeKey.String(codeOf(err)))
		span.SetStatus(codes.Error, "")
	}
	return err
}

func codeOf(err error) string {
	if failure, ok := errors.AsType[*execute.Failure](err); ok {
		return failure.Code
	}
	return execute.CodeHTTP
}
