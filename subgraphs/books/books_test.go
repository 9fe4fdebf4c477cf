package books_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/subgraphs/books"
	"github.com/shopgraph/shopgraph/subgraphs/books/bookstest"
)

var demo = demodata.Size{Users: 10, Products: 5, Orders: 20}

// Every rule finds what breaks it, and nothing where all is well.
func TestAuditFindsWhatIsWrong(t *testing.T) {
	db := bookstest.Seeded(t, demo)
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
		found, err := books.Audit(t.Context(), tx)
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
