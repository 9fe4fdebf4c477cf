package execute_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/execute"
)

// gate is a transport whose calls wait until they are let through.
type gate struct {
	arrived chan *execute.Call
	through chan error
}

func newGate() *gate {
	return &gate{arrived: make(chan *execute.Call), through: make(chan error)}
}

func (g *gate) Send(ctx context.Context, call *execute.Call) error {
	g.arrived <- call
	select {
	case err := <-g.through:
		call.Status, call.Buffer = 200, append(call.Buffer[:0], call.Body...)
		call.Answer = call.Buffer
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func query(body string) *execute.Call {
	return &execute.Call{Subgraph: "s", Kind: ast.Query, Body: []byte(body)}
}

// waitUntilJoined returns when n calls wait for the calls of others.
func waitUntilJoined(t *testing.T, shared execute.Transport, n int) {
	t.Helper()
	for execute.Joined(shared) < n {
		if t.Context().Err() != nil {
			t.Fatal("nobody joined")
		}
	}
}

func TestShare(t *testing.T) {
	g := newGate()
	shared := execute.Share(g, nil, "Traceparent")
	var group sync.WaitGroup
	calls := make([]*execute.Call, 5)
	for i := range calls {
		calls[i] = query("same")
		calls[i].Header = http.Header{"Authorization": {"me"}, "Traceparent": {fmt.Sprint(i)}}
		calls[i].Buffer = make([]byte, 0, 16)
		group.Go(func() {
			if err := shared.Send(t.Context(), calls[i]); err != nil {
				t.Error(err)
			}
		})
	}
	leader := <-g.arrived
	waitUntilJoined(t, shared, len(calls)-1)
	g.through <- nil
	group.Wait()
	for i, call := range calls {
		if string(call.Answer) != "same" || call.Status != 200 {
			t.Errorf("call %d: status %d, %q", i, call.Status, call.Answer)
		}
		if call == leader && call.Buffer != nil {
			t.Error("the leader would use the answer's memory again")
		}
	}
}

// TestShareApart holds what must never be shared, also where hashes collide.
func TestShareApart(t *testing.T) {
	identity := func(ctx context.Context) string { return ctx.Value(user{}).(string) }
	t.Run("hashes differ", func(t *testing.T) {
		g := newGate()
		testShareApart(t, g, execute.Share(g, identity))
	})
	t.Run("hashes collide", func(t *testing.T) {
		g := newGate()
		testShareApart(t, g, execute.Collide(execute.Share(g, identity)))
	})
}

type user struct{}

func testShareApart(t *testing.T, g *gate, shared execute.Transport) {
	as := func(name string) context.Context { return context.WithValue(t.Context(), user{}, name) }
	with := func(change func(*execute.Call)) *execute.Call {
		call := query("same")
		call.Header = http.Header{"Authorization": {"me"}}
		change(call)
		return call
	}
	calls := map[*execute.Call]context.Context{
		with(func(*execute.Call) {}):                                                          as("me"),
		with(func(c *execute.Call) { c.Body = []byte("other") }):                              as("me"),
		with(func(c *execute.Call) { c.Subgraph = "other" }):                                  as("me"),
		with(func(c *execute.Call) { c.Header.Set("Authorization", "you") }):                  as("me"),
		with(func(c *execute.Call) { c.Header.Add("Authorization", "you") }):                  as("me"),
		with(func(c *execute.Call) { c.Header.Set("X", "y") }):                                as("me"),
		with(func(c *execute.Call) { c.Header = nil }):                                        as("me"),
		with(func(c *execute.Call) { c.Header = http.Header{"Authorizationme": {""}} }):       as("me"),
		with(func(c *execute.Call) { c.Subgraph, c.Body = "ss", []byte("ame") }):              as("me"),
		with(func(c *execute.Call) {}):                                                        as("you"),
		with(func(c *execute.Call) { c.Kind = ast.Mutation }):                                 as("me"),
		with(func(c *execute.Call) { c.Kind = ast.Mutation; c.Body = []byte("other again") }): as("me"),
	}
	var group sync.WaitGroup
	for call, ctx := range calls {
		group.Go(func() {
			if err := shared.Send(ctx, call); err != nil {
				t.Error(err)
			}
		})
	}
	for range calls {
		<-g.arrived
	}
	for range calls {
		g.through <- nil
	}
	group.Wait()
	for call := range calls {
		if string(call.Answer) != string(call.Body) {
			t.Errorf("%q was answered %q", call.Body, call.Answer)
		}
	}
}

// TestShareAbandoned holds that nobody fails because the client of an identical
// read has left.
func TestShareAbandoned(t *testing.T) {
	g := newGate()
	shared := execute.Share(g, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := shared.Send(ctx, query("same")); err == nil {
			t.Error("the call that was given up has an answer")
		}
	})
	<-g.arrived
	for range 3 {
		group.Go(func() {
			call := query("same")
			if err := shared.Send(t.Context(), call); err != nil || string(call.Answer) != "same" {
				t.Errorf("%q, %v", call.Answer, err)
			}
		})
	}
	waitUntilJoined(t, shared, 3)
	cancel()
	<-g.arrived
	waitUntilJoined(t, shared, 2)
	g.through <- nil
	group.Wait()
}

// TestShareFailure holds that a failure is everyone's, and that who waits can
// give up.
func TestShareFailure(t *testing.T) {
	g := newGate()
	shared := execute.Share(g, nil)
	broken := errors.New("broken")
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := shared.Send(t.Context(), query("same")); !errors.Is(err, broken) {
			t.Error(err)
		}
	})
	<-g.arrived
	group.Go(func() {
		if err := shared.Send(t.Context(), query("same")); !errors.Is(err, broken) {
			t.Error(err)
		}
	})
	waitUntilJoined(t, shared, 1)
	left := make(chan struct{})
	group.Go(func() {
		defer close(left)
		if err := shared.Send(ctx, query("same")); err == nil || errors.Is(err, broken) {
			t.Error(err)
		}
	})
	waitUntilJoined(t, shared, 2)
	cancel()
	<-left
	g.through <- broken
	group.Wait()
}
