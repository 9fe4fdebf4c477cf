package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// Run for a moment: that the counts are right, what is run bare does what the
// request does, and the books balance.
func TestOrders(t *testing.T) {
	s, err := openShop(t.Context(), postgrestest.Empty(t), t.TempDir(), demodata.Size{Users: 20, Products: 20, Orders: 40})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	kinds, err := s.kinds(5)
	if err != nil {
		t.Fatal(err)
	}
	var counts []string
	for _, k := range kinds {
		counts = append(counts, k.target.Name+" "+k.statements.String())
	}
	if want := []string{"order 3 (0)", "placeOrder 18 (4)"}; !slices.Equal(counts, want) {
		t.Errorf("the requests run %q, want %q:", counts, want)
		for _, k := range kinds {
			for _, s := range k.recordings[0].statements {
				t.Logf("%s %s: %s", k.target.Name, s.subgraph, strings.Join(strings.Fields(s.text), " "))
			}
		}
	}
	found, err := s.measure(t.Context(), settings{requests: 5, connections: []int{1, 3}, rounds: 1, window: 100 * time.Millisecond, warm: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if table := report(found); strings.Count(table, "\n| order |") != 2 || strings.Count(table, "\n| placeOrder |") != 2 {
		t.Errorf("a kind of request is missing:\n%s", table)
	}
	if _, err := s.owner.ExecContext(t.Context(), `UPDATE products.stock SET on_hand = on_hand + 1 WHERE variant_id = (SELECT variant_id FROM products.stock LIMIT 1)`); err != nil {
		t.Fatal(err)
	}
	if err := s.balance(t.Context()); err == nil {
		t.Error("books that do not balance are not noticed")
	}
}
