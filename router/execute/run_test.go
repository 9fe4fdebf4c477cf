package execute_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/executetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faultyCase loads one of the cases of TestFaults.
func faultyCase(t testing.TB, file string) *goldentest.Case {
	t.Helper()
	text, err := os.ReadFile("testdata/faults/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return goldentest.NewCase(txtar.Parse(text))
}

func prepare(t testing.TB, r *executetest.Router, c *goldentest.Case) *executetest.Operation {
	t.Helper()
	o, err := r.Prepare(c.File("query.graphql"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestDeadline holds that a request ends with its context, whatever its
// subgraphs do, and still answers with what it has.
func TestDeadline(t *testing.T) {
	for _, fault := range []subgraphtest.Fault{subgraphtest.Hang(), subgraphtest.Stall()} {
		t.Run(fault.Name, func(t *testing.T) {
			c := faultyCase(t, "entities.txtar")
			r, network := newFaulty(t, c, fault)
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			answer := readable(t, prepare(t, r, c).Run(ctx))
			network.Wait()
			for _, want := range []string{`{"name":"Table","rating":null`, `subgraph "reviews" did not answer in time`, "GATEWAY_TIMEOUT"} {
				if !strings.Contains(answer, want) {
					t.Errorf("the answer lacks %s:\n%s", want, answer)
				}
			}
		})
	}
}

// TestCancel holds that the client's leaving ends the fetches under way, and
// that no further ones are sent.
func TestCancel(t *testing.T) {
	c := faultyCase(t, "root.txtar")
	r, network := newFaulty(t, c, subgraphtest.Hang())
	ctx, cancel := context.WithCancel(t.Context())
	inner := r.Transport
	r.Transport = transport(func(ctx context.Context, call *execute.Call) error {
		if call.Subgraph == "catalog" {
			go cancel()
		}
		return inner.Send(ctx, call)
	})
	answer := readable(t, prepare(t, r, c).Run(ctx))
	network.Wait()
	if !strings.Contains(answer, "REQUEST_CANCELED") || strings.Contains(answer, "Table") {
		t.Errorf("answered %s", answer)
	}
	if n := len(network.Sent()); n > 2 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestCancelledBefore holds that nothing is sent for a client that has left.
func TestCancelledBefore(t *testing.T) {
	c := faultyCase(t, "root.txtar")
	r, network := newFaulty(t, c, subgraphtest.Hang())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	readable(t, prepare(t, r, c).Run(ctx))
	if n := len(network.Sent()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// transport is a Transport of one function.
type transport func(ctx context.Context, call *execute.Call) error

func (t transport) Send(ctx context.Context, call *execute.Call) error { return t(ctx, call) }

// TestPanic holds that a transport's panic is one fetch's failure.
func TestPanic(t *testing.T) {
	c := faultyCase(t, "entities.txtar")
	r, _ := newFaulty(t, c, subgraphtest.Hang())
	r.Transport = transport(func(context.Context, *execute.Call) error { panic("oops") })
	answer := readable(t, prepare(t, r, c).Run(t.Context()))
	if !strings.Contains(answer, "internal error") || strings.Contains(answer, "oops") {
		t.Errorf("answered %s", answer)
	}
}

// TestNothingLeaks runs requests that fail in every way beside requests that do
// not, with the same program and so the same memory: each answer must be its
// own.
func TestNothingLeaks(t *testing.T) {
	c := faultyCase(t, "entities.txtar")
	faults := subgraphtest.Faults()
	var wrapped []http.Handler
	var turn atomic.Int64
	r, network := newFaulty(t, c, subgraphtest.Fault{Wrap: func(healthy http.Handler) http.Handler {
		for _, f := range faults {
			wrapped = append(wrapped, f.Wrap(healthy))
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Faulty") == "" {
				healthy.ServeHTTP(w, r)
				return
			}
			wrapped[int(turn.Add(1))%len(wrapped)].ServeHTTP(w, r)
		})
	}})
	o := prepare(t, r, c)
	faulty := *o
	faulty.Request.Header = func(_ context.Context, _ string, h http.Header) { h.Set("Faulty", "1") }
	want := string(o.Run(t.Context()))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if got := string(o.Run(t.Context())); got != want {
					t.Errorf("answered %s, want %s", got, want)
				}
			}
		})
		group.Go(func() {
			for range 50 {
				readable(t, faulty.Run(t.Context()))
			}
		})
	}
	group.Wait()
	network.Wait()
}

// TestMaxValues holds that a request's data is bounded, copies included.
func TestMaxValues(t *testing.T) {
	c := faultyCase(t, "entities.txtar")
	r, _ := newFaulty(t, c, subgraphtest.Fault{Wrap: func(h http.Handler) http.Handler { return h }})
	o := prepare(t, r, c)
	for limit := 1; limit < 60; limit++ {
		o.Request.MaxValues = limit
		answer := readable(t, o.Run(t.Context()))
		if limit < 10 && !strings.Contains(answer, "more objects than the router takes") {
			t.Errorf("with room for %d values: %s", limit, answer)
		}
	}
}

// TestTraces holds that a request's fetches can be looked at, and that those
// that were not sent can be told apart.
func TestTraces(t *testing.T) {
	c := faultyCase(t, "entities.txtar")
	r, _ := newFaulty(t, c, subgraphtest.Fault{Wrap: func(h http.Handler) http.Handler { return h }})
	o := prepare(t, r, c)
	o.Request.Trace = true
	result := o.Program.Run(t.Context(), &o.Request)
	defer result.Release()
	seen := ""
	for i, trace := range result.Traces() {
		seen += fmt.Sprintf("%s: status %d, %d sent, %d received, %d representations, sent at all: %v\n", o.Plan.Fetches[i].Subgraph.Name,
			trace.Status, trace.Sent, trace.Received, trace.Representations, !trace.Started.IsZero())
	}
	want := "catalog: status 200, 31 sent, 75 received, 0 representations, sent at all: true\n" +
		"reviews: status 200, 282 sent, 193 received, 2 representations, sent at all: true\n"
	if seen != want {
		t.Errorf("got\n%swant\n%s", seen, want)
	}
}
