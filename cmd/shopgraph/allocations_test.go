//go:build !race

// The race detector lets pools forget at random.

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// mainQuery returns the shop's main query, from the router's handler to the
// database and back, all three subgraphs included, once it gave the right answer.
func mainQuery(t testing.TB, settings ...string) func() {
	t.Helper()
	const query = `query Order($id: ID!) { order(id: $id) { id number status total { amount currencyCode } customer { id name email }
		lines { quantity unitPrice { amount currencyCode } product { id name } } } }`
	handler := wholeShop(t, settings...)
	customer := demodata.Accounts()[0]
	token := login(t, handler, customer)
	order := demodata.Usual.Order(0)
	ask := func() []byte {
		return askShop(t, handler, token, query, map[string]any{"id": id.Order.Format(order.ID)})
	}
	answer := string(ask())
	if !strings.Contains(answer, customer.Name) || strings.Count(answer, `"unitPrice"`) != len(order.Lines) ||
		!strings.Contains(answer, fmt.Sprintf(`"SG-%d"`, order.Number)) || strings.Contains(answer, `"errors"`) {
		t.Fatalf("the answer is wrong: %s", answer)
	}
	return func() {
		if again := ask(); string(again) != answer {
			panic("the answer is another: " + string(again))
		}
	}
}

// TestAllocationsOfTheMainQuery holds how often the main query allocates, which
// make bench-shop measures in time.
func TestAllocationsOfTheMainQuery(t *testing.T) {
	const budget = 340 // 318 when this was written
	if allocations := testing.AllocsPerRun(100, mainQuery(t)); allocations > budget {
		t.Errorf("%v allocations, %d are allowed", allocations, budget)
	}
}

// BenchmarkMainQuery is what make bench-stages takes apart.
func BenchmarkMainQuery(b *testing.B) {
	// Or they would share their reads, and one customer would soon be refused.
	ask := mainQuery(b, "--dedupe=off", "--rate-limit=off")
	b.ReportAllocs()
	b.ResetTimer()
	b.SetParallelism(25) // as many requests under way as with 50 connections
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			ask()
		}
	})
}
