//go:build unix

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// report prints what happened, in figures.
func report(ctx context.Context, s *shop, c *crowd, told *receiver, killed map[string]int, waited time.Duration) error {
	fmt.Println("\nkilled")
	for _, name := range slices.Sorted(maps.Keys(killed)) {
		fmt.Printf("  %-12s %d\n", name, killed[name])
	}
	refused, placed, abandoned := 0, 0, 0
	for _, a := range c.attempts {
		switch {
		case a.abandons:
			abandoned++
		case a.order != "":
			placed++
		default:
			refused++
		}
	}
	slices.Sort(c.waits)
	fmt.Printf("\nclients\n  %d orders wanted: %d placed, %d refused, %d abandoned after the first try\n", len(c.attempts), placed, refused, abandoned)
	if n := len(c.waits); n > 0 {
		fmt.Printf("  an answer took %s in the middle, %s at p99, %s at most\n", c.waits[n/2].Round(time.Millisecond), c.waits[n*99/100].Round(time.Millisecond), c.waits[n-1].Round(time.Millisecond))
	}
	fmt.Printf("  %d requests, without an answer:\n", c.tries)
	for _, code := range slices.Sorted(maps.Keys(c.codes)) {
		fmt.Printf("    %-28s %d\n", code, c.codes[code])
	}
	for _, part := range []struct{ title, query string }{
		{"orders", `SELECT status, count(*) AS n FROM orders.orders GROUP BY status`},
		{"reservations", `SELECT state AS status, count(*) AS n FROM products.reservations GROUP BY state`},
		{"payments", `SELECT state AS status, count(*) AS n FROM orders.payments GROUP BY state`},
		{"money, in minor units", `SELECT 'paid' AS status, coalesce(sum(total), 0)::bigint AS n FROM orders.orders WHERE status IN ('PAID', 'SHIPPED', 'DELIVERED')
			UNION ALL SELECT 'kept by the provider', coalesce(sum(amount), 0)::bigint FROM orders.fake_payments WHERE accepted AND refunded_at IS NULL`},
	} {
		var rows []struct {
			Status string `db:"status"`
			N      int64  `db:"n"`
		}
		if err := s.db.SelectContext(ctx, &rows, part.query+` ORDER BY 1`); err != nil {
			return err
		}
		fmt.Println("\n" + part.title)
		for _, r := range rows {
			fmt.Printf("  %-22s %d\n", r.Status, r.N)
		}
	}
	told.mu.Lock()
	defer told.mu.Unlock()
	fmt.Printf("\nevents\n  %d told, %d of them again\n\neverything was settled %s after the last restart\n", len(told.ids), told.repeated, waited.Round(10*time.Millisecond))
	return nil
}
