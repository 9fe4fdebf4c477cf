package main

import (
	"context"
	"fmt"
)

// books are the rules of the stock; each query counts what breaks one.
var books = []struct{ broken, query string }{
	{"variants whose stock is not the sum of the ledger", `
		SELECT count(*) FROM products.stock s LEFT JOIN (
			SELECT variant_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved FROM products.stock_movements GROUP BY variant_id
		) m USING (variant_id) WHERE s.on_hand IS DISTINCT FROM m.on_hand OR s.reserved IS DISTINCT FROM m.reserved`},
	{"variants of which what came in is not on hand or ordered", `
		SELECT count(*) FROM products.stock s
		LEFT JOIN (SELECT variant_id, sum(on_hand_delta) AS n FROM products.stock_movements WHERE order_id IS NULL GROUP BY variant_id) came USING (variant_id)
		LEFT JOIN (SELECT variant_id, sum(quantity) AS n FROM orders.order_lines l JOIN orders.orders o ON o.id = l.order_id
			WHERE o.status IN ('PLACED', 'PAID', 'SHIPPED', 'DELIVERED') GROUP BY variant_id) ordered USING (variant_id)
		WHERE s.on_hand + coalesce(ordered.n, 0) <> coalesce(came.n, 0) OR s.reserved <> 0`},
	{"placed orders whose stock is not sold to them", `
		SELECT count(*) FROM orders.orders o LEFT JOIN products.reservations r ON r.order_id = o.id WHERE o.status = 'PLACED' AND r.state IS DISTINCT FROM 'CONFIRMED'`},
	{"orders that are not decided", `SELECT count(*) FROM orders.orders WHERE status = 'PENDING'`},
	{"tasks to settle that are left", `SELECT count(*) FROM orders.outbox`},
}

// placed is how many orders there are that were placed and no more.
func (s *shop) placed(ctx context.Context) (n int, err error) {
	return n, s.owner.GetContext(ctx, &n, `SELECT count(*) FROM orders.orders WHERE status = 'PLACED'`)
}

// balance is an error when the books do not balance.
func (s *shop) balance(ctx context.Context) error {
	for _, rule := range books {
		var n int
		if err := s.owner.GetContext(ctx, &n, rule.query); err != nil {
			return fmt.Errorf("%s: %w", rule.broken, err)
		}
		if n > 0 {
			return fmt.Errorf("the books do not balance: %d %s", n, rule.broken)
		}
	}
	return nil
}
