package orders

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// What a query costs in statements, whatever the number of rows.
func TestStatementBudgets(t *testing.T) {
	f := newFixture(t)
	representations := func(typeName string, n int, idOf func(int) string) map[string]any {
		list := make([]any, n)
		for i := range list {
			list[i] = map[string]any{"__typename": typeName, "id": idOf(i)}
		}
		return map[string]any{"r": list}
	}
	const (
		byID    = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Order { number lines { sku unitPrice { amount } product { id } } customer { id } } } }`
		ofUsers = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { orders(first: 100) { totalCount nodes { number lines { sku } } } } } }`
		deep    = `{ orders(first: 100) { totalCount nodes { number lines { sku } customer { orders(first: 5) { totalCount nodes { number lines { sku } } } } } } }`
	)
	for name, c := range map[string]struct {
		most  int
		as    string
		query string
		vars  map[string]any
	}{
		"one order with lines":         {1, "staff", byID, representations("Order", 1, orderID)},
		"40 orders with lines":         {1, "staff", byID, representations("Order", 40, orderID)},
		"orders that are not theirs":   {1, "newcomer", byID, representations("Order", 40, orderID)},
		"orders for nobody":            {0, "anonymous", byID, representations("Order", 40, orderID)},
		"a user's orders":              {3, "staff", ofUsers, representations("User", 1, userID)},
		"12 users' orders":             {3, "staff", ofUsers, representations("User", 12, userID)},
		"other users' orders":          {0, "newcomer", ofUsers, representations("User", 12, userID)},
		"a page":                       {1, "staff", `{ orders(first: 100) { nodes { number customer { id } } } }`, nil},
		"a page and all that hangs on": {6, "staff", deep, nil},
		"a page and what became of it": {5, "staff", `{ orders(first: 100) { nodes { lines { sku tax { amount } } allowedTransitions timeline { kind } payments { state } shipment { carrier } } } }`, nil},
		"a page of a search":           {2, "staff", `{ orders(first: 100 filter: {search: "mug" statuses: [PLACED]}) { totalCount nodes { number } } }`, nil},
		"a cart":                       {1, "owner", `{ cart { lines { quantity } total { amount } } }`, nil},
		"a list that is refused":       {0, "owner", `{ orders { totalCount } }`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f.db.Statements.Budget(t, c.most, func() {
				if r := f.as(c.as).Do(t, c.query, c.vars); len(r.Errors) > 0 && name != "a list that is refused" {
					t.Errorf("%s", r.Body)
				}
			})
		})
	}
	// Looking up the key, beginning, reading the lines to reserve, deciding, and
	// the lines of the answer.
	for key, lines := range map[string][]map[string]any{
		"one line": {line(f.catalogue.mug, 1)}, "two lines": {line(f.catalogue.mug, 1), line(f.catalogue.lamp, 1)},
	} {
		f.db.Statements.Budget(t, 5, func() { f.place(t, "owner", key, nil, lines...) })
		f.db.Statements.Budget(t, 2, func() { f.place(t, "owner", key, nil, lines...) })
	}
}

// None of the hot queries walks a table. Sequential scans are cheapest on tables
// this small, so they are switched off to see whether there is another way.
func TestHotQueriesUseIndexes(t *testing.T) {
	f := newFixture(t)
	for name, c := range map[string]struct {
		query string
		args  []any
		index string
	}{
		"by id": {`SELECT ` + orderColumns + ` FROM orders WHERE id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "orders_pkey"},
		"of a user": {`SELECT o.* FROM unnest($1::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT ` + orderColumns + ` FROM orders
			WHERE user_id = u.id AND placed_at IS NOT NULL AND id < $2 AND id > $3 ORDER BY id DESC LIMIT $4) o`,
			[]any{id.List{id.New()}, uuid.Max, uuid.Nil, 21}, "orders_of_user"},
		"by key":     {`SELECT ` + orderColumns + ` FROM orders WHERE user_id = $1 AND idempotency_key = $2`, []any{id.New(), "k"}, "orders_one_for_each_key"},
		"lines":      {`SELECT * FROM order_lines WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, position`, []any{id.List{id.New()}}, "order_lines_position_unique"},
		"by status":  {`SELECT id FROM orders WHERE status = ANY('{PENDING}') ORDER BY id LIMIT 10`, nil, "orders_by_status"},
		"unpaid":     {`SELECT id FROM orders WHERE payment_due_at < now() ORDER BY payment_due_at LIMIT 50`, nil, "orders_unpaid"},
		"tasks":      {`SELECT task, subject FROM outbox WHERE due_at <= now() ORDER BY due_at LIMIT 8`, nil, "outbox_due"},
		"timeline":   {`SELECT * FROM order_events WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, sequence`, []any{id.List{id.New()}}, "order_events_sequence_unique"},
		"payments":   {`SELECT * FROM payments WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, id`, []any{id.List{id.New()}}, "payments_of_order"},
		"a search":   {`SELECT l.order_id FROM order_lines l WHERE ` + linesText + ` @@ $1::tsquery`, []any{"'mug':*"}, "order_lines_search"},
		"a cart":     {`SELECT * FROM cart_lines WHERE user_id = $1`, []any{id.New()}, "cart_lines_pkey"},
		"deliveries": {`SELECT * FROM deliveries d WHERE delivered_at IS NULL AND given_up_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT 16`, nil, "deliveries_due"},
	} {
		tx, err := f.db.Beginx()
		if err != nil {
			t.Fatal(err)
		}
		tx.MustExec(`SET LOCAL enable_seqscan = off`)
		tx.MustExec(`SET LOCAL enable_bitmapscan = off`)
		var plan []string
		if err := tx.Select(&plan, `EXPLAIN `+c.query, c.args...); err != nil {
			t.Fatal(err)
		}
		tx.Rollback()
		if text := strings.Join(plan, "\n"); !strings.Contains(text, c.index) || strings.Contains(text, "Seq Scan") {
			t.Errorf("%s does not use %s:\n%s", name, c.index, text)
		}
	}
}

// The rules hold in the database too, for whoever comes around the code.
func TestConstraints(t *testing.T) {
	f := newFixture(t)
	for constraint, statement := range map[string]string{
		"orders_number_unique":        `UPDATE orders SET number = 1`,
		"orders_one_for_each_key":     `UPDATE orders SET user_id = '00000000-0000-0000-0000-000000000001', idempotency_key = 'k'`,
		"orders_status_known":         `UPDATE orders SET status = 'LOST'`,
		"orders_placed_when_placed":   `UPDATE orders SET placed_at = NULL`,
		"orders_rejection_reasoned":   `UPDATE orders SET rejection = '[]'`,
		"orders_currency_form":        `UPDATE orders SET currency = 'euro'`,
		"orders_total_not_negative":   `UPDATE orders SET total = -1, tax = -1`,
		"orders_key_length":           `UPDATE orders SET idempotency_key = ''`,
		"order_lines_position_unique": `UPDATE order_lines SET position = 1`,
		"order_lines_variant_unique":  `UPDATE order_lines SET variant_id = '00000000-0000-0000-0000-000000000001'`,
		"order_lines_quantity_bounds": `UPDATE order_lines SET quantity = 0, total = 0`,
		"order_lines_price_bounds":    `UPDATE order_lines SET unit_price = -1, total = -quantity`,
		"order_lines_total_adds_up":   `UPDATE order_lines SET total = total + 1`,
		"order_lines_order_id_fkey":   `DELETE FROM orders`,
	} {
		_, err := f.db.Exec(statement)
		fault := pq.As(err, pqerror.CheckViolation, pqerror.UniqueViolation, pqerror.ForeignKeyViolation)
		if fault == nil || fault.Constraint != constraint {
			t.Errorf("%s: %v, want %s", statement, err, constraint)
		}
	}
}

func TestSeed(t *testing.T) {
	f := newFixture(t)
	if err := Seed(t.Context(), f.db.DB, size, func(int) {}); !errors.Is(err, demodata.ErrNotEmpty) {
		t.Errorf("a second Seed = %v", err)
	}
	var wrong int
	if err := f.db.Get(&wrong, `SELECT count(*) FROM orders o WHERE total <> (SELECT sum(total) FROM order_lines WHERE order_id = o.id)`); err != nil || wrong != 0 {
		t.Errorf("%d orders do not add up, %v", wrong, err)
	}
	// The next order's number follows the demo's.
	r := f.as("owner").Do(t, placeQuery, map[string]any{"input": map[string]any{"idempotencyKey": "k", "lines": []any{line(f.catalogue.mug, 1)}}})
	if want := fmt.Sprintf("SG-%d", demodata.FirstNumber+size.Orders); r.Get("placeOrder.order.number") != want {
		t.Errorf("the next order: %s, want %s", r.Body, want)
	}
}
