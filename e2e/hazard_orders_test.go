package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	minor "github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/token"
)

// buyer is the access token of a customer of the demo, each time the next one.
func (h *hazards) buyer() string {
	const first = 6 // behind those whom other hazards know
	n := int(h.buyers.Add(1)) % (demodata.Usual.Users - first)
	return h.people.Token(id.User.Format(demodata.Usual.User(first+n).ID), token.Customer)
}

// shelf adds a product on sale, of which so many are there, and returns it with
// its variant.
func (h *hazards) shelf(t *testing.T, onHand int, prices ...any) product {
	t.Helper()
	a := h.must(t, "staff", `mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id variants { id } } userErrors { message } } }`,
		map[string]any{"input": map[string]any{"name": "Thing", "status": "ACTIVE", "variants": []any{map[string]any{
			"sku": strings.ReplaceAll(id.New().String(), "-", "."), "onHand": onHand, "prices": prices}}}})
	return product{text(a, "createProduct", "product", "id"), text(a, "createProduct", "product", "variants", 0, "id"), "Thing"}
}

// stock is "on hand/reserved" of a variant.
func (h *hazards) stock(t *testing.T, variant string) string {
	t.Helper()
	a := h.must(t, "staff", `query ($ids: [ID!]!) { productVariants(ids: $ids) { stock { onHand reserved } } }`, map[string]any{"ids": []string{variant}})
	return text(a, "productVariants", 0, "stock", "onHand") + "/" + text(a, "productVariants", 0, "stock", "reserved")
}

func orderLine(variant string, quantity int) any {
	return map[string]any{"variantId": variant, "quantity": quantity}
}

const placeOrder = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
	order { id status total { amount } } userErrors { code message } } }`

// place orders and returns the answer, and in short "STATUS total", or the code
// of what was wrong.
func (s *shop) place(t *testing.T, token string, input map[string]any) (a answer, short string) {
	t.Helper()
	a = s.ask(t, token, placeOrder, map[string]any{"input": input})
	switch {
	case len(a.Errors) > 0:
		return a, a.codes()
	case get(a.Data, "placeOrder", "order") != nil:
		return a, text(a.Data, "placeOrder", "order", "status") + " " + text(a.Data, "placeOrder", "order", "total", "amount")
	}
	return a, text(a.Data, "placeOrder", "userErrors", 0, "code")
}

func input(key string, lines ...any) map[string]any {
	return map[string]any{"idempotencyKey": key, "lines": lines}
}

// 50 customers at once want one each of 5.
func moreThanThereIs(t *testing.T, h *hazards) {
	thing := h.shelf(t, 5, money10)
	outcomes := map[string]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			_, got := h.place(t, h.buyer(), input(fmt.Sprint("mine ", i), orderLine(thing.variant, 1)))
			mu.Lock()
			defer mu.Unlock()
			outcomes[got]++
		})
	}
	all.Wait()
	if outcomes["PLACED 10.00"] != 5 || outcomes["INSUFFICIENT_STOCK"] != 45 || h.stock(t, thing.variant) != "0/0" {
		t.Errorf("%v, stock %s", outcomes, h.stock(t, thing.variant))
	}
}

var money10 any = map[string]any{"amount": "10.00", "currencyCode": "EUR"}

func theSameVariantTwice(t *testing.T, h *hazards) {
	thing := h.shelf(t, 1, money10)
	if _, got := h.place(t, h.buyer(), input("both", orderLine(thing.variant, 1), orderLine(thing.variant, 1))); got != "INSUFFICIENT_STOCK" || h.stock(t, thing.variant) != "1/0" {
		t.Errorf("%s, stock %s", got, h.stock(t, thing.variant))
	}
}

func inOppositeOrder(t *testing.T, h *hazards) {
	one, two := h.shelf(t, 1000, money10), h.shelf(t, 1000, money10)
	var all sync.WaitGroup
	for n, lines := range [][]any{{orderLine(one.variant, 1), orderLine(two.variant, 1)}, {orderLine(two.variant, 1), orderLine(one.variant, 1)}} {
		for k := range 4 {
			buyer := h.buyer()
			all.Go(func() {
				for i := range 25 {
					if a, got := h.place(t, buyer, input(fmt.Sprint(n, k, i), lines...)); got != "PLACED 20.00" {
						t.Errorf("%s: %s", got, a.body)
					}
				}
			})
		}
	}
	all.Wait()
	if got := h.stock(t, one.variant) + " " + h.stock(t, two.variant); got != "800/0 800/0" {
		t.Errorf("stock %s", got)
	}
}

func sentTwice(t *testing.T, h *hazards) {
	thing, buyer := h.shelf(t, 50, money10), h.buyer()
	answers := make(chan string, 20)
	var all sync.WaitGroup
	for range cap(answers) {
		all.Go(func() {
			a, _ := h.place(t, buyer, input("once", orderLine(thing.variant, 2)))
			answers <- a.body
		})
	}
	all.Wait()
	first := <-answers
	for range cap(answers) - 1 {
		if again := <-answers; again != first || !strings.Contains(first, `"PLACED"`) {
			t.Errorf("two answers:\n%s\n%s", first, again)
		}
	}
	if _, got := h.place(t, buyer, input("once", orderLine(thing.variant, 3))); got != "IDEMPOTENCY_KEY_REUSED" {
		t.Errorf("another order under the key: %s", got)
	}
	if _, got := h.place(t, h.buyer(), input("once", orderLine(thing.variant, 3))); got != "PLACED 30.00" || h.stock(t, thing.variant) != "45/0" {
		t.Errorf("another's key: %s, stock %s", got, h.stock(t, thing.variant))
	}
}

// A price that changes between cart and order is told, and one that changes after
// it changes nothing.
func thePriceChanges(t *testing.T, h *hazards) {
	thing, buyer := h.shelf(t, 5, money10), h.buyer()
	ask := func(query string, variables map[string]any) map[string]any {
		a := h.ask(t, buyer, query, variables)
		if len(a.Errors) > 0 {
			t.Fatalf("%s", a.body)
		}
		return a.Data
	}
	ask(`mutation ($v: ID!) { addToCart(input: {variantId: $v}) { userErrors { message } } }`, map[string]any{"v": thing.variant})
	change := func(amount string) {
		h.must(t, "staff", `mutation ($v: ID!, $a: Decimal!) { updateProductVariant(input: {id: $v, prices: [{amount: $a, currencyCode: "EUR"}]}) { userErrors { message } } }`,
			map[string]any{"v": thing.variant, "a": amount})
	}
	change("12.00")
	if a := ask(`{ cart { total { amount } lines { warnings variant { sku } } } }`, nil); text(a, "cart", "total", "amount") != "12.00" || text(a, "cart", "lines", 0, "warnings") != "[PRICE_CHANGED]" {
		t.Errorf("the cart: %v", a)
	}
	expecting := func(key, amount string) map[string]any {
		return map[string]any{"idempotencyKey": key, "expectedTotal": map[string]any{"amount": amount, "currencyCode": "EUR"}}
	}
	a, got := h.place(t, buyer, expecting("cart", "10.00"))
	if got != "PRICE_CHANGED" || !strings.Contains(a.body, "12.00 EUR") || h.stock(t, thing.variant) != "5/0" {
		t.Errorf("expecting the old price: %s, stock %s", a.body, h.stock(t, thing.variant))
	}
	a, got = h.place(t, buyer, expecting("cart", "12.00"))
	if got != "PLACED 12.00" || h.stock(t, thing.variant) != "4/0" {
		t.Fatalf("expecting the new price: %s, stock %s", a.body, h.stock(t, thing.variant))
	}
	change("99.00")
	h.must(t, "staff", `mutation ($p: ID!) { updateProduct(input: {id: $p, name: "Other", status: ARCHIVED}) { userErrors { message } } }`, map[string]any{"p": thing.id})
	read := h.ask(t, buyer, `query ($id: ID!) { order(id: $id) { total { amount } lines { productName unitPrice { amount } product { name } } } }`,
		map[string]any{"id": text(a.Data, "placeOrder", "order", "id")})
	if got := fmt.Sprint(read.Data); got != "map[order:map[lines:[map[product:<nil> productName:Thing unitPrice:map[amount:12.00]]] total:map[amount:12.00]]]" {
		t.Errorf("the order afterwards: %s", got)
	}
}

// Whatever is ordered, at every level the sum of the parts is the whole.
func sums(t *testing.T, h *hazards) {
	for _, currency := range []minor.Currency{"EUR", "JPY", "KWD"} {
		var lines []any
		for range 7 {
			price := minor.Money{Minor: rand.Int64N(1000), Currency: currency}
			thing := h.shelf(t, 1000, map[string]any{"amount": price.Amount(), "currencyCode": currency})
			lines = append(lines, orderLine(thing.variant, 1+rand.IntN(999)))
		}
		a := h.ask(t, h.buyer(), `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order {
			total { amount } tax { amount } netTotal { amount } lines { quantity unitPrice { amount } total { amount } tax { amount } netTotal { amount } } } userErrors { message } } }`,
			map[string]any{"input": map[string]any{"idempotencyKey": "sums in " + string(currency), "currencyCode": currency, "lines": lines}})
		order := get(a.Data, "placeOrder", "order")
		amount := func(of any, name string) int64 {
			m, err := minor.Parse(text(of, name, "amount"), currency)
			if err != nil {
				t.Fatalf("%v in %s", err, a.body)
			}
			return m.Minor
		}
		var total, tax, net int64
		for i := range lines {
			line := get(order, "lines", i)
			if amount(line, "total") != amount(line, "unitPrice")*int64(get(line, "quantity").(float64)) || amount(line, "netTotal")+amount(line, "tax") != amount(line, "total") {
				t.Errorf("a line: %v", line)
			}
			total, tax, net = total+amount(line, "total"), tax+amount(line, "tax"), net+amount(line, "netTotal")
		}
		if amount(order, "total") != total || amount(order, "tax") != tax || amount(order, "netTotal") != net || net+tax != total {
			t.Errorf("the order: %s", a.body)
		}
	}
}

// A paid order is shipped and cancelled at once: one of the two is done, and the
// stock, the money and the timeline agree with it.
func twoChangesAtOnce(t *testing.T, h *hazards) {
	const rounds = 25
	thing := h.shelf(t, rounds, money10)
	buyer, orders := h.buyer(), []string{}
	for i := range rounds {
		a, _ := h.place(t, buyer, input(fmt.Sprint("race ", i), orderLine(thing.variant, 1)))
		orders = append(orders, text(a.Data, "placeOrder", "order", "id"))
		h.ask(t, buyer, `mutation ($id: ID!) { payOrder(input: {orderId: $id, method: "fake-accepted"}) { payment { state } } }`, map[string]any{"id": orders[i]})
	}
	const story = `query ($id: ID!) { order(id: $id) { status timeline { kind } payments { state } } }`
	await := func(order string, want ...string) map[string]any {
		for { // fields of one answer may be of different moments
			a := h.must(t, "staff", story, map[string]any{"id": order})
			if !slices.ContainsFunc(want, func(part string) bool { return !strings.Contains(fmt.Sprint(a), part) }) {
				return a
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	var shipped atomic.Int32
	for _, order := range orders {
		await(order, "status:PAID")
		var done atomic.Int32
		var all sync.WaitGroup
		for token, mutation := range map[string]string{buyer: `cancelOrder(input: {orderId: $id})`, h.tokens["staff"]: `shipOrder(input: {orderId: $id, carrier: "Post"})`} {
			all.Go(func() {
				a := h.ask(t, token, `mutation ($id: ID!) { done: `+mutation+` { order { status } userErrors { code } } }`, map[string]any{"id": order})
				if get(a.Data, "done", "order") != nil {
					done.Add(1)
				} else if text(a.Data, "done", "userErrors", 0, "code") != "WRONG_STATUS" {
					t.Errorf("%s: %s", mutation, a.body)
				}
			})
		}
		all.Wait()
		if a := h.must(t, "staff", story, map[string]any{"id": order}); done.Load() != 1 {
			t.Errorf("%d were done: %v", done.Load(), a)
		} else if text(a, "order", "status") == "SHIPPED" {
			shipped.Add(1)
		} else if a = await(order, "PAYMENT_REFUNDED", "state:REFUNDED"); fmt.Sprint(a) != "map[order:map[payments:[map[state:REFUNDED]] status:CANCELLED timeline:[map[kind:PLACED] map[kind:PAID] map[kind:CANCELLED] map[kind:PAYMENT_REFUNDED]]]]" {
			t.Errorf("cancelled: %v", a)
		}
	}
	want := fmt.Sprintf("%d/0", rounds-shipped.Load())
	for h.stock(t, thing.variant) != want { // the workers give it back
		time.Sleep(20 * time.Millisecond)
	}
}
