package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/webhook"
)

// between is the shop in parts with somebody between orders and products, who
// can kill orders at a given moment.
type between struct {
	*shop
	// before and after name operations of orders, such as "Reserve": when it asks
	// for one it is killed before products has heard of it, or after products has
	// done it.
	before, after atomic.Value
}

func newBetween(t *testing.T) *between {
	t.Helper()
	b := &between{}
	b.before.Store("")
	b.after.Store("")
	var products *httputil.ReverseProxy
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		is := func(moment *atomic.Value) bool {
			name := moment.Load().(string)
			return name != "" && strings.Contains(string(body), name+"(") && moment.CompareAndSwap(name, "")
		}
		if is(&b.before) {
			b.crash("orders")
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if is(&b.after) {
			products.ServeHTTP(httptest.NewRecorder(), r)
			b.crash("orders")
			panic(http.ErrAbortHandler)
		}
		products.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.shop = apartIn(t, []string{"PRODUCTS_URL=" + server.URL + "/graphql"})
	target, err := url.Parse(strings.TrimSuffix(b.direct["products"], "/graphql"))
	if err != nil {
		t.Fatal(err)
	}
	products = httputil.NewSingleHostReverseProxy(target)
	return b
}

// Orders is killed between any two steps of an order. When it is back the order
// is decided, by the workers alone, and the stock agrees; sent again, the request
// has the same answer.
func TestOrdersDies(t *testing.T) {
	b := newBetween(t)
	staff, variant := b.account(t, "STAFF"), id.Variant.Format(demodata.Usual.Product(0).Variants[0].ID)
	buyer := b.login(t, demodata.Usual.User(7).Email, demodata.CustomerPassword)
	stock := func() float64 {
		a := b.ask(t, staff, `query ($ids: [ID!]!) { productVariants(ids: $ids) { stock { onHand reserved } } }`, map[string]any{"ids": []string{variant}})
		if get(a.Data, "productVariants", 0, "stock", "reserved") != 0.0 {
			t.Errorf("something is reserved: %s", a.body)
		}
		return get(a.Data, "productVariants", 0, "stock", "onHand").(float64)
	}
	for name, kill := range map[string]func(){
		"after its commit, before it reserves":      func() { b.before.Store("Reserve") },
		"after it has reserved, without an answer":  func() { b.after.Store("Reserve") },
		"before it confirms":                        func() { b.before.Store("Confirm") },
		"after it has confirmed, before it says so": func() { b.after.Store("Confirm") },
	} {
		before := stock()
		kill()
		a, got := b.place(t, buyer, input(name, orderLine(variant, 1)))
		if get(a.Data, "placeOrder", "order") != nil {
			t.Errorf("killed %s: %s", name, got)
		}
		b.again(t, "orders")
		for b.count(t, `SELECT count(*) FROM orders.orders WHERE status = 'PENDING'`) > 0 {
			b.sql(t, `UPDATE orders.outbox SET due_at = now()`)
			time.Sleep(20 * time.Millisecond)
		}
		if n := b.count(t, `SELECT count(*) FROM orders.orders WHERE idempotency_key = $1 AND status = 'PLACED'`, name); n != 1 || stock() != before-1 {
			t.Errorf("killed %s: %d orders placed, stock %v of %v", name, n, stock(), before)
		}
		if _, got := b.place(t, buyer, input(name, orderLine(variant, 1))); !strings.HasPrefix(got, "PLACED") || stock() != before-1 {
			t.Errorf("killed %s, and sent again: %s, stock %v of %v", name, got, stock(), before)
		}
	}
}

// Orders is killed after it has told of an event, before it has written that
// down: it tells again, of the same event, and what it told of can be read.
func TestOrdersDiesWhileItTells(t *testing.T) {
	b := newBetween(t)
	admin, staff := b.account(t, "ADMIN"), b.account(t, "STAFF")
	buyer := b.login(t, demodata.Usual.User(7).Email, demodata.CustomerPassword)
	var mu sync.Mutex
	var ids []string
	var secret []byte
	told := make(chan struct{}, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		event, err := webhook.Verify(r.Header, secret, time.Now(), body)
		var n struct{ Data struct{ OrderID string } }
		if err != nil || json.Unmarshal(body, &n) != nil {
			t.Errorf("%v: %s", err, body)
		}
		if ids = append(ids, event); len(ids) == 1 {
			a := b.ask(t, staff, `query ($id: ID!) { order(id: $id) { timeline { id } } }`, map[string]any{"id": n.Data.OrderID})
			if text(a.Data, "order", "timeline", 0, "id") != event {
				t.Errorf("told of %s, and read %s", event, a.body)
			}
			b.crash("orders")
		}
		told <- struct{}{}
	}))
	defer receiver.Close()
	a := b.ask(t, admin, `mutation ($url: String!) { createWebhook(input: {url: $url}) { secret } }`, map[string]any{"url": receiver.URL})
	mu.Lock()
	var err error
	if secret, err = webhook.ParseSecret(text(a.Data, "createWebhook", "secret")); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	mu.Unlock()
	b.place(t, buyer, input("k", orderLine(id.Variant.Format(demodata.Usual.Product(0).Variants[0].ID), 1)))
	<-told
	b.again(t, "orders")
	b.sql(t, `UPDATE orders.deliveries SET due_at = now()`) // the lease of the one that died
	<-told
	for b.count(t, `SELECT count(*) FROM orders.deliveries WHERE delivered_at IS NULL`) > 0 {
		time.Sleep(20 * time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("told as %v", ids)
	}
}

// sql tells the database itself.
func (s *shop) sql(t *testing.T, statement string) {
	t.Helper()
	db, err := sqlx.Open("postgres", s.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
