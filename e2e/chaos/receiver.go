//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/webhook"
)

// receiver is told of events by a webhook, and fails now and then.
type receiver struct {
	server *httptest.Server
	secret []byte

	mu       sync.Mutex
	last     map[string]int    // by order, the highest sequence it was told of
	ids      map[string]string // of events, by order and sequence
	repeated int
	faults   []string
}

func newReceiver(ctx context.Context, s *shop) (*receiver, error) {
	r := &receiver{last: map[string]int{}, ids: map[string]string{}}
	r.server = httptest.NewServer(r)
	c := &crowd{shop: s, codes: map[string]int{}}
	made, err := c.until(ctx, 2, `mutation($input: CreateWebhookInput!) { done: createWebhook(input: $input) { secret userErrors { code message } } }`,
		map[string]any{"url": r.server.URL})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret, err = webhook.ParseSecret(made.Secret)
	return r, err
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // the sender was killed
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	event, err := webhook.Verify(request.Header, r.secret, time.Now(), body)
	var n struct {
		Data struct {
			EventID, OrderID string
			Sequence         int
		}
	}
	if err != nil || json.Unmarshal(body, &n) != nil || n.Data.EventID != event {
		r.faults = append(r.faults, fmt.Sprintf("an event that is not the shop's: %s", body))
		return
	}
	if rand.IntN(20) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.take(n.Data.OrderID, n.Data.Sequence, event)
}

func (r *receiver) take(order string, sequence int, event string) {
	at := fmt.Sprintf("%s/%d", order, sequence)
	before, again := r.ids[at]
	switch {
	case again && before != event:
		r.faults = append(r.faults, fmt.Sprintf("%s came as %s and as %s", at, before, event))
	case again:
		r.repeated++
	case sequence != r.last[order]+1:
		r.faults = append(r.faults, fmt.Sprintf("%s came after %d", at, r.last[order]))
	}
	r.ids[at] = event
	r.last[order] = max(r.last[order], sequence)
}

// audit says which events were not told, or not in their order.
func (r *receiver) audit(ctx context.Context, db *sqlx.DB) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var events int
	if err := db.GetContext(ctx, &events, `SELECT count(*) FROM orders.order_events`); err != nil {
		return []string{err.Error()}
	}
	if events != len(r.ids) {
		r.faults = append(r.faults, fmt.Sprintf("there are %d events, and %d were told", events, len(r.ids)))
	}
	return r.faults
}
