package telemetry_test

import (
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/telemetry"
	"github.com/shopgraph/shopgraph/internal/telemetry/telemetrytest"
)

const (
	endpoint       = "OTEL_EXPORTER_OTLP_ENDPOINT"
	tracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
)

func TestFromEnvironment(t *testing.T) {
	for _, c := range []struct {
		name  string
		env   map[string]string
		off   bool
		wrong string
	}{
		{name: "nothing", off: true},
		{name: "a collector", env: map[string]string{endpoint: "http://collector:4318"}},
		{name: "for traces", env: map[string]string{tracesEndpoint: "https://collector/v1/traces"}},
		{name: "JSON", env: map[string]string{endpoint: "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", "OTEL_TRACES_EXPORTER": "otlp"}},
		{name: "no exporter", env: map[string]string{endpoint: "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, off: true},
		{name: "disabled", env: map[string]string{endpoint: "http://c:4318", "OTEL_SDK_DISABLED": "true"}, off: true},
		{name: "no URL", env: map[string]string{endpoint: "collector:4318"}, wrong: endpoint + " is not a URL such as http://collector:4318"},
		{name: "the one that wins", env: map[string]string{endpoint: "http://c:4318", tracesEndpoint: "%"}, wrong: tracesEndpoint + " is not a URL such as http://collector:4318"},
		{name: "gRPC", env: map[string]string{endpoint: "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
			wrong: `OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; set it to "http/protobuf", and the endpoint to the collector's port for that, usually 4318`},
		{name: "another exporter", env: map[string]string{endpoint: "http://c:4318", "OTEL_TRACES_EXPORTER": "zipkin"},
			wrong: `OTEL_TRACES_EXPORTER is "zipkin"; set it to "otlp" or "none"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces, err := telemetry.FromEnvironment(func(name string) string { return c.env[name] }, slog.New(slog.DiscardHandler))
			if err != nil || c.wrong != "" {
				if err == nil || err.Error() != c.wrong {
					t.Errorf("the error is %v, want %s", err, c.wrong)
				}
				return
			}
			defer traces.Close()
			if (traces == nil) != c.off {
				t.Errorf("traces: %v, off: %v", traces != nil, c.off)
			}
		})
	}
}

// Where nothing is traced, nothing is between a request and its answer.
func TestNoTraces(t *testing.T) {
	var none *telemetry.Traces
	mux := http.NewServeMux()
	if none.Handler("router", "/graphql", mux) != http.Handler(mux) || none.Connector("users") != nil {
		t.Error("something is wrapped")
	}
	header := http.Header{"Traceparent": {"a"}, "Tracestate": {"b"}}
	if allocations := testing.AllocsPerRun(10, func() { telemetry.Inject(t.Context(), header) }); allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
	if header.Get("Traceparent") != "a" || header.Get("Tracestate") != "b" {
		t.Error("the headers have changed")
	}
}

// collected is traces on their way to a collector of the test.
func collected(t *testing.T) (*telemetry.Traces, *telemetrytest.Collector) {
	t.Helper()
	c := telemetrytest.New(t)
	t.Setenv(endpoint, c.URL)
	traces, err := telemetry.FromEnvironment(func(name string) string { return map[string]string{endpoint: c.URL}[name] }, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	return traces, c
}

const (
	clientsTrace = "0af7651916cd43dd8448eb211c80319c"
	clientsSpan  = "b7ad6b7169203331"
)

func TestHandler(t *testing.T) {
	traces, c := collected(t)
	handler := traces.Handler("users", "/graphql", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RawQuery {
		case "panic":
			panic("oh")
		case "broken":
			w.WriteHeader(http.StatusBadGateway)
		case "refused":
			w.WriteHeader(http.StatusForbidden)
		}
		io.WriteString(w, "answer")
	}))
	ask := func(method, target, traceparent string) {
		r := httptest.NewRequest(method, target, nil)
		if traceparent != "" {
			r.Header.Set("Traceparent", traceparent)
		}
		func() {
			defer func() { _ = recover() }() // of "panic"
			handler.ServeHTTP(httptest.NewRecorder(), r)
		}()
	}
	ask(http.MethodPost, "/graphql", "00-"+clientsTrace+"-"+clientsSpan+"-01")
	ask(http.MethodGet, "/graphql?refused", "")
	ask("INVENTED", "/graphql?broken", "nonsense")
	ask(http.MethodPost, "/graphql?panic", "")
	ask(http.MethodPost, "/elsewhere", "")
	ask(http.MethodOptions, "/graphql", "")
	ask(http.MethodPost, "/graphql", "00-"+clientsTrace+"-"+clientsSpan+"-00") // not sampled
	traces.Close()

	const want = "users: GET /graphql http.response.status_code=403\n" +
		"users: HTTP /graphql http.response.status_code=502 FAILED\n" +
		"users: POST /graphql FAILED\n"
	if got := telemetrytest.Tree(c.Spans(""), "", "http.response.status_code"); got != want {
		t.Errorf("traces of their own:\n%swant:\n%s", got, want)
	}
	if got := telemetrytest.Tree(c.Spans(clientsTrace), clientsSpan, "http.response.status_code"); got != "users: POST /graphql http.response.status_code=200\n" {
		t.Errorf("below the client's:\n%s", got)
	}
}

func TestConnector(t *testing.T) {
	traces, c := collected(t)
	db, err := postgres.Open(t.Context(), postgrestest.Empty(t), postgres.OpenOptions{Wrap: traces.Connector("users")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.MustExec(`CREATE TABLE secrets (name text)`) // outside a request
	handler := traces.Handler("users", "/graphql", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		tx, err := db.BeginTxx(r.Context(), &sql.TxOptions{})
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := tx.ExecContext(r.Context(), `INSERT INTO secrets (name) VALUES ($1)`, "hush"); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
		var name string
		if err := db.GetContext(r.Context(), &name, `SELECT name FROM secrets WHERE name <> $1`, ""); err != nil || name != "hush" {
			t.Errorf("%v, %q", err, name)
		}
		if err := db.GetContext(r.Context(), &name, `SELECT 'hush'::text::int FROM secrets WHERE name = $1`, "hush"); err == nil {
			t.Error("the wrong statement has no error")
		}
	}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/graphql", nil))
	traces.Close()
	const want = "users: POST /graphql\n" +
		"  users: BEGIN db.query.summary=BEGIN\n" +
		"  users: COMMIT db.query.summary=COMMIT\n" +
		"  users: INSERT secrets db.query.summary=INSERT secrets\n" +
		"  users: SELECT secrets db.query.summary=SELECT secrets\n" +
		"  users: SELECT secrets db.query.summary=SELECT secrets FAILED\n"
	if got := telemetrytest.Tree(c.Spans(""), "", "db.query.summary"); got != want {
		t.Errorf("traces:\n%swant:\n%s", got, want)
	}
	for _, s := range c.Spans("") {
		for _, value := range s.Attributes {
			if strings.Contains(value, "hush") {
				t.Errorf("%s holds a value: %s", s.Name, value)
			}
		}
	}
}
