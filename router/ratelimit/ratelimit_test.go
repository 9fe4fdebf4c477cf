package ratelimit

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
)

// at is a clock that stands where the test sets it.
type at struct{ now time.Time }

func limiter(t testing.TB, clock *at, o Options) *Limiter {
	t.Helper()
	var err error
	if o.Proxies, err = serve.ParseProxies("127.0.0.0/8"); err != nil {
		t.Fatal(err)
	}
	o.Now = func() time.Time { return clock.now }
	l, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// from is a request from an address.
func from(address string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.RemoteAddr = address
	return r
}

// admitted is how many of n requests are let in.
func admitted(ctx context.Context, l *Limiter, r *http.Request, n int) (in int) {
	for range n {
		if _, err := l.Admit(ctx, r); err == nil {
			in++
		}
	}
	return in
}

func TestRateAndBurst(t *testing.T) {
	clock := &at{time.Now()}
	l := limiter(t, clock, Options{PerMinute: 60, Burst: 5})
	r := from("192.0.2.1:1000")
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 5}, {0, 0}, {time.Second, 1}, {2500 * time.Millisecond, 2}, {500 * time.Millisecond, 1}, {time.Hour, 5}} {
		clock.now = clock.now.Add(step.wait)
		if got := admitted(t.Context(), l, r, 20); got != step.want {
			t.Errorf("after %s: %d requests, want %d", step.wait, got, step.want)
		}
	}
	_, err := l.Admit(t.Context(), r)
	if refusal, ok := apierror.As(err); !ok || refusal.Code != CodeLimited || refusal.Retry() != time.Second {
		t.Errorf("%v", err)
	}
}

func TestWhoIsWho(t *testing.T) {
	clock := &at{time.Now()}
	l := limiter(t, clock, Options{PerMinute: 60, Burst: 2, By: []string{"claim:sub", "header:X-Api-Key", "address"}})
	login := func(issuer, subject string) context.Context {
		return token.WithClaims(t.Context(), token.Claims{Issuer: issuer, Subject: subject, All: map[string]any{"sub": subject}})
	}
	forwarded := func(peer, address string) *http.Request {
		r := from(peer)
		r.Header.Set("X-Forwarded-For", address)
		return r
	}
	keyed := from("192.0.2.9:1")
	keyed.Header.Set("X-Api-Key", "192.0.2.2")
	for i, c := range []struct {
		ctx  context.Context
		r    *http.Request
		want int
	}{
		{login("a", "1"), from("192.0.2.1:1"), 2},
		{login("a", "1"), from("192.0.2.5:1"), 0}, // the same account elsewhere
		{login("b", "1"), from("192.0.2.1:1"), 2}, // another issuer's
		{login("a", "2"), from("192.0.2.1:1"), 2},
		{t.Context(), from("192.0.2.1:1"), 2}, // nobody there
		{t.Context(), from("192.0.2.1:2"), 0},
		{t.Context(), from("192.0.2.2:1"), 2},
		{t.Context(), keyed, 2},
		{t.Context(), from("192.0.2.9:1"), 2},
		{t.Context(), from("[2001:db8::1]:1"), 2},
		{t.Context(), from("[2001:db8::2]:1"), 0}, // the same network
		{t.Context(), forwarded("127.0.0.1:1", "198.51.100.1"), 2},
		{t.Context(), forwarded("127.0.0.1:1", "198.51.100.1"), 0},
		{t.Context(), forwarded("127.0.0.1:1", "198.51.100.2"), 2},
		{t.Context(), forwarded("192.0.2.2:1", "198.51.100.3"), 0}, // no proxy: what it says counts for nothing
		{t.Context(), from("127.0.0.1:1"), 9},                      // this machine
		{t.Context(), forwarded("127.0.0.1:1", "127.0.0.1"), 9},    // and what it says of itself
	} {
		if got := admitted(c.ctx, l, c.r, 9); got != c.want {
			t.Errorf("%d: %d requests, want %d", i, got, c.want)
		}
	}
}

// However many clients there are, only some are remembered.
func TestMemory(t *testing.T) {
	l := limiter(t, &at{time.Now()}, Options{PerMinute: 60, Clients: 100})
	for i := range 1000 {
		l.Admit(t.Context(), from(fmt.Sprintf("10.0.%d.%d:1", i/250, i%250)))
	}
	if n := l.until.Len(); n != 100 {
		t.Errorf("%d clients are remembered", n)
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	for _, o := range []Options{{PerMinute: 0}, {PerMinute: 1, By: []string{"colour"}}, {PerMinute: 1, By: []string{"claim:"}}, {PerMinute: 1, By: []string{"header"}}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func BenchmarkAdmit(b *testing.B) {
	l := limiter(b, &at{time.Now()}, Options{PerMinute: 6000})
	r := from("192.0.2.1:1000")
	b.ReportAllocs()
	for b.Loop() {
		l.Admit(b.Context(), r)
	}
}
