package subgraphs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
)

const placeQuery = `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
	order { id status total { amount } customer { id } } userErrors { code field message } } }`

// place orders for a user of the demo and returns "STATUS total" of the order,
// or the codes of what was wrong.
func (s *shop) place(t *testing.T, user int, key string, lines ...any) string {
	t.Helper()
	r := s.as(t, user, "orders").Do(t, placeQuery, map[string]any{"input": map[string]any{"idempotencyKey": key, "lines": lines}})
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

func line(variant string, quantity int) any {
	return map[string]any{"variantId": variant, "quantity": quantity}
}

// shelf adds products at 10.00 EUR of which so many are there, through the API,
// and returns their variants.
func (s *shop) shelf(t *testing.T, products, onHand int) (variants []string) {
	t.Helper()
	for range products {
		r := do(t, s.as(t, 1, "products"), `mutation($input: CreateProductInput!) { createProduct(input: $input) { product { variants { id } } } }`,
			map[string]any{"input": map[string]any{"name": "Thing", "status": "ACTIVE", "variants": []any{map[string]any{
				"sku": strings.ReplaceAll(id.New().String(), "-", "."), "onHand": onHand, "prices": []any{map[string]any{"amount": "10.00", "currencyCode": "EUR"}}}}}})
		variants = append(variants, r.Get("createProduct.product.variants.0.id").(string))
	}
	return variants
}

// stock is "on hand/reserved" of a variant, as staff sees it.
func (s *shop) stock(t *testing.T, variant string) string {
	t.Helper()
	r := do(t, s.as(t, 1, "products"), `query($id: [ID!]!) { productVariants(ids: $id) { stock { onHand reserved } } }`, map[string]any{"id": []string{variant}})
	return fmt.Sprintf("%v/%v", r.Get("productVariants.0.stock.onHand"), r.Get("productVariants.0.stock.reserved"))
}

// audit compares the books of both services by SQL: the ledger adds up to the
// stock, orders add up to their lines, and a placed order is one whose stock was
// sold.
func audit(t *testing.T, s *shop) {
	t.Helper()
	for what, c := range map[string]struct{ subgraph, query string }{
		"variants whose ledger is not their stock": {"products", `
			SELECT count(*) FROM stock s
			CROSS JOIN LATERAL (SELECT coalesce(sum(on_hand_delta), 0) AS on_hand, coalesce(sum(reserved_delta), 0) AS reserved
				FROM stock_movements WHERE variant_id = s.variant_id) m
			WHERE (s.on_hand, s.reserved) <> (m.on_hand, m.reserved)`},
		"orders that do not add up": {"orders", `
			SELECT count(*) FROM orders o WHERE total <> (SELECT sum(total) FROM order_lines WHERE order_id = o.id)`},
	} {
		var n int
		if err := s.databases[c.subgraph].Get(&n, c.query); err != nil || n != 0 {
			t.Errorf("%d %s, %v", n, what, err)
		}
	}
	placed := texts(t, s.databases["orders"], `SELECT id FROM orders WHERE status = 'PLACED' ORDER BY id`)
	sold := texts(t, s.databases["products"], `SELECT order_id FROM reservations WHERE state = 'CONFIRMED' ORDER BY order_id`)
	if placed != sold {
		t.Errorf("placed orders\n%s\nstock sold for\n%s", placed, sold)
	}
}

func texts(t *testing.T, db *sqlx.DB, query string) string {
	t.Helper()
	var rows []string
	if err := db.Select(&rows, query); err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// 50 customers at once want one each of 5.
func TestNoOverselling(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		variant := s.shelf(t, 1, 5)[0]
		var placed, refused atomic.Int32
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				switch got := s.place(t, 3+i, "mine", line(variant, 1)); got {
				case "PLACED 10.00":
					placed.Add(1)
				case "INSUFFICIENT_STOCK[input lines 0 variantId]":
					refused.Add(1)
				default:
					t.Errorf("place: %s", got)
				}
			})
		}
		all.Wait()
		if placed.Load() != 5 || refused.Load() != 45 || s.stock(t, variant) != "0/0" {
			t.Errorf("%d placed, %d refused, stock %s", placed.Load(), refused.Load(), s.stock(t, variant))
		}
		audit(t, s)
	})
}

// One variant in two lines is one line: what is there counts for both together.
func TestTheSameVariantTwice(t *testing.T) {
	s := together(t)
	variant := s.shelf(t, 1, 1)[0]
	if got := s.place(t, 3, "k", line(variant, 1), line(variant, 1)); got != "INSUFFICIENT_STOCK[input lines 0 variantId]" || s.stock(t, variant) != "1/0" {
		t.Errorf("placed: %s, stock %s", got, s.stock(t, variant))
	}
	audit(t, s)
}

// The same request 20 times at once: one order, 20 equal answers, one
// reservation.
func TestDoubleSubmit(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		variant := s.shelf(t, 1, 50)[0]
		answers := make(chan string, 20)
		var all sync.WaitGroup
		for range cap(answers) {
			all.Go(func() {
				r := s.as(t, 3, "orders").Do(t, placeQuery, map[string]any{"input": map[string]any{"idempotencyKey": "once", "lines": []any{line(variant, 2)}}})
				answers <- string(r.Body)
			})
		}
		all.Wait()
		close(answers)
		first := <-answers
		for answer := range answers {
			if answer != first {
				t.Errorf("two answers:\n%s%s", first, answer)
			}
		}
		if got := s.stock(t, variant); got != "48/0" {
			t.Errorf("stock %s", got)
		}
		audit(t, s)
	})
}

// Orders of the same things in opposite order all come through.
func TestNoDeadlock(t *testing.T) {
	s := together(t)
	shelf := s.shelf(t, 2, 1000)
	var all sync.WaitGroup
	for user, lines := range map[int][]any{3: {line(shelf[0], 1), line(shelf[1], 1)}, 4: {line(shelf[1], 1), line(shelf[0], 1)}} {
		for n := range 2 {
			all.Go(func() {
				for i := range 50 {
					if got := s.place(t, user, fmt.Sprint(n, "/", i), lines...); got != "PLACED 20.00" {
						t.Errorf("place: %s", got)
					}
				}
			})
		}
	}
	all.Wait()
	if got := s.stock(t, shelf[0]); got != "800/0" {
		t.Errorf("stock %s", got)
	}
	audit(t, s)
}

// A price that changes between quote and reservation is noticed: nothing is
// taken at the old one, nor at the new.
func TestThePriceChangesMeanwhile(t *testing.T) {
	s := together(t)
	variant := s.shelf(t, 1, 5)[0]
	key, err := id.Variant.Parse(variant)
	if err != nil {
		t.Fatal(err)
	}
	products := s.handlers["products"]
	changed := false
	s.interpose(t, func(w http.ResponseWriter, r *http.Request) {
		products.ServeHTTP(w, r)
		if !changed { // after the quote
			changed = true
			s.databases["products"].MustExec(`UPDATE variant_prices SET amount = 1200 WHERE variant_id = $1`, key)
		}
	})
	if got := s.place(t, 3, "k", line(variant, 1)); got != "PRICE_CHANGED[input lines 0 variantId]" || s.stock(t, variant) != "5/0" {
		t.Errorf("placed: %s, stock %s", got, s.stock(t, variant))
	}
	if got := s.place(t, 3, "k2", line(variant, 1)); got != "PLACED 12.00" {
		t.Errorf("at the new price: %s", got)
	}
	audit(t, s)
}

// interpose puts a handler between orders and products, on a network.
func (s *shop) interpose(t *testing.T, between http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(between)
	t.Cleanup(server.Close)
	usersJWKS := httptest.NewServer(s.handlers["users"])
	t.Cleanup(usersJWKS.Close)
	config := s.config
	config.UsersJWKS, config.ProductsURL = usersJWKS.URL+"/.well-known/jwks.json", server.URL+"/graphql"
	orders, err := Start(t.Context(), "orders", s.databases["orders"], config)
	if err != nil {
		t.Fatal(err)
	}
	s.handlers["orders"] = orders.Handler
}

// Whichever answer of products is lost, after it did its work, the order sent
// again comes to the same end, once.
func TestLostAnswers(t *testing.T) {
	for lost, step := range []string{"quote", "reserve", "confirm"} {
		t.Run(step, func(t *testing.T) {
			s := together(t)
			variant := s.shelf(t, 1, 5)[0]
			products, calls := s.handlers["products"], 0
			s.interpose(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				if calls-1 == lost {
					products.ServeHTTP(httptest.NewRecorder(), r)
					panic(http.ErrAbortHandler)
				}
				products.ServeHTTP(w, r)
			})
			if got := s.place(t, 3, "k", line(variant, 2)); got != "SERVICE_UNAVAILABLE" {
				t.Errorf("the answer is lost: %s", got)
			}
			for range 2 {
				if got := s.place(t, 3, "k", line(variant, 2)); got != "PLACED 20.00" || s.stock(t, variant) != "3/0" {
					t.Errorf("sent again: %s, stock %s", got, s.stock(t, variant))
				}
			}
			audit(t, s)
		})
	}
}

// With products down orders are read as before, and none is placed.
func TestProductsIsDown(t *testing.T) {
	s := together(t)
	variant := s.shelf(t, 1, 5)[0]
	s.interpose(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if got := s.place(t, 3, "k", line(variant, 1)); got != "SERVICE_UNAVAILABLE" {
		t.Errorf("placed: %s", got)
	}
	r := do(t, s.as(t, 0, "orders"), `query($id: ID!) { order(id: $id) { total { amount } lines { productName unitPrice { amount } product { id } } } }`,
		map[string]any{"id": id.Order.Format(size.Order(0).ID)})
	if r.Get("order.lines.0.productName") != size.Order(0).Lines[0].ProductName {
		t.Errorf("read: %s", r.Body)
	}
}
