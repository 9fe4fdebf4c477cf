package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/telemetry/telemetrytest"
)

// The traces that a client says its requests belong to, and its span in them.
const (
	clientsTrace = "0af7651916cd43dd8448eb211c80319c"
	ordersTrace  = "4bf92f3577b34da6a3ce929d0e0e4736"
	clientsSpan  = "b7ad6b7169203331"
)

// mainQueryTree is the main query's trace below the client's span, but for its
// statements.
const mainQueryTree = `router: query graphql.operation.name=Order
  router: fetch orders graphql.plan.step=0 graphql.representations=0
    orders: POST /graphql
  router: fetch products graphql.plan.step=1 graphql.representations=LINES
    products: POST /graphql
  router: fetch users graphql.plan.step=1 graphql.representations=1
    users: POST /graphql
`

// placedTree is that of an order that is placed: orders asks products for prices,
// for the stock, and to confirm it.
const placedTree = `router: mutation
  router: fetch orders
    orders: POST /graphql
      products: POST /graphql
      products: POST /graphql
      products: POST /graphql
`

// traceAll has everything traced, and sent when the process ends or much is
// there: what arrives tells that the end waits for it.
func traceAll(endpoint string) []string {
	return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint, "OTEL_BSP_SCHEDULE_DELAY=3600000"}
}

// stop ends all processes of the shop.
func (s *shop) stop(t *testing.T) {
	t.Helper()
	s.router.stop(t)
	for _, p := range s.processes {
		p.stop(t)
	}
}

// askTraced sends an operation as a part of the client's trace.
func (s *shop) askTraced(t *testing.T, token, trace, query string, variables map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	a := post(t, http.DefaultClient, s.endpoint, http.Header{
		"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token},
		"Traceparent": {"00-" + trace + "-" + clientsSpan + "-01"}, "Tracestate": {"client=1"},
	}, body)
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %s", query, a.body)
	}
	return a
}

// askMainQuery asks for an order as a part of the client's trace.
func (s *shop) askMainQuery(t *testing.T, token string, order demodata.Order) {
	t.Helper()
	a := s.askTraced(t, token, clientsTrace, mainQuery, map[string]any{"id": orderID(order)})
	if get(a.Data, "order", "lines", 1, "product", "name") == nil {
		t.Fatalf("the main query: %s", a.body)
	}
}

// The main query is one trace, which goes on with the client's, over all
// services, whether they share a process or not; and so is an order that is placed.
func TestTraces(t *testing.T) {
	for name, run := range map[string]func(*testing.T, []string, ...string) *shop{"one process": togetherIn, "four processes": apartIn} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			collector := telemetrytest.New(t)
			s := run(t, traceAll(collector.URL))
			token, order := s.account(t, "CUSTOMER"), customersOrder(t)
			s.askMainQuery(t, token, order)
			variant := id.Variant.Format(demodata.Usual.Product(0).Variants[0].ID)
			placed := s.askTraced(t, token, ordersTrace, `mutation ($v: ID!) { placeOrder(input: {idempotencyKey: "k", lines: [{variantId: $v, quantity: 1}]}) { order { status } } }`,
				map[string]any{"v": variant})
			if get(placed.Data, "placeOrder", "order", "status") != "PLACED" {
				t.Fatalf("the order: %s", placed.body)
			}
			s.stop(t)

			spans := collector.Spans(clientsTrace)
			requests, statements := withoutStatements(spans), map[string]int{}
			for _, span := range spans {
				if span.Attributes["db.system.name"] != "" {
					statements[span.Parent]++
				}
				if span.State != "client=1" {
					t.Errorf("%s: the client's tracestate has become %q", span.Name, span.State)
				}
			}
			want := strings.Replace(mainQueryTree, "LINES", representations(order), 1)
			if got := telemetrytest.Tree(requests, clientsSpan, "graphql.operation.name", "graphql.plan.step", "graphql.representations"); got != want {
				t.Errorf("the trace:\n%swant:\n%s", got, want)
			}
			for _, span := range requests {
				if asked := span.Name == "POST /graphql"; asked != (statements[span.ID] > 0) {
					t.Errorf("%s of %s has %d statements", span.Name, span.Service, statements[span.ID])
				}
			}
			if got := telemetrytest.Tree(withoutStatements(collector.Spans(ordersTrace)), clientsSpan); got != placedTree {
				t.Errorf("the trace of an order that is placed:\n%swant:\n%s", got, placedTree)
			}
			checkSecrets(t, collector.Spans(""), token, orderID(order), variant)
			if name == "four processes" && !strings.Contains(s.router.output.String(), "trace="+clientsTrace) {
				t.Error("the router's log does not name the trace")
			}
		})
	}
}

func withoutStatements(spans []telemetrytest.Span) []telemetrytest.Span {
	return slices.DeleteFunc(slices.Clone(spans), func(s telemetrytest.Span) bool { return s.Attributes["db.system.name"] != "" })
}

// representations are how many products an order has.
func representations(o demodata.Order) string {
	products := map[any]bool{}
	for _, line := range o.Lines {
		products[line.Product] = true
	}
	text, _ := json.Marshal(len(products))
	return string(text)
}

// checkSecrets looks for what a trace must not hold: who logged in with what, and
// what was asked for.
func checkSecrets(t *testing.T, spans []telemetrytest.Span, secrets ...string) {
	t.Helper()
	for _, a := range demodata.Accounts() {
		secrets = append(secrets, a.Email, a.Password, a.Name)
	}
	for _, span := range spans {
		text, err := json.Marshal(span)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if strings.Contains(string(text), secret) {
				t.Errorf("a span holds %q: %s", secret, text)
			}
		}
	}
}

// Where nothing is to be traced, the collector hears nothing.
func TestNoTraces(t *testing.T) {
	t.Parallel()
	collector := telemetrytest.New(t)
	s := togetherIn(t, append(traceAll(collector.URL), "OTEL_TRACES_EXPORTER=none"))
	s.askMainQuery(t, s.account(t, "CUSTOMER"), customersOrder(t))
	s.stop(t)
	if n := collector.Requests(); n > 0 {
		t.Errorf("the collector was asked %d times", n)
	}
}

// A collector that is not there, or does not answer, costs a line in the log.
func TestCollectorIsSilent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	for name, address := range map[string]string{"not there": freeAddress(t), "silent": silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := togetherIn(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + address, "OTEL_BSP_SCHEDULE_DELAY=10"})
			token := s.account(t, "CUSTOMER")
			for range 10 {
				s.askMainQuery(t, token, customersOrder(t))
			}
			s.stop(t)
			if n := strings.Count(s.router.output.String(), "delivered"); n < 1 || n > 2 { // that it fails, and perhaps that the last ones did
				t.Errorf("the log has %d lines about it:\n%s", n, s.router.output)
			}
		})
	}
}

// A variable that cannot be meant ends the program before it serves.
func TestWrongCollector(t *testing.T) {
	t.Parallel()
	_, stderr, status := runToEnd(t, environment("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318"), "serve", "router", "--supergraph", "schema/supergraph.graphql")
	if status != 2 || !strings.Contains(stderr, "OTEL_EXPORTER_OTLP_ENDPOINT is not a URL such as http://collector:4318") {
		t.Errorf("status %d: %s", status, stderr)
	}
}
