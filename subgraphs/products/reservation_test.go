package products

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// shelf adds products on sale, each with one variant of which so many are there,
// at 10.00 EUR.
func (f *fixture) shelf(t *testing.T, products, onHand int) (variants []string) {
	t.Helper()
	for range products {
		n := len(f.skus(t))
		d, faults := checkDraft(model.CreateProductInput{Name: "Thing", Status: model.ProductStatusActive, TaxClass: model.TaxClassStandard, Variants: []*model.CreateProductVariantInput{{
			Sku: fmt.Sprintf("SHELF-%d", n), Prices: []*model.MoneyInput{{Amount: "10.00", CurrencyCode: "EUR"}}, OnHand: onHand,
		}}})
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		if faults, err := f.store.create(t.Context(), d); err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
		variants = append(variants, id.Variant.Format(d.variants[0].id))
	}
	return variants
}

func (f *fixture) skus(t *testing.T) (skus []string) {
	t.Helper()
	if err := f.db.Select(&skus, `SELECT sku FROM variants`); err != nil {
		t.Fatal(err)
	}
	return skus
}

const (
	reserveQuery = `mutation($input: ReserveStockInput!) { reserveStock(input: $input) { reservation { orderId state } userErrors { code field message } } }`
	confirmQuery = `mutation($input: StockReservationInput!) { confirmReservation(input: $input) { reservation { state } userErrors { code } } }`
	releaseQuery = `mutation($input: StockReservationInput!) { releaseReservation(input: $input) { reservation { state } userErrors { code } } }`
)

// line is "variant × quantity" of a request, at 10.00 EUR unless it says other.
func line(variant string, quantity int, amount ...string) map[string]any {
	return map[string]any{"variantId": variant, "quantity": quantity, "unitPrice": map[string]any{"amount": append(amount, "10.00")[0], "currencyCode": "EUR"}}
}

// reserve answers with the state, or with the codes of the refusal.
func (f *fixture) reserve(t *testing.T, order string, lines ...map[string]any) string {
	t.Helper()
	r := f.as("orders").Do(t, reserveQuery, map[string]any{"input": map[string]any{"orderId": order, "holdForSeconds": 600, "lines": lines}})
	return outcome(t, r.Body, r.Get("reserveStock"))
}

func (f *fixture) confirm(t *testing.T, order string) string {
	t.Helper()
	r := f.as("orders").Do(t, confirmQuery, map[string]any{"input": map[string]any{"orderId": order}})
	return outcome(t, r.Body, r.Get("confirmReservation"))
}

func (f *fixture) release(t *testing.T, order string) string {
	t.Helper()
	r := f.as("orders").Do(t, releaseQuery, map[string]any{"input": map[string]any{"orderId": order}})
	return outcome(t, r.Body, r.Get("releaseReservation"))
}

func outcome(t *testing.T, body []byte, payload any) string {
	t.Helper()
	p, ok := payload.(map[string]any)
	if !ok {
		t.Errorf("no payload: %s", body)
		return ""
	}
	if reservation, ok := p["reservation"].(map[string]any); ok {
		return reservation["state"].(string)
	}
	var codes []string
	for _, e := range p["userErrors"].([]any) {
		codes = append(codes, e.(map[string]any)["code"].(string))
	}
	return strings.Join(codes, " ")
}

// stock is "on hand/reserved" of a variant.
func (f *fixture) stock(t *testing.T, variant string) string {
	t.Helper()
	key, err := id.Variant.Parse(variant)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		OnHand   int `db:"on_hand"`
		Reserved int `db:"reserved"`
	}
	if err := f.db.Get(&s, `SELECT on_hand, reserved FROM stock WHERE variant_id = $1`, key); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d/%d", s.OnHand, s.Reserved)
}

// audit checks by SQL alone that the ledger adds up to the stock, and that what
// is reserved is what held reservations need.
func (f *fixture) audit(t *testing.T) {
	t.Helper()
	var wrong []string
	if err := f.db.Select(&wrong, `
		SELECT format('%s: %s/%s, ledger %s/%s, held %s', v.sku, s.on_hand, s.reserved, m.on_hand, m.reserved, h.held)
		FROM stock s JOIN variants v ON v.id = s.variant_id
		CROSS JOIN LATERAL (SELECT coalesce(sum(on_hand_delta), 0) AS on_hand, coalesce(sum(reserved_delta), 0) AS reserved
			FROM stock_movements WHERE variant_id = s.variant_id) m
		CROSS JOIN LATERAL (SELECT coalesce(sum(l.quantity), 0) AS held FROM reservation_lines l JOIN reservations r USING (order_id)
			WHERE l.variant_id = s.variant_id AND r.state = 'HELD') h
		WHERE (m.on_hand, m.reserved, h.held) IS DISTINCT FROM (s.on_hand, s.reserved, s.reserved)`); err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error("the books do not balance: " + w)
	}
}

func newOrder() string { return id.Order.Format(id.New()) }

// The steps, each sent twice, and what they leave.
func TestReservationSteps(t *testing.T) {
	f := newFixture(t)
	for name, c := range map[string]struct{ steps, outcomes, stock string }{
		"hold, sell":                   {"reserve reserve confirm confirm", "HELD HELD CONFIRMED CONFIRMED", "3/0"},
		"hold, give back":              {"reserve release release", "HELD RELEASED RELEASED", "5/0"},
		"hold, sell, give back":        {"reserve confirm release release", "HELD CONFIRMED RELEASED RELEASED", "5/0"},
		"given back before it came":    {"release reserve reserve confirm", "RELEASED RESERVATION_CLOSED RESERVATION_CLOSED RESERVATION_CLOSED", "5/0"},
		"too late to sell":             {"reserve release confirm", "HELD RELEASED RESERVATION_CLOSED", "5/0"},
		"reserved again after selling": {"reserve confirm reserve", "HELD CONFIRMED CONFIRMED", "3/0"},
		"sold without holding":         {"confirm", "RESERVATION_CLOSED", "5/0"},
		"held":                         {"reserve", "HELD", "5/2"},
	} {
		t.Run(name, func(t *testing.T) {
			variant, order := f.shelf(t, 1, 5)[0], newOrder()
			var outcomes []string
			for step := range strings.FieldsSeq(c.steps) {
				switch step {
				case "reserve":
					outcomes = append(outcomes, f.reserve(t, order, line(variant, 2)))
				case "confirm":
					outcomes = append(outcomes, f.confirm(t, order))
				case "release":
					outcomes = append(outcomes, f.release(t, order))
				}
			}
			if got := strings.Join(outcomes, " "); got != c.outcomes || f.stock(t, variant) != c.stock {
				t.Errorf("%s: %s, stock %s, want %s, stock %s", c.steps, got, f.stock(t, variant), c.outcomes, c.stock)
			}
			f.audit(t)
		})
	}
}

func TestRefusals(t *testing.T) {
	f := newFixture(t)
	shelf := f.shelf(t, 2, 5)
	draft, archived := id.Variant.Format(f.draft.variants[0].id), id.Variant.Format(f.retired.variants[0].id)
	for name, c := range map[string]struct {
		lines []map[string]any
		want  string
	}{
		"more than there are":    {[]map[string]any{line(shelf[0], 6)}, "INSUFFICIENT_STOCK"},
		"another price":          {[]map[string]any{line(shelf[0], 1, "9.99")}, "PRICE_CHANGED"},
		"no such variant":        {[]map[string]any{line(id.Variant.Format(id.New()), 1)}, "VARIANT_NOT_FOUND"},
		"a draft":                {[]map[string]any{line(draft, 1)}, "VARIANT_NOT_FOUND"},
		"archived":               {[]map[string]any{line(archived, 1)}, "VARIANT_NOT_FOUND"},
		"one of two is too much": {[]map[string]any{line(shelf[0], 5), line(shelf[1], 6)}, "INSUFFICIENT_STOCK"},
		"all that is wrong":      {[]map[string]any{line(draft, 1), line(shelf[0], 9), line(shelf[1], 1, "1.00")}, "VARIANT_NOT_FOUND INSUFFICIENT_STOCK PRICE_CHANGED"},
	} {
		order := newOrder()
		for range 2 { // the second answer is the first
			if got := f.reserve(t, order, c.lines...); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
		if got := f.release(t, order); got != "REFUSED" {
			t.Errorf("%s: releasing what was refused: %s", name, got)
		}
	}
	for _, variant := range shelf {
		if got := f.stock(t, variant); got != "5/0" {
			t.Errorf("a refusal took stock: %s", got)
		}
	}
	f.audit(t)
}

// A refusal is final: an order that was told so does not get the stock later.
func TestARefusalStands(t *testing.T) {
	f := newFixture(t)
	variant, first, second := f.shelf(t, 1, 1)[0], newOrder(), newOrder()
	f.reserve(t, first, line(variant, 1))
	if got := f.reserve(t, second, line(variant, 1)); got != "INSUFFICIENT_STOCK" {
		t.Fatal(got)
	}
	f.release(t, first)
	if got := f.reserve(t, second, line(variant, 1)); got != "INSUFFICIENT_STOCK" {
		t.Errorf("the refused order asks again: %s", got)
	}
	if got := f.reserve(t, newOrder(), line(variant, 1)); got != "HELD" {
		t.Errorf("another order: %s", got)
	}
}

func TestAnotherRequestForTheSameOrder(t *testing.T) {
	f := newFixture(t)
	shelf, order := f.shelf(t, 2, 5), newOrder()
	f.reserve(t, order, line(shelf[0], 1), line(shelf[1], 1))
	for name, lines := range map[string][]map[string]any{
		"another quantity": {line(shelf[0], 2), line(shelf[1], 1)},
		"another price":    {line(shelf[0], 1, "9.00"), line(shelf[1], 1)},
		"fewer lines":      {line(shelf[0], 1)},
	} {
		if got := f.reserve(t, order, lines...); got != "RESERVATION_DIFFERS" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := f.reserve(t, order, line(shelf[1], 1), line(shelf[0], 1)); got != "HELD" {
		t.Errorf("the same in another order of lines: %s", got)
	}
}

// 50 orders at once want one each of 5.
func TestNoOverselling(t *testing.T) {
	f := newFixture(t)
	variant := f.shelf(t, 1, 5)[0]
	var held, refused atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			switch got := f.reserve(t, newOrder(), line(variant, 1)); got {
			case "HELD":
				held.Add(1)
			case "INSUFFICIENT_STOCK":
				refused.Add(1)
			default:
				t.Errorf("reserve: %s", got)
			}
		})
	}
	all.Wait()
	if held.Load() != 5 || refused.Load() != 45 || f.stock(t, variant) != "5/5" {
		t.Errorf("%d held, %d refused, stock %s", held.Load(), refused.Load(), f.stock(t, variant))
	}
	f.audit(t)
}

// 20 times the same request at once: one reservation, one answer.
func TestOneReservationForOneOrder(t *testing.T) {
	f := newFixture(t)
	variant, order := f.shelf(t, 1, 5)[0], newOrder()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := f.reserve(t, order, line(variant, 2)); got != "HELD" {
				t.Errorf("reserve: %s", got)
			}
		})
	}
	all.Wait()
	if got := f.stock(t, variant); got != "5/2" {
		t.Errorf("stock %s", got)
	}
	f.audit(t)
}

// Orders of the same things in opposite order never lock each other out.
func TestNoDeadlock(t *testing.T) {
	f := newFixture(t)
	shelf := f.shelf(t, 3, 10_000)
	a, b, c := line(shelf[0], 1), line(shelf[1], 1), line(shelf[2], 1)
	var all sync.WaitGroup
	for _, lines := range [][]map[string]any{{a, b, c}, {c, b, a}, {b, a}, {c, a}} {
		all.Go(func() {
			for range 50 {
				order := newOrder()
				for _, got := range []string{f.reserve(t, order, lines...), f.confirm(t, order), f.release(t, order)} {
					if got != "HELD" && got != "CONFIRMED" && got != "RELEASED" {
						t.Errorf("a step: %s", got)
					}
				}
			}
		})
	}
	all.Wait()
	f.audit(t)
}

// Selling and giving back at the same instant: exactly one order of events.
func TestConfirmAgainstRelease(t *testing.T) {
	f := newFixture(t)
	variant := f.shelf(t, 1, 10_000)[0]
	for range 50 {
		order := newOrder()
		f.reserve(t, order, line(variant, 1))
		var confirmed string
		var both sync.WaitGroup
		both.Go(func() { confirmed = f.confirm(t, order) })
		both.Go(func() { f.release(t, order) })
		both.Wait()
		if confirmed != "CONFIRMED" && confirmed != "RESERVATION_CLOSED" {
			t.Errorf("confirm: %s", confirmed)
		}
	}
	if got := f.stock(t, variant); got != "10000/0" {
		t.Errorf("stock %s", got)
	}
	f.audit(t)
}

func TestJudgePointsAtTheRequestsLines(t *testing.T) {
	a, b := uuid.UUID{1}, uuid.UUID{2}
	euros := money.Money{Minor: 1000, Currency: "EUR"}
	o := order{lines: []orderLine{{a, 1, euros, 11}, {b, 1, euros, 2}}}
	var fields []string
	for _, r := range judge(o, nil) {
		fields = append(fields, strings.Join(r.Field, "."))
	}
	if got := strings.Join(fields, " "); got != "input.lines.2 input.lines.11" {
		t.Errorf("refused at %s", got)
	}
}

// What the orders service could get wrong is refused before anything is locked.
func TestMalformedReservations(t *testing.T) {
	f := newFixture(t)
	variant := f.shelf(t, 1, 5)[0]
	many := make([]map[string]any, 101)
	for i := range many {
		many[i] = line(id.Variant.Format(id.New()), 1)
	}
	dollars := line(f.shelf(t, 1, 5)[0], 1)
	dollars["unitPrice"] = map[string]any{"amount": "10.00", "currencyCode": "USD"}
	for name, input := range map[string]map[string]any{
		"no lines":             {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{}},
		"101 lines":            {"orderId": newOrder(), "holdForSeconds": 600, "lines": many},
		"no order's id":        {"orderId": variant, "holdForSeconds": 600, "lines": []any{line(variant, 1)}},
		"no variant's id":      {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line("x", 1)}},
		"quantity 0":           {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line(variant, 0)}},
		"quantity -1":          {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line(variant, -1)}},
		"quantity 1000":        {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line(variant, 1000)}},
		"one variant twice":    {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line(variant, 1), line(variant, 2)}},
		"two currencies":       {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line(variant, 1), dollars}},
		"too fine a price":     {"orderId": newOrder(), "holdForSeconds": 600, "lines": []any{line(variant, 1, "1.001")}},
		"held for no time":     {"orderId": newOrder(), "holdForSeconds": 0, "lines": []any{line(variant, 1)}},
		"held for a long time": {"orderId": newOrder(), "holdForSeconds": 86401, "lines": []any{line(variant, 1)}},
	} {
		f.db.Statements.Budget(t, 0, func() {
			if r := f.as("orders").Do(t, reserveQuery, map[string]any{"input": input}); r.Codes() != "BAD_USER_INPUT" {
				t.Errorf("%s: %s", name, r.Body)
			}
		})
	}
}

// Nobody but the orders service moves stock, and whoever else tries costs no
// statement.
func TestReservationsAreForTheOrdersService(t *testing.T) {
	f := newFixture(t)
	order, variant := newOrder(), f.shelf(t, 1, 5)[0]
	reserve := map[string]any{"input": map[string]any{"orderId": order, "holdForSeconds": 600, "lines": []any{line(variant, 1)}}}
	step := map[string]any{"input": map[string]any{"orderId": order}}
	for persona, want := range map[string]string{
		"anonymous": "UNAUTHENTICATED", "customer": "FORBIDDEN", "staff": "FORBIDDEN", "admin": "FORBIDDEN", "another service": "FORBIDDEN",
	} {
		f.db.Statements.Budget(t, 0, func() {
			for query, variables := range map[string]map[string]any{reserveQuery: reserve, confirmQuery: step, releaseQuery: step} {
				if r := f.as(persona).Do(t, query, variables); r.Codes() != want {
					t.Errorf("%s: %s", persona, r.Body)
				}
			}
		})
	}
}

// What is held too long is given back, once, by however many sweepers; what is
// confirmed in time, or held with time left, is not.
func TestExpiry(t *testing.T) {
	f := newFixture(t)
	variant := f.shelf(t, 1, 100)[0]
	var held []string
	for range 30 {
		order := newOrder()
		f.reserve(t, order, line(variant, 2))
		held = append(held, order)
	}
	f.confirm(t, held[0])
	f.db.MustExec(`UPDATE reservations SET expires_at = now() - interval '1 second' WHERE state <> 'HELD' OR order_id <> $1`, mustParse(t, id.Order, held[1]))
	var gone atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			n, err := f.store.expire(t.Context(), 100)
			if err != nil {
				t.Error(err)
			}
			gone.Add(int32(n))
		})
	}
	all.Wait()
	if gone.Load() != 28 || f.stock(t, variant) != "98/2" {
		t.Errorf("%d expire, stock %s", gone.Load(), f.stock(t, variant))
	}
	for want, outcome := range map[string]string{
		"RESERVATION_CLOSED":  f.confirm(t, held[2]),
		"RESERVATION_CLOSED ": f.reserve(t, held[2], line(variant, 2)) + " ",
		"EXPIRED":             f.release(t, held[2]),
		"CONFIRMED":           f.confirm(t, held[1]),
	} {
		if outcome != want {
			t.Errorf("outcome %s, want %s", outcome, want)
		}
	}
	f.audit(t)
}

// Confirming and expiring at the same instant, a thousand times: never both, and
// what was on the shelf is there or sold.
func TestConfirmAgainstExpiry(t *testing.T) {
	f := newFixture(t)
	const rounds = 1000
	variant := f.shelf(t, 1, rounds)[0]
	var confirmed, expired atomic.Int32
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range rounds / 4 {
				o := order{id: id.New(), hold: time.Hour, lines: []orderLine{{mustParse(t, id.Variant, variant), 1, money.Money{Minor: 1000, Currency: "EUR"}, 0}}}
				if _, err := f.store.reserve(t.Context(), o); err != nil {
					t.Error(err)
				}
				var both sync.WaitGroup
				both.Go(func() {
					if r, err := f.store.confirm(t.Context(), o.id); err != nil {
						t.Error(err)
					} else if r.State == model.StockReservationStateConfirmed {
						confirmed.Add(1)
					}
				})
				both.Go(func() {
					f.db.MustExec(`UPDATE reservations SET expires_at = now() - interval '1 second' WHERE order_id = $1 AND state = 'HELD'`, o.id)
					n, err := f.store.expire(t.Context(), 1)
					if err != nil {
						t.Error(err)
					}
					expired.Add(int32(n))
				})
				both.Wait()
			}
		})
	}
	workers.Wait()
	n, err := f.store.expire(t.Context(), rounds) // what one sweeper passed over while another had it
	if err != nil {
		t.Fatal(err)
	}
	var books struct {
		OnHand, Sold, Reserved, Confirmed, Expired int
	}
	if err := f.db.Get(&books, `SELECT s.on_hand AS onhand, s.reserved, -coalesce(sum(m.on_hand_delta) FILTER (WHERE m.kind = 'SOLD'), 0) AS sold,
		(SELECT count(*) FROM reservations WHERE state = 'CONFIRMED' AND order_id IN (SELECT order_id FROM reservation_lines WHERE variant_id = $1)) AS confirmed,
		(SELECT count(*) FROM reservations WHERE state = 'EXPIRED') AS expired
		FROM stock s JOIN stock_movements m USING (variant_id) WHERE s.variant_id = $1 GROUP BY s.variant_id`, mustParse(t, id.Variant, variant)); err != nil {
		t.Fatal(err)
	}
	if books.OnHand+books.Sold != rounds || books.Reserved != 0 || books.Confirmed != int(confirmed.Load()) || books.Expired != int(expired.Load())+n || books.Confirmed+books.Expired != rounds {
		t.Errorf("%+v; %d were confirmed and %d expired", books, confirmed.Load(), int(expired.Load())+n)
	}
	t.Logf("%d confirmed, %d expired", books.Confirmed, books.Expired)
	f.audit(t)
}
