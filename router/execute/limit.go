package execute

import "context"

// Limit returns a transport that has at most n calls under way at a time; more
// wait. With one Limit around the transports of all subgraphs it bounds the
// router, with one for each it keeps a slow subgraph from taking all.
func Limit(n int, next Transport) Transport {
	return &limit{next: next, slots: make(chan struct{}, n)}
}

type limit struct {
	next  Transport
	slots chan struct{}
}

// Send implements Transport.
func (l *limit) Send(ctx context.Context, call *Call) error {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return unreachable(ctx, call.Subgraph, ctx.Err())
	}
	defer func() { <-l.slots }()
	return l.next.Send(ctx, call)
}
