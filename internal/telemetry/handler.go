package telemetry

import (
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
	answer, returned := &serve.Answer{ResponseWriter: w}, false
	defer func() { end(span, answer.Status, returned) }()
	h.next.ServeHTTP(answer, r.WithContext(ctx))
	returned = true
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

// end ends the span of a request that was answered, unless its handler panicked.
func end(span trace.Span, status int, returned bool) {
	switch {
	case !returned:
		span.SetStatus(codes.Error, "panic")
	case status != 0:
		span.SetAttributes(semconv.HTTPResponseStatusCode(status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
}
