// Package telemetry sends OpenTelemetry traces to a collector, where the
// environment names one: what a request did, in which service, and for how long.
//
//	Handler    one span for each request to a service
//	Connector  one for each SQL statement beneath it
//	Inject     the trace goes on in the service that is asked
//
// Package router/telemetry adds the router's own. Spans hold names and counts:
// no variables, no headers, no values of statements, no texts of errors.
//
// Where no collector is named there are no Traces, and each method of nil returns
// what it was given: nothing stands between a request and its answer.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Traces are spans on their way to a collector. Nil traces nothing. It is safe
// for concurrent use.
type Traces struct {
	// spans collects those of all services of this process.
	spans sdk.SpanProcessor
	log   *slog.Logger
}

// flushTimeout is how long Close waits for a collector.
const flushTimeout = 3 * time.Second

// FromEnvironment returns the traces that these variables, OpenTelemetry's own,
// ask for; nil when they ask for none:
//
//	OTEL_EXPORTER_OTLP_ENDPOINT         the collector: http://collector:4318
//	OTEL_EXPORTER_OTLP_TRACES_ENDPOINT  the same, with the path: http://collector:4318/v1/traces
//	OTEL_EXPORTER_OTLP_PROTOCOL         "http/protobuf" or "http/json"
//	OTEL_EXPORTER_OTLP_TRACES_PROTOCOL  the same, for traces alone
//	OTEL_TRACES_EXPORTER                "none" sends no traces
//	OTEL_SDK_DISABLED                   "true" sends nothing
//
// OpenTelemetry's library reads further ones. The error names the variable and
// says what to do.
func FromEnvironment(env func(string) string, log *slog.Logger) (*Traces, error) {
	variable, endpoint := "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	if endpoint == "" {
		variable, endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", env("OTEL_EXPORTER_OTLP_ENDPOINT")
	}
	exporter := env("OTEL_TRACES_EXPORTER")
	if endpoint == "" || exporter == "none" || env("OTEL_SDK_DISABLED") == "true" {
		return nil, nil
	}
	if exporter != "" && exporter != "otlp" {
		return nil, fmt.Errorf("OTEL_TRACES_EXPORTER is %q; set it to \"otlp\" or \"none\"", exporter)
	}
	for variable, protocol := range map[string]string{
		"OTEL_EXPORTER_OTLP_PROTOCOL": env("OTEL_EXPORTER_OTLP_PROTOCOL"), "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": env("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
	} {
		if protocol != "" && protocol != "http/protobuf" && protocol != "http/json" {
			return nil, fmt.Errorf("%s is %q; set it to \"http/protobuf\", and the endpoint to the collector's port for that, usually 4318", variable, protocol)
		}
	}
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s is not a URL such as http://collector:4318", variable)
	}
	return start(log)
}

// start makes the exporter, which reads the environment itself. Nothing is sent
// before there are spans.
func start(log *slog.Logger) (*Traces, error) {
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		return nil, fmt.Errorf("the collector of traces: %w", err)
	}
	// The library tells what it thinks of the environment's other variables here.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
	return &Traces{sdk.NewBatchSpanProcessor(&telling{SpanExporter: exporter, log: log}), log}, nil
}

// Tracer makes the spans of a service. A process may be several services: each is
// told apart by its name, as if it ran alone.
func (t *Traces) Tracer(service string) trace.Tracer {
	return t.provider(service).Tracer("github.com/shopgraph/shopgraph")
}

func (t *Traces) provider(service string) *sdk.TracerProvider {
	about := resource.NewSchemaless(semconv.ServiceName(service), semconv.ServiceNamespace("shopgraph"))
	detected, err := resource.New(context.Background(), resource.WithTelemetrySDK(), resource.WithHost(), resource.WithFromEnv())
	if err == nil {
		about, err = resource.Merge(about, detected) // the environment has the last word
	}
	if err != nil {
		t.log.Warn("what traces say of their service is not complete", "service", service, "error", err)
	}
	return sdk.NewTracerProvider(sdk.WithSpanProcessor(t.spans), sdk.WithResource(about))
}

// Close sends what is left, and waits for that only so long.
func (t *Traces) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := t.spans.Shutdown(ctx); err != nil {
		t.log.Warn("the last traces were not delivered", "error", err)
	}
}

// w3c is how services tell each other of the trace: the headers traceparent and
// tracestate.
var w3c propagation.TraceContext

// Inject writes the trace of the context into the headers of a request, in the
// place of what they say of one. Without a trace they stay as they are.
func Inject(ctx context.Context, header http.Header) {
	if trace.SpanContextFromContext(ctx).IsValid() {
		delete(header, "Tracestate")
		w3c.Inject(ctx, propagation.HeaderCarrier(header))
	}
}

// telling is an exporter that logs when it stops being able to deliver, and when
// it is again; not for every batch.
type telling struct {
	sdk.SpanExporter
	log     *slog.Logger
	failing bool // batches come one after the other
}

// ExportSpans implements sdk.SpanExporter.
func (e *telling) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && !e.failing:
		e.log.Warn("traces are not delivered and are dropped; there is another line once they are again", "error", err)
	case err == nil && e.failing:
		e.log.Info("traces are delivered again")
	}
	e.failing = err != nil
	return nil
}
