// Package ratelimit bounds how often one client may ask: by what its token says of
// it, by a header, or by its address.
//
// The bound is a rate with bursts (GCRA, the generic cell rate algorithm of ATM):
// one moment is kept for each client, before which it has used up what it may.
package ratelimit

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
)

// CodeLimited is a client that asks more often than it may.
const CodeLimited apierror.Code = "REQUEST_RATE_LIMITED"

// Options say how often whoever may ask.
type Options struct {
	// PerMinute is the rate; it must be positive.
	PerMinute int
	// Burst is how many requests may come at once; 0 is DefaultBurst.
	Burst int
	// By says what tells clients apart, the first that a request has: "claim:NAME",
	// of a verified token; "header:NAME", which something before the router must have
	// checked; "address". None is DefaultBy. Requests that have none of these, like
	// those from this machine, are not limited.
	By []string
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies serve.Proxies
	// Clients is how many clients are remembered; 0 is DefaultClients.
	Clients int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// The defaults of Options. The rate is far above what one person's client does.
const (
	DefaultPerMinute = 12_000
	DefaultBurst     = 1000
	DefaultClients   = 100_000
)

// DefaultBy tells people apart by their accounts, and others by their addresses.
var DefaultBy = []string{"claim:sub", "address"}

// Limiter counts the requests of clients. It is safe for concurrent use.
type Limiter struct {
	options Options
	by      []key
	// interval is the time of one request, and ahead the time of a burst.
	interval, ahead time.Duration

	mu sync.Mutex
	// until are the moments up to which clients have used what they may. Who was
	// not seen for longest is forgotten first, and may have a burst again.
	until *simplelru.LRU[string, time.Time]
}

// key finds what tells a client apart; "" where a request does not have it.
type key func(ctx context.Context, r *http.Request) string

// New returns a limiter. The error says which part of By is not known.
func New(o Options) (*Limiter, error) {
	if o.PerMinute <= 0 {
		return nil, fmt.Errorf("a rate of %d requests a minute allows none", o.PerMinute)
	}
	if o.Burst == 0 {
		o.Burst = DefaultBurst
	}
	if o.Clients == 0 {
		o.Clients = DefaultClients
	}
	if len(o.By) == 0 {
		o.By = DefaultBy
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &Limiter{options: o, interval: time.Minute / time.Duration(o.PerMinute)}
	l.ahead = l.interval * time.Duration(o.Burst-1)
	for _, by := range o.By {
		k, err := l.key(by)
		if err != nil {
			return nil, err
		}
		l.by = append(l.by, k)
	}
	var err error
	l.until, err = simplelru.NewLRU[string, time.Time](o.Clients, nil)
	return l, err
}

func (l *Limiter) key(by string) (key, error) {
	kind, name, _ := strings.Cut(by, ":")
	switch {
	case kind == "claim" && name != "":
		return func(ctx context.Context, _ *http.Request) string {
			claims, _ := token.FromContext(ctx)
			if text, ok := claims.All[name].(string); ok && text != "" {
				return by + "\x00" + claims.Issuer + "\x00" + text
			}
			return ""
		}, nil
	case kind == "header" && name != "":
		return func(_ context.Context, r *http.Request) string {
			if value := r.Header.Get(name); value != "" {
				return by + "\x00" + value[:min(len(value), maxKey)]
			}
			return ""
		}, nil
	case by == "address":
		return l.address, nil
	}
	return nil, fmt.Errorf("clients are told apart by claim:NAME, header:NAME or address, not by %q", by)
}

// maxKey is how much of a header tells clients apart, in bytes.
const maxKey = 200

// address is empty for a proxy that does not say for whom it asks, and for this
// machine where it is one of the proxies.
func (l *Limiter) address(_ context.Context, r *http.Request) string {
	address := l.options.Proxies.Client(r)
	if !address.IsValid() || l.options.Proxies.Trusts(address) {
		return ""
	}
	return serve.Network(address).String()
}

// Admit is a server.Admission: it refuses what comes too often. To tell clients
// apart by what their tokens say it has to come after the authentication.
func (l *Limiter) Admit(ctx context.Context, r *http.Request) (context.Context, error) {
	for _, key := range l.by {
		if k := key(ctx, r); k != "" {
			return ctx, l.take(k)
		}
	}
	return ctx, nil
}

// take counts one request of the client.
func (l *Limiter) take(client string) error {
	now := l.options.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	until, _ := l.until.Get(client)
	if until.Before(now) {
		until = now
	}
	if wait := until.Sub(now) - l.ahead; wait > 0 {
		return apierror.New(CodeLimited, "there may be %d requests a minute, %d of them at once: try again in %s", l.options.PerMinute, l.options.Burst, wait.Round(time.Millisecond)).RetryIn(wait)
	}
	l.until.Add(client, until.Add(l.interval))
	return nil
}
