package execute_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/executetest"
)

// BenchmarkStages says what each stage of execution costs, without a network;
// what writing the answer costs, BenchmarkWrite of package response says.
func BenchmarkStages(b *testing.B) {
	for _, products := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("%d products", products), func(b *testing.B) {
			o := executetest.Shop(b, products)
			var prepare, read, settle time.Duration
			b.ReportAllocs()
			for b.Loop() {
				result, p, _, r, s := execute.Stages(o.Program, b.Context(), &o.Request)
				prepare, read, settle = prepare+p, read+r, settle+s
				result.Release()
			}
			for stage, took := range map[string]time.Duration{"represent": prepare, "read": read, "merge": settle} {
				b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), stage+"-ns/op")
			}
		})
	}
}

// BenchmarkCompile makes a plan ready to run.
func BenchmarkCompile(b *testing.B) {
	o := executetest.Shop(b, 1)
	types := o.Program.Types()
	b.ReportAllocs()
	for b.Loop() {
		execute.Compile(o.Plan, types)
	}
}
