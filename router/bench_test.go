package router

import (
	"context"
	"testing"

	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// fixed is a transport whose subgraph always gives the same answer, at no cost.
type fixed []byte

func (f fixed) Send(_ context.Context, call *execute.Call) error {
	call.Status, call.Answer = 200, f
	return nil
}

// BenchmarkExecute is the router alone, without HTTP and subgraphs, for an
// operation that is remembered.
func BenchmarkExecute(b *testing.B) {
	answers := map[string]fixed{
		"products": fixed(`{"data":{"product":{"__typename":"Product","upc":"1","name":"Table"}}}`),
		"reviews":  fixed(`{"data":{"_entities":[{"__typename":"Product","reviews":[{"body":"Good."},{"body":"Better."}]}]}}`),
	}
	connect := func(s *supergraph.Subgraph) (execute.Transport, error) { return answers[s.Name], nil }
	for name, o := range map[string]Options{"sharing": {Connect: connect}, "no sharing": {Connect: connect, NoSharing: true}} {
		r := newWorld(b).router(b, o)
		request := &Request{Query: `query ($upc: String!, $w: Boolean!) { product(upc: $upc) { name reviews @include(if: $w) { body } } }`, Variables: []byte(`{"upc": "1", "w": true}`)}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Execute(b.Context(), request).Release()
			}
		})
	}
}
