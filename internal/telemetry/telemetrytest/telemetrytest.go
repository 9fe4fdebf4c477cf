// Package telemetrytest is a collector of traces for tests: it takes them as any
// collector does, by OTLP over HTTP.
package telemetrytest

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Span is a span that arrived. Ids are in hexadecimals.
type Span struct {
	Service, Name     string
	Trace, ID, Parent string
	State             string // tracestate
	Server, Failed    bool
	Attributes        map[string]string
}

// Collector keeps what it is sent.
type Collector struct {
	// URL is for OTEL_EXPORTER_OTLP_ENDPOINT.
	URL string

	mu       sync.Mutex
	spans    []Span
	requests int
}

// New runs a collector until the test ends.
func New(t testing.TB) *Collector {
	c := &Collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.take(r); err != nil {
			t.Errorf("what the collector was sent: %v", err)
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

func (c *Collector) take(r *http.Request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	if r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return fmt.Errorf("%s %s with %s", r.Method, r.URL, r.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var sent collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &sent); err != nil {
		return err
	}
	for _, of := range sent.ResourceSpans {
		service := attributes(of.Resource.Attributes)["service.name"]
		for _, scope := range of.ScopeSpans {
			for _, s := range scope.Spans {
				c.spans = append(c.spans, spanOf(service, s))
			}
		}
	}
	return nil
}

func spanOf(service string, s *otlp.Span) Span {
	return Span{
		Service: service, Name: s.Name, State: s.TraceState, Attributes: attributes(s.Attributes),
		Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId),
		Server: s.Kind == otlp.Span_SPAN_KIND_SERVER, Failed: s.Status.GetCode() == otlp.Status_STATUS_CODE_ERROR,
	}
}

func attributes(list []*common.KeyValue) map[string]string {
	all := map[string]string{}
	for _, a := range list {
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			all[a.Key] = v.StringValue
		case *common.AnyValue_IntValue:
			all[a.Key] = fmt.Sprint(v.IntValue)
		default:
			all[a.Key] = a.Value.String()
		}
	}
	return all
}

// Requests is how often the collector was asked for anything.
func (c *Collector) Requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// Spans are those that arrived, of one trace unless that is empty.
func (c *Collector) Spans(trace string) []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.spans), func(s Span) bool { return trace != "" && s.Trace != trace })
}

// Tree writes spans below the one that has the id, each with its service and the
// attributes of these names, sorted.
func Tree(spans []Span, below string, names ...string) string {
	var lines []string
	for _, s := range spans {
		if s.Parent != below {
			continue
		}
		line := s.Service + ": " + s.Name
		for _, name := range names {
			if value, ok := s.Attributes[name]; ok {
				line += fmt.Sprintf(" %s=%s", name, value)
			}
		}
		if s.Failed {
			line += " FAILED"
		}
		line += "\n"
		for inner := range strings.Lines(Tree(spans, s.ID, names...)) {
			line += "  " + inner
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
