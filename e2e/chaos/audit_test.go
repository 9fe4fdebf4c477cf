//go:build unix

package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/subgraphs"
)

var demo = demodata.Size{Users: 10, Products: 5, Orders: 20}

// books are those of a shop where all is well.
func books(t *testing.T) *sqlx.DB {
	t.Helper()
	url := postgrestest.Empty(t)
	for _, s := range subgraphs.All() {
		db, err := (postgres.Subgraph{Name: s.Name, URL: url, Migrations: s.Migrations}).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := s.Seed(t.Context(), db, demo, func(int) {}); err != nil {
			t.Fatal(err)
		}
	}
	db, err := postgres.Open(t.Context(), url, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // what a test breaks, in a transaction, it sees
	return db
}

// Every rule finds what breaks it, and nothing where all is well.
func TestAuditFindsWhatIsWrong(t *testing.T) {
	db := books(t)
	order := "'" + demo.Order(0).ID.String() + "'"
	payment := `INSERT INTO orders.payments (id, order_id, method, amount, currency, state) SELECT gen_random_uuid(), id, 'x', total, currency, 'SUCCEEDED' FROM orders.orders WHERE id = ` + order
	provider := `INSERT INTO orders.fake_payments (reference, payment_id, amount, currency, accepted) SELECT id, id, amount, currency, true FROM orders.payments`
	paid := `UPDATE orders.orders SET status = 'PAID' WHERE id = ` + order
	for statements, want := range map[string][]string{
		"": nil,
		`UPDATE orders.orders SET status = 'PENDING', placed_at = NULL WHERE id = ` + order:                                           {"an order is still undecided", "a reservation has no live order"},
		`INSERT INTO orders.outbox (task, subject, order_id) SELECT 'RELEASE', id, id FROM orders.orders WHERE id = ` + order:         {"something is left in the outbox"},
		`UPDATE products.stock SET on_hand = on_hand + 1 WHERE variant_id = (SELECT min(variant_id::text)::uuid FROM products.stock)`: {"the ledger is not the stock", "on hand, sold and reserved are not what came in"},
		`UPDATE products.reservations SET state = 'RELEASED' WHERE order_id = ` + order:                                               {"on hand, sold and reserved are not what came in", "a live order has no reservation"},
		`UPDATE orders.orders SET status = 'CANCELLED' WHERE id = ` + order:                                                           {"a reservation has no live order", "an order differs from its events"},
		`UPDATE products.reservation_lines SET quantity = quantity + 1 WHERE order_id = ` + order:                                     {"on hand, sold and reserved are not what came in", "an order and its reservation have other lines"},
		`UPDATE orders.orders SET total = total + 1 WHERE id = ` + order:                                                              {"an order does not add up"},
		`UPDATE orders.orders SET version = 2 WHERE id = ` + order:                                                                    {"an order differs from its events"},
		paid:                                  {"an order differs from its events", "an order is paid for without a payment, or twice"},
		paid + ";" + payment:                  {"an order differs from its events", "an order is paid for without a payment, or twice", "a payment is not what the provider has"},
		paid + ";" + payment + ";" + provider: {"an order differs from its events"},
		paid + ";" + payment + ";" + provider + `; UPDATE orders.fake_payments SET amount = amount - 1`: {"an order differs from its events", "an accepted payment has neither paid its order nor gone back"},
		paid + ";" + payment + ";" + provider + `; UPDATE orders.fake_payments SET refunded_at = now()`: {"an order differs from its events", "an accepted payment has neither paid its order nor gone back", "an order is paid for without a payment, or twice"},
		payment + ";" + provider: {"an accepted payment has neither paid its order nor gone back", "an order is paid for without a payment, or twice"},
		`INSERT INTO orders.fake_payments (reference, payment_id, amount, currency, accepted) VALUES ('x', gen_random_uuid(), 1, 'EUR', true)`: {"an accepted payment has neither paid its order nor gone back"},
	} {
		tx := db.MustBegin()
		tx.MustExec(`SET LOCAL session_replication_role = replica`) // no triggers: this is what went wrong, not how
		if statements != "" {
			tx.MustExec(statements)
		}
		found, err := audit(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		tx.Rollback()
		var names []string
		for _, fault := range found {
			name, _, _ := strings.Cut(fault, ": ")
			names = append(names, name)
		}
		if names = slices.Compact(names); !slices.Equal(names, want) {
			t.Errorf("%s:\nfound %q\nwant  %q", statements, found, want)
		}
	}
}

// What clients were told is compared with the books in both directions.
func TestCrowdsAudit(t *testing.T) {
	db := books(t)
	all := func() *crowd {
		c := &crowd{}
		for i := range demo.Orders {
			o := demo.Order(i)
			c.attempts = append(c.attempts, &attempt{key: keyOf(t, db, o), order: id.Order.Format(o.ID), total: o.Total.Amount()})
		}
		return c
	}
	for name, c := range map[string]struct {
		change func(c *crowd)
		want   string
	}{
		"as it was":   {func(*crowd) {}, ""},
		"lost":        {func(c *crowd) { c.attempts = append(c.attempts, &attempt{key: "k", order: "ord_x", total: "1.00"}) }, "k was told of ord_x"},
		"unknown":     {func(c *crowd) { c.attempts = c.attempts[1:] }, "nobody ordered"},
		"another":     {func(c *crowd) { c.attempts[0].order = "ord_x" }, "was told of ord_x"},
		"other money": {func(c *crowd) { c.attempts[0].total = "0.01" }, "over 0.01"},
		"refused":     {func(c *crowd) { c.attempts[0].order, c.attempts[0].refusal = "", "INSUFFICIENT_STOCK" }, "was refused"},
		"unanswered":  {func(c *crowd) { c.attempts[0].order = "" }, "no answer"},
		"abandoned":   {func(c *crowd) { c.attempts[0].order, c.attempts[0].abandons = "", true }, ""},
	} {
		crowd := all()
		c.change(crowd)
		got := strings.Join(crowd.audit(context.Background(), db), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func keyOf(t *testing.T, db *sqlx.DB, o demodata.Order) (key string) {
	t.Helper()
	if err := db.Get(&key, `SELECT idempotency_key FROM orders.orders WHERE id = $1`, o.ID); err != nil {
		t.Fatal(err)
	}
	return key
}

// Events are expected in their order, any number of times, under one id.
func TestReceiversAudit(t *testing.T) {
	for name, c := range map[string]struct {
		told string // order sequence event
		want string
	}{
		"in order":        {"a 1 x,b 1 y,a 2 z", ""},
		"again":           {"a 1 x,a 2 y,a 1 x,a 2 y,a 3 z", ""},
		"one is missing":  {"a 1 x,a 3 z", "a/3 came after 1"},
		"in reverse":      {"a 2 y,a 1 x", "a/2 came after 0"},
		"under other ids": {"a 1 x,a 1 y", "a/1 came as x and as y"},
	} {
		r := &receiver{last: map[string]int{}, ids: map[string]string{}}
		for event := range strings.SplitSeq(c.told, ",") {
			words := strings.Fields(event)
			r.take(words[0], int(words[1][0]-'0'), words[2])
		}
		if got := strings.Join(r.faults, ""); (c.want == "") != (got == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
