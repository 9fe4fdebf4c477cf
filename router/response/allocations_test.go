//go:build !race

// The race detector lets pools forget at random.

package response_test

import (
	"testing"

	"github.com/shopgraph/shopgraph/router/executetest"
)

// TestAllocations holds how often a request allocates, apart from the network
// and however large its answer is.
func TestAllocations(t *testing.T) {
	for _, products := range []int{1, 30} {
		o := executetest.Shop(t, products)
		body := o.Run(t.Context())
		allocations := testing.AllocsPerRun(100, func() {
			result := o.Program.Run(t.Context(), &o.Request)
			body, _ = o.Projection.Write(body[:0], result, &o.Options)
			result.Release()
		})
		const budget = 8
		if allocations > budget {
			t.Errorf("%d products: %v allocations, %d were allowed", products, allocations, budget)
		}
	}
}
