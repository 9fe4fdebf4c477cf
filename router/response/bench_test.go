package response_test

import (
	"fmt"
	"testing"

	"github.com/shopgraph/shopgraph/router/executetest"
)

// BenchmarkExecute runs an operation and writes its answer, without a network.
func BenchmarkExecute(b *testing.B) {
	for _, products := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("%d products", products), func(b *testing.B) {
			o := executetest.Shop(b, products)
			var body []byte
			b.ReportAllocs()
			for b.Loop() {
				result := o.Program.Run(b.Context(), &o.Request)
				body, _ = o.Projection.Write(body[:0], result, &o.Options)
				result.Release()
			}
			b.SetBytes(int64(len(body)))
		})
	}
}

// BenchmarkWrite lays an operation over data that is there.
func BenchmarkWrite(b *testing.B) {
	o := executetest.Shop(b, 10)
	result := o.Program.Run(b.Context(), &o.Request)
	defer result.Release()
	var body []byte
	b.ReportAllocs()
	for b.Loop() {
		body, _ = o.Projection.Write(body[:0], result, &o.Options)
	}
	b.SetBytes(int64(len(body)))
}
