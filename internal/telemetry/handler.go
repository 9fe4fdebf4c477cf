package telemetry

import (
	"io"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/shopgraph/shopgraph/internal/serve"
)

// Handler returns a handler that makes a span of each request to the path, and
// goes on with the trace that the request's headers name. The span's id stands in
// the log's line for the request. Other paths are passed by.
func (t *Traces) Handler(service, path string, next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return &handler{tracer: t.Tracer(service), path: path, next: next}
}

type handler struct {
	tracer trace.Tracer
	path   string
	next   http.Handler
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != h.path || r.Method == http.MethodOptions {
		h.next.ServeHTTP(w, r)
		return
	}
	inside := trace.SpanContextFromContext(r.Context()).IsValid() // asked by a service of this process
	method, name := methodOf(r)
	ctx, span := h.tracer.Start(w3c.Extract(r.Context(), propagation.HeaderCarrier(r.Header)), name+" "+h.path,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(method, semconv.URLPath(h.path)))
	if !inside {
		serve.Note(ctx, slog.String("trace", span.SpanContext().TraceID().String()))
	}
	answer := &answer{ResponseWriter: w}
	defer answer.end(span) // also of a handler that panics
	h.next.ServeHTTP(answer, r.WithContext(ctx))
	answer.returned = true
}

// methodOf keeps what clients may invent out of names.
func methodOf(r *http.Request) (attribute.KeyValue, string) {
	switch r.Method {
	case http.MethodPost:
		return semconv.HTTPRequestMethodPost, r.Method
	case http.MethodGet:
		return semconv.HTTPRequestMethodGet, r.Method
	case http.MethodHead:
		return semconv.HTTPRequestMethodHead, r.Method
	}
	return semconv.HTTPRequestMethodOther, "HTTP"
}

// answer notes the status of what is answered.
type answer struct {
	http.ResponseWriter
	status   int
	returned bool
}

// end ends the span of an answered request.
func (a *answer) end(span trace.Span) {
	switch {
	case !a.returned:
		span.SetStatus(codes.Error, "panic")
	case a.status != 0:
		span.SetAttributes(semconv.HTTPResponseStatusCode(a.status))
		if a.status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// WriteString implements io.StringWriter.
func (a *answer) WriteString(s string) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return io.WriteString(a.ResponseWriter, s)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
