// Package books holds what must hold of the books of all services together: stock,
// reservations, orders and payments. It reads all their schemas, which no service
// may.
package books

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// rule is something that must hold of the books of all services together: its
// query finds what breaks it, as text.
type rule struct{ name, query string }

// live are the statuses of orders whose stock is sold to them; an order that was
// refunded may have kept it.
const live = `('PLACED', 'PAID', 'SHIPPED', 'DELIVERED')`

var rules = []rule{
	{"an order is still undecided", `SELECT id FROM orders.orders WHERE status = 'PENDING'`},
	{"something is left in the outbox", `SELECT task || ' ' || subject || ' ' || coalesce(last_error, '') FROM orders.outbox`},

	{"the ledger is not the stock", `
		SELECT format('%s: %s/%s, and the ledger has %s/%s', s.variant_id, s.on_hand, s.reserved, m.on_hand, m.reserved)
		FROM products.stock s CROSS JOIN LATERAL (SELECT coalesce(sum(on_hand_delta), 0) AS on_hand, coalesce(sum(reserved_delta), 0) AS reserved
			FROM products.stock_movements WHERE variant_id = s.variant_id) m
		WHERE (s.on_hand, s.reserved) IS DISTINCT FROM (m.on_hand, m.reserved)`},
	{"on hand, sold and reserved are not what came in", `
		SELECT format('%s: %s on hand, %s sold, %s reserved, %s held, %s came in', s.variant_id, s.on_hand, sold, s.reserved, held, received)
		FROM products.stock s
		CROSS JOIN LATERAL (SELECT coalesce(sum(on_hand_delta), 0) AS received FROM products.stock_movements
			WHERE variant_id = s.variant_id AND order_id IS NULL) r
		CROSS JOIN LATERAL (SELECT coalesce(sum(l.quantity) FILTER (WHERE state = 'CONFIRMED'), 0) AS sold, coalesce(sum(l.quantity) FILTER (WHERE state = 'HELD'), 0) AS held
			FROM products.reservation_lines l JOIN products.reservations USING (order_id) WHERE l.variant_id = s.variant_id) h
		WHERE s.on_hand + sold <> received OR s.reserved <> held`},
	{"a reservation has no live order", `
		SELECT format('%s is %s, its order %s', r.order_id, r.state, coalesce(o.status, 'missing'))
		FROM products.reservations r LEFT JOIN orders.orders o ON o.id = r.order_id
		WHERE r.state = 'HELD' OR r.state = 'CONFIRMED' AND coalesce(o.status, '') NOT IN ('PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'REFUNDED')`},
	{"a live order has no reservation", `
		SELECT format('%s is %s, its reservation %s', o.id, o.status, coalesce(r.state, 'missing'))
		FROM orders.orders o LEFT JOIN products.reservations r ON r.order_id = o.id
		WHERE o.status IN ` + live + ` AND r.state IS DISTINCT FROM 'CONFIRMED'`},
	{"an order and its reservation have other lines", `
		SELECT o.id::text FROM orders.orders o WHERE o.status IN ` + live + ` AND
			(SELECT array_agg((variant_id, quantity) ORDER BY variant_id) FROM orders.order_lines WHERE order_id = o.id) IS DISTINCT FROM
			(SELECT array_agg((variant_id, quantity) ORDER BY variant_id) FROM products.reservation_lines WHERE order_id = o.id)`},

	{"an order does not add up", `
		SELECT o.id::text FROM orders.orders o
		CROSS JOIN LATERAL (SELECT coalesce(sum(total), -1) AS total, coalesce(sum(tax), -1) AS tax FROM orders.order_lines WHERE order_id = o.id) l
		WHERE (o.total, o.tax) <> (l.total, l.tax)`},
	{"an order differs from its events", `
		SELECT format('%s is %s at %s', id, status, version) FROM orders.orders o WHERE status <> 'PENDING' AND (
			NOT EXISTS (SELECT FROM orders.order_events WHERE order_id = o.id AND sequence = o.version AND status = o.status)
			OR version <> (SELECT count(*) FROM orders.order_events WHERE order_id = o.id))`},

	{"an accepted payment has neither paid its order nor gone back", `
		SELECT format('%s of %s: %s, its order %s, refunded %s', f.payment_id, f.amount, coalesce(p.state, 'missing'), coalesce(o.status, 'missing'), f.refunded_at)
		FROM orders.fake_payments f LEFT JOIN orders.payments p ON p.id = f.payment_id LEFT JOIN orders.orders o ON o.id = p.order_id
		WHERE f.accepted AND NOT coalesce(
			p.state = 'SUCCEEDED' AND o.status IN ('PAID', 'SHIPPED', 'DELIVERED') AND f.refunded_at IS NULL AND f.amount = o.total AND f.currency = o.currency
			OR p.state = 'REFUNDED' AND f.refunded_at IS NOT NULL, false)`},
	{"an order is paid for without a payment, or twice", `
		SELECT format('%s is %s with %s payments', o.id, o.status, n) FROM orders.orders o
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM orders.payments p JOIN orders.fake_payments f ON f.payment_id = p.id AND f.accepted AND f.refunded_at IS NULL
			WHERE p.order_id = o.id) p
		WHERE n <> CASE WHEN o.status IN ('PAID', 'SHIPPED', 'DELIVERED') THEN 1 ELSE 0 END`},
	{"a payment is not what the provider has", `
		SELECT format('%s is %s, and the provider has %s', p.id, p.state, coalesce(f.accepted::text, 'nothing'))
		FROM orders.payments p LEFT JOIN orders.fake_payments f ON f.payment_id = p.id
		WHERE p.state NOT IN ('SUCCEEDED', 'FAILED', 'REFUNDED') OR f.accepted IS DISTINCT FROM (p.state <> 'FAILED')`},
}

// shown is how much of what breaks a rule is shown.
const shown = 5

// Audit returns what is wrong with the books, a text for each fault, when nothing
// is left to be done. The database is asked as one who may read all schemas.
func Audit(ctx context.Context, db sqlx.QueryerContext) (found []string, err error) {
	for _, r := range rules {
		var broken []string
		if err := sqlx.SelectContext(ctx, db, &broken, r.query); err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		for i, what := range broken {
			if i == shown {
				found = append(found, fmt.Sprintf("%s: and %d more", r.name, len(broken)-shown))
				break
			}
			found = append(found, r.name+": "+what)
		}
	}
	return found, nil
}
