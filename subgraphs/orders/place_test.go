package orders

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// fakeCatalogue offers two variants and does what the test wants of it. How the
// real one behaves, together with orders, is tested in package subgraphs.
type fakeCatalogue struct {
	mug, lamp uuid.UUID

	mu       sync.Mutex
	offers   map[uuid.UUID]*offer
	refuse   []refusal
	fail     map[string]error // by step
	calls    []string
	reserved map[uuid.UUID]int
	released []uuid.UUID
}

func newFakeCatalogue() *fakeCatalogue {
	c := &fakeCatalogue{mug: id.New(), lamp: id.New(), fail: map[string]error{}, reserved: map[uuid.UUID]int{}}
	c.offers = map[uuid.UUID]*offer{
		c.mug:  {product: id.New(), variant: c.mug, productName: "Mug", variantName: "Blue", sku: "MUG", taxClass: "STANDARD", available: true, price: &money.Money{Minor: 1250, Currency: "EUR"}},
		c.lamp: {product: id.New(), variant: c.lamp, productName: "Lamp", variantName: "", sku: "LMP", taxClass: "REDUCED", available: true, price: &money.Money{Minor: 9999, Currency: "EUR"}},
	}
	return c
}

func (c *fakeCatalogue) step(name string) error {
	c.calls = append(c.calls, name)
	return c.fail[name]
}

func (c *fakeCatalogue) quote(_ context.Context, variants []uuid.UUID, _ money.Currency) ([]*offer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	offers := make([]*offer, len(variants))
	for i, variant := range variants {
		offers[i] = c.offers[variant]
	}
	return offers, c.step("quote")
}

func (c *fakeCatalogue) reserve(_ context.Context, o *order) ([]refusal, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reserved[o.id]++
	return c.refuse, c.step("reserve")
}

func (c *fakeCatalogue) confirm(context.Context, uuid.UUID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.step("confirm")
}

func (c *fakeCatalogue) release(_ context.Context, order uuid.UUID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.released = append(c.released, order)
	return c.step("release")
}

const placeQuery = `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
	order { id number status total { amount currencyCode } customer { id } lines { sku productName quantity unitPrice { amount } total { amount } } }
	userErrors { code field message } } }`

func line(variant uuid.UUID, quantity int) map[string]any {
	return map[string]any{"variantId": id.Variant.Format(variant), "quantity": quantity}
}

// place returns "STATUS total" of the order, or the codes of what was wrong.
func (f *fixture) place(t *testing.T, persona, key string, more map[string]any, lines ...map[string]any) string {
	t.Helper()
	input := map[string]any{"idempotencyKey": key, "lines": lines}
	for name, value := range more {
		input[name] = value
	}
	return f.placeInput(t, persona, input)
}

func (f *fixture) placeInput(t *testing.T, persona string, input map[string]any) string {
	t.Helper()
	r := f.as(persona).Do(t, placeQuery, map[string]any{"input": input})
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	if r.Get("placeOrder.order") != nil {
		return fmt.Sprintf("%v %v", r.Get("placeOrder.order.status"), r.Get("placeOrder.order.total.amount"))
	}
	var faults []string
	for _, e := range r.Get("placeOrder.userErrors").([]any) {
		fault := e.(map[string]any)
		faults = append(faults, fmt.Sprint(fault["code"], fault["field"]))
	}
	return strings.Join(faults, " ")
}

// statuses are those of the orders in the database that the demo did not bring.
func (f *fixture) statuses(t *testing.T) string {
	t.Helper()
	var list []string
	if err := f.db.Select(&list, `SELECT status FROM orders WHERE idempotency_key NOT LIKE 'demo-%' ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestPlace(t *testing.T) {
	f := newFixture(t)
	if got := f.place(t, "owner", "k1", nil, line(f.catalogue.mug, 2), line(f.catalogue.lamp, 1), line(f.catalogue.mug, 1)); got != "PLACED 137.49" {
		t.Fatalf("placed: %s", got)
	}
	if got := strings.Join(f.catalogue.calls, " "); got != "quote reserve confirm" {
		t.Errorf("products was asked to %s", got)
	}
	// Sent again it is the same order, and products is not even asked.
	f.catalogue.calls = nil
	if got := f.place(t, "owner", "k1", nil, line(f.catalogue.lamp, 1), line(f.catalogue.mug, 3)); got != "PLACED 137.49" || f.catalogue.calls != nil || f.statuses(t) != "PLACED" {
		t.Errorf("sent again: %s, products asked to %v, orders %s", got, f.catalogue.calls, f.statuses(t))
	}
	// Names and prices are those of that moment.
	f.catalogue.offers[f.catalogue.mug].productName, f.catalogue.offers[f.catalogue.mug].price.Minor = "Cup", 1
	r := f.as("owner").Do(t, `query($id: ID!) { order(id: $id) { lines { productName variantName sku quantity unitPrice { amount } total { amount } } } }`, map[string]any{"id": f.newest(t)})
	if got := fmt.Sprint(r.Get("order.lines")); got != "[map[productName:Mug quantity:3 sku:MUG total:map[amount:37.50] unitPrice:map[amount:12.50] variantName:Blue] "+
		"map[productName:Lamp quantity:1 sku:LMP total:map[amount:99.99] unitPrice:map[amount:99.99] variantName:]]" {
		t.Errorf("lines: %s", got)
	}
}

func (f *fixture) newest(t *testing.T) string {
	t.Helper()
	var key uuid.UUID
	if err := f.db.Get(&key, `SELECT id FROM orders ORDER BY id DESC LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	return id.Order.Format(key)
}

func TestKeys(t *testing.T) {
	f := newFixture(t)
	first := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1))
	if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 2)); got != "IDEMPOTENCY_KEY_REUSED[input idempotencyKey]" {
		t.Errorf("another quantity under the key: %s", got)
	}
	if got := f.place(t, "owner", "k", map[string]any{"expectedTotal": map[string]any{"amount": "12.50", "currencyCode": "EUR"}}, line(f.catalogue.mug, 1)); !strings.HasPrefix(got, "IDEMPOTENCY_KEY_REUSED") {
		t.Errorf("another expectation under the key: %s", got)
	}
	if got := f.place(t, "another", "k", nil, line(f.catalogue.mug, 2)); got != "PLACED 25.00" {
		t.Errorf("another customer's key: %s", got)
	}
	if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1)); got != first {
		t.Errorf("sent again: %s, want %s", got, first)
	}
}

// The same request 20 times at once: one order, 20 equal answers.
func TestDoubleSubmit(t *testing.T) {
	f := newFixture(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := f.place(t, "owner", "once", nil, line(f.catalogue.mug, 1)); got != "PLACED 12.50" {
				t.Errorf("placed: %s", got)
			}
		})
	}
	all.Wait()
	if f.statuses(t) != "PLACED" || len(f.catalogue.reserved) != 1 {
		t.Errorf("orders %s, %d reservations", f.statuses(t), len(f.catalogue.reserved))
	}
}

// Whatever step fails, nothing is lost: the request, sent again, goes on.
func TestEveryStepMayFail(t *testing.T) {
	for _, step := range []string{"quote", "reserve", "confirm"} {
		f := newFixture(t)
		f.catalogue.fail[step] = apierror.Wrap(errors.New("connection refused"), apierror.ServiceUnavailable, "products cannot be reached at the moment; try again")
		if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1)); got != "SERVICE_UNAVAILABLE" {
			t.Errorf("%s fails: %s", step, got)
		}
		if want := map[bool]string{true: "PENDING"}[step != "quote"]; f.statuses(t) != want {
			t.Errorf("%s failed and left %q, want %q", step, f.statuses(t), want)
		}
		delete(f.catalogue.fail, step)
		if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1)); got != "PLACED 12.50" || f.statuses(t) != "PLACED" || len(f.catalogue.reserved) != 1 {
			t.Errorf("%s failed and then: %s, orders %s, %d reservations", step, got, f.statuses(t), len(f.catalogue.reserved))
		}
	}
}

// A pending order is not in the customer's list, and can be read by its id.
func TestAPendingOrder(t *testing.T) {
	f := newFixture(t)
	f.catalogue.fail["reserve"] = errors.New("broken")
	if got := f.place(t, "newcomer", "k", nil, line(f.catalogue.mug, 1)); got != "INTERNAL_SERVER_ERROR" {
		t.Fatal(got)
	}
	r := f.as("newcomer").Do(t, `query($id: ID!) { order(id: $id) { status placedAt customer { orders { totalCount nodes { id } } } } }`, map[string]any{"id": f.newest(t)})
	if got := fmt.Sprint(r.Get("order")); got != "map[customer:map[orders:map[nodes:[] totalCount:0]] placedAt:<nil> status:PENDING]" {
		t.Errorf("the order: %s", got)
	}
}

// A refusal is told where it stands in the customer's input, and stands.
func TestARefusalStands(t *testing.T) {
	f := newFixture(t)
	f.catalogue.refuse = []refusal{{1, model.OrderUserErrorCodeInsufficientStock, "only 1 are left"}}
	lines := []map[string]any{line(f.catalogue.mug, 1), line(f.catalogue.mug, 1), line(f.catalogue.lamp, 2)}
	const want = "INSUFFICIENT_STOCK[input lines 2 variantId]"
	if got := f.place(t, "owner", "k", nil, lines...); got != want {
		t.Fatalf("refused: %s", got)
	}
	f.catalogue.refuse, f.catalogue.calls = nil, nil
	if got := f.place(t, "owner", "k", nil, lines...); got != want || f.catalogue.calls != nil || f.statuses(t) != "REJECTED" {
		t.Errorf("sent again: %s, products asked to %v, orders %s", got, f.catalogue.calls, f.statuses(t))
	}
	if got := f.place(t, "owner", "k2", nil, lines...); got != "PLACED 224.98" {
		t.Errorf("under another key: %s", got)
	}
}

func TestExpectedTotal(t *testing.T) {
	f := newFixture(t)
	expecting := func(amount, currency string) map[string]any {
		return map[string]any{"expectedTotal": map[string]any{"amount": amount, "currencyCode": currency}}
	}
	for _, c := range []struct {
		more map[string]any
		want string
	}{
		{expecting("25.00", "EUR"), "PLACED 25.00"},
		{expecting("25", "EUR"), "PLACED 25.00"},
		{expecting("20.00", "EUR"), "PRICE_CHANGED[input expectedTotal]"},
		{expecting("25.00", "USD"), "INVALID_AMOUNT[input expectedTotal currencyCode]"},
		{expecting("25.001", "EUR"), "INVALID_AMOUNT[input expectedTotal amount]"},
	} {
		if got := f.place(t, "owner", fmt.Sprint(c.more), c.more, line(f.catalogue.mug, 2)); got != c.want {
			t.Errorf("expecting %v: %s, want %s", c.more, got, c.want)
		}
	}
	// What was refused for its price took nothing, and its key is free.
	if got := f.place(t, "owner", fmt.Sprint(expecting("20.00", "EUR")), nil, line(f.catalogue.mug, 2)); got != "PLACED 25.00" {
		t.Errorf("corrected under the same key: %s", got)
	}
}

func TestWhatCannotBeOrdered(t *testing.T) {
	f := newFixture(t)
	many := make([]map[string]any, 101)
	for i := range many {
		many[i] = line(f.catalogue.mug, 1)
	}
	f.catalogue.offers[f.catalogue.lamp].price = nil
	for name, c := range map[string]struct {
		key   string
		lines []map[string]any
		want  string
	}{
		"no key":             {"", []map[string]any{line(f.catalogue.mug, 1)}, "INVALID_IDEMPOTENCY_KEY[input idempotencyKey]"},
		"a long key":         {strings.Repeat("k", 101), []map[string]any{line(f.catalogue.mug, 1)}, "INVALID_IDEMPOTENCY_KEY[input idempotencyKey]"},
		"a NUL in the key":   {"a\x00b", []map[string]any{line(f.catalogue.mug, 1)}, "INVALID_IDEMPOTENCY_KEY[input idempotencyKey]"},
		"nothing":            {"k", []map[string]any{}, "INVALID_LINES[input lines]"},
		"101 lines":          {"k", many, "INVALID_LINES[input lines]"},
		"quantity -1":        {"k", []map[string]any{line(f.catalogue.mug, -1)}, "INVALID_QUANTITY[input lines 0 quantity]"},
		"quantity 0":         {"k", []map[string]any{line(f.catalogue.mug, 0)}, "INVALID_QUANTITY[input lines 0 quantity]"},
		"quantity 1000":      {"k", []map[string]any{line(f.catalogue.mug, 1000)}, "INVALID_QUANTITY[input lines 0 quantity]"},
		"quantity 2^31":      {"k", []map[string]any{line(f.catalogue.mug, 1<<31)}, "INVALID_QUANTITY[input lines 0 quantity]"},
		"999 and 1":          {"k", []map[string]any{line(f.catalogue.mug, 999), line(f.catalogue.mug, 1)}, "INVALID_QUANTITY[input lines 1 quantity]"},
		"no variant's id":    {"k", []map[string]any{{"variantId": orderID(0), "quantity": 1}}, "VARIANT_NOT_FOUND[input lines 0 variantId]"},
		"an unknown variant": {"k", []map[string]any{line(id.New(), 1)}, "VARIANT_NOT_FOUND[input lines 0 variantId]"},
		"not in euros":       {"k", []map[string]any{line(f.catalogue.lamp, 1)}, "CURRENCY_NOT_OFFERED[input lines 0 variantId]"},
		"all that is wrong": {"", []map[string]any{line(f.catalogue.mug, 0), {"variantId": "x", "quantity": 1}},
			"INVALID_IDEMPOTENCY_KEY[input idempotencyKey] INVALID_QUANTITY[input lines 0 quantity] VARIANT_NOT_FOUND[input lines 1 variantId]"},
	} {
		if got := f.place(t, "owner", c.key, nil, c.lines...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if f.statuses(t) != "" {
		t.Errorf("left orders: %s", f.statuses(t))
	}
	if got := f.place(t, "anonymous", "k", nil, line(f.catalogue.mug, 1)); got != "UNAUTHENTICATED" {
		t.Errorf("without a login: %s", got)
	}
}

// Totals are exact or refused, at the very edge of what can be counted.
func TestTotalsDoNotOverflow(t *testing.T) {
	r := &request{currency: "EUR", lines: []requestLine{{variant: uuid.UUID{1}, quantity: 2, input: 0}, {variant: uuid.UUID{2}, quantity: 1, input: 4}}}
	offers := func(first, second int64) []*offer {
		return []*offer{{price: &money.Money{Minor: first, Currency: "EUR"}}, {price: &money.Money{Minor: second, Currency: "EUR"}}}
	}
	for _, c := range []struct {
		first, second int64
		want          string
	}{
		{math.MaxInt64 / 2, 1, "9223372036854775807"},
		{math.MaxInt64 / 2, 2, "TOTAL_TOO_LARGE[input lines 4 quantity]"},
		{math.MaxInt64/2 + 1, 0, "TOTAL_TOO_LARGE[input lines 0 quantity]"},
	} {
		o, faults := r.order(offers(c.first, c.second), UsualTaxRates())
		got := fmt.Sprint(o.total.Minor)
		if len(faults) > 0 {
			got = fmt.Sprint(faults[0].Code, faults[0].Field)
		}
		if got != c.want {
			t.Errorf("2 × %d + %d = %s, want %s", c.first, c.second, got, c.want)
		}
	}
}
