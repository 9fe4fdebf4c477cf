//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
)

// crowd is the clients and what they remember.
type crowd struct {
	shop     *shop
	clients  int
	variants []string // the last are scarce

	mu       sync.Mutex
	attempts []*attempt
	codes    map[string]int // of answers that were none
	tries    int
	waits    []time.Duration // from the first try to the answer
}

// attempt is an order that a client wants, under a key of its own.
type attempt struct {
	user     int
	key      string
	input    map[string]any
	abandons bool
	// order and total are the shop's answer, refusal is the code of another.
	order, total, refusal string
}

// firstCustomer is the first user of the demo behind its own accounts; the
// clients are those from there on.
const firstCustomer = 3

const (
	plenty, plentyOf = 20, 1_000_000
	scarce, scarceOf = 5, 200
)

func newCrowd(ctx context.Context, s *shop, clients int) (*crowd, error) {
	c := &crowd{shop: s, clients: clients, codes: map[string]int{}}
	for i := range plenty + scarce {
		onHand := plentyOf
		if i >= plenty {
			onHand = scarceOf
		}
		data, err := c.until(ctx, 1, `mutation($input: CreateProductInput!) { done: createProduct(input: $input) { product { variants { id } } userErrors { code message } } }`,
			map[string]any{"name": fmt.Sprintf("Thing %d", i), "status": "ACTIVE", "variants": []any{map[string]any{
				"sku": fmt.Sprintf("CHAOS-%d", i), "onHand": onHand, "prices": []any{map[string]any{"amount": fmt.Sprintf("%d.99", i+1), "currencyCode": "EUR"}}}}})
		if err != nil {
			return nil, err
		}
		c.variants = append(c.variants, data.Product.Variants[0].ID)
	}
	return c, nil
}

// answer is what the operations here give, each under the alias "done".
type answer struct {
	Order *struct {
		ID, Status string
		Total      struct{ Amount string }
	}
	Payment *struct{ ID string }
	Product struct{ Variants []struct{ ID string } }
	Secret  string
	// UserErrors say that the shop refuses, for good.
	UserErrors []struct{ Code, Message string }
}

var client = &http.Client{Timeout: 20 * time.Second}

// ask sends an operation once, to any router. The answer is nil when there is
// none: then it is not known what happened.
func (c *crowd) ask(ctx context.Context, user int, operation string, input any) *answer {
	code, a := c.send(ctx, user, operation, input)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tries++; a == nil {
		c.codes[code]++
	}
	return a
}

func (c *crowd) send(ctx context.Context, user int, operation string, input any) (code string, a *answer) {
	access, err := c.shop.tokenOf(user)
	if err != nil {
		return err.Error(), nil
	}
	body, err := json.Marshal(map[string]any{"query": operation, "variables": map[string]any{"input": input}})
	if err != nil {
		return err.Error(), nil
	}
	router := c.shop.routers[rand.IntN(len(c.shop.routers))]
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, router, bytes.NewReader(body))
	if err != nil {
		return err.Error(), nil
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+access)
	response, err := client.Do(request)
	if err != nil {
		return "no answer", nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "half an answer", nil
	}
	var result struct {
		Data   struct{ Done *answer }
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(text, &result); err != nil {
		return fmt.Sprintf("HTTP %d", response.StatusCode), nil
	}
	if result.Data.Done == nil && len(result.Errors) > 0 {
		return result.Errors[0].Extensions.Code, nil
	}
	return "", result.Data.Done
}

// until sends an operation until there is an answer.
func (c *crowd) until(ctx context.Context, user int, operation string, input any) (*answer, error) {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if a := c.ask(ctx, user, operation, input); a != nil {
			return a, nil
		}
		if !wait(ctx, pause/2+rand.N(pause)) {
			return nil, ctx.Err()
		}
	}
}

// orderWhile has the clients order as long as something else goes on.
func (c *crowd) orderWhile(ctx context.Context, other func(context.Context) map[string]int) map[string]int {
	ordering, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for i := range c.clients {
		all.Go(func() {
			var orders []string
			for n := 0; ordering.Err() == nil; n++ {
				if order := c.visit(ordering, firstCustomer+i, n, orders); order != "" {
					orders = append(orders, order)
				}
			}
		})
	}
	done := other(ctx)
	stop()
	all.Wait()
	return done
}

const (
	place = `mutation($input: PlaceOrderInput!) { done: placeOrder(input: $input) { order { id status total { amount } } userErrors { code message } } }`
	pay   = `mutation($input: PayOrderInput!) { done: payOrder(input: $input) { payment { id } userErrors { code message } } }`
	give  = `mutation($input: CancelOrderInput!) { done: cancelOrder(input: $input) { order { id status } userErrors { code message } } }`
	ship  = `mutation($input: ShipOrderInput!) { done: shipOrder(input: $input) { order { id status } userErrors { code message } } }`
	back  = `mutation($input: RefundOrderInput!) { done: refundOrder(input: $input) { order { id status } userErrors { code message } } }`
)

// visit is one client's way through the shop: an order, and what comes of it and
// of one from before. It returns the order.
func (c *crowd) visit(ctx context.Context, user, n int, before []string) (order string) {
	a := c.attempt(user, n)
	if a.abandons {
		c.ask(ctx, user, place, a.input)
		return ""
	}
	if !c.resolve(ctx, a) || a.order == "" {
		return ""
	}
	earlier := a.order
	if len(before) > 0 {
		earlier = before[rand.IntN(len(before))]
	}
	for _, step := range []struct {
		chance    float64
		user      int
		order     string
		operation string
		input     map[string]any
	}{
		{0.7, user, a.order, pay, map[string]any{"method": "fake-accepted"}},
		{0.1, user, a.order, pay, map[string]any{"method": "fake-declined"}},
		{0.1, user, a.order, give, map[string]any{"reason": "Too much chaos."}},
		{0.2, user, earlier, give, map[string]any{"reason": "Too much chaos."}},
		{0.3, 1, earlier, ship, map[string]any{"carrier": "Post"}},
		{0.1, 1, earlier, back, map[string]any{"restock": rand.IntN(2) == 0}},
	} {
		if rand.Float64() < step.chance {
			step.input["orderId"] = step.order
			if _, err := c.until(ctx, step.user, step.operation, step.input); err != nil {
				break
			}
		}
	}
	return a.order
}

// attempt is a fresh wish: one to four variants, often a scarce one.
func (c *crowd) attempt(user, n int) *attempt {
	var lines []any
	for _, i := range rand.Perm(len(c.variants))[:1+rand.IntN(4)] {
		lines = append(lines, map[string]any{"variantId": c.variants[i], "quantity": 1 + rand.IntN(3)})
	}
	a := &attempt{user: user, key: fmt.Sprintf("chaos-%d-%d", user, n), abandons: rand.IntN(20) == 0}
	a.input = map[string]any{"idempotencyKey": a.key, "lines": lines}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.attempts = append(c.attempts, a)
	return a
}

// resolve places an order, again and again until there is an answer; sometimes
// twice at once, as by a double click.
func (c *crowd) resolve(ctx context.Context, a *attempt) bool {
	began := time.Now()
	if rand.IntN(10) == 0 {
		go c.ask(ctx, a.user, place, a.input)
	}
	got, err := c.until(ctx, a.user, place, a.input)
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, time.Since(began))
	if got.Order != nil {
		a.order, a.total = got.Order.ID, got.Order.Total.Amount
	} else if len(got.UserErrors) > 0 {
		a.refusal = got.UserErrors[0].Code
	}
	return true
}

// finish has every client that still waits get its answer.
func (c *crowd) finish(ctx context.Context) {
	slots := make(chan struct{}, c.clients)
	var all sync.WaitGroup
	for _, a := range c.attempts {
		if a.abandons || a.order != "" || a.refusal != "" {
			continue
		}
		slots <- struct{}{}
		all.Go(func() {
			c.resolve(ctx, a)
			<-slots
		})
	}
	all.Wait()
}

// audit compares what clients were told with what is in the books: every order
// that was promised is there, once, and nothing else was ordered.
func (c *crowd) audit(ctx context.Context, db *sqlx.DB) (found []string) {
	var rows []struct {
		ID     string `db:"id"`
		Key    string `db:"idempotency_key"`
		Status string `db:"status"`
		Total  string `db:"total"`
	}
	if err := db.SelectContext(ctx, &rows, `SELECT id, idempotency_key, status, (total / 100.0)::numeric(20, 2) AS total FROM orders.orders`); err != nil {
		return []string{err.Error()}
	}
	type book struct{ id, status, total string }
	books := map[string]book{}
	for _, r := range rows {
		if _, twice := books[r.Key]; twice {
			found = append(found, "two orders have the key "+r.Key)
		}
		books[r.Key] = book{orderID(r.ID), r.Status, r.Total}
	}
	for _, a := range c.attempts {
		b, there := books[a.key]
		delete(books, a.key)
		switch {
		case a.abandons:
		case a.order == "" && a.refusal == "":
			found = append(found, "no answer to "+a.key)
		case a.order != "" && (!there || b.id != a.order || b.total != a.total || b.status == "REJECTED"):
			found = append(found, fmt.Sprintf("%s was told of %s over %s, and the books have %+v", a.key, a.order, a.total, b))
		case a.refusal != "" && there && b.status != "REJECTED":
			found = append(found, fmt.Sprintf("%s was refused with %s, and the books have %+v", a.key, a.refusal, b))
		}
	}
	for key, b := range books {
		found = append(found, fmt.Sprintf("nobody ordered %s under %s", b.id, key))
	}
	return found
}

func orderID(text string) string {
	var list id.List
	if err := list.Scan([]byte("{" + text + "}")); err != nil {
		return err.Error()
	}
	return id.Order.Format(list[0])
}
