package execute

import (
	"bytes"
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// Share returns a transport in which identical reads that are under way at the
// same time share one call. Reads are identical if they go to the same subgraph
// with the same body and the same headers, byte by byte: what a user's identity
// makes different in the request is never shared with another user.
//
// identity returns what else tells users apart, where it is not in the headers:
// with transports in memory it may be in the context. It may be nil. ignored are
// headers, in canonical form, that differ from request to request and do not
// change the answer, as those of tracing.
func Share(next Transport, identity func(ctx context.Context) string, ignored ...string) Transport {
	seed := maphash.MakeSeed()
	hash := func(r *read) uint64 { return r.hash(seed) }
	return &share{next: next, identity: identity, ignored: ignored, hash: hash, flights: map[uint64]*flight{}}
}

type share struct {
	next     Transport
	identity func(ctx context.Context) string
	ignored  []string
	hash     func(*read) uint64

	mu sync.Mutex
	// flights are the calls under way by the hash of what they read; others with the
	// same hash are behind them.
	flights map[uint64]*flight
}

// flight is a call that others may join until it is done.
type flight struct {
	read
	hashed uint64
	behind *flight
	joined int
	done   chan struct{} // made by the first who joins

	status int
	answer []byte
	err    error
	// abandoned says that whoever led the call did not wait for its end.
	abandoned bool
}

// read is everything that tells one read from another. While it is under way, its
// parts are its caller's.
type read struct {
	subgraph, identity string
	body               []byte
	header             []headerField
}

// headerField is one field of a header, as the caller has set it: what transports
// add does not count.
type headerField struct {
	name   string
	values []string
}

// Send implements Transport.
func (s *share) Send(ctx context.Context, call *Call) error {
	if call.Kind != ast.Query {
		return s.next.Send(ctx, call)
	}
	for {
		f, own := s.join(&flight{read: s.readOf(ctx, call)})
		if own {
			return s.lead(ctx, call, f)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return unreachable(ctx, call.Subgraph, ctx.Err())
		}
		if f.abandoned && ctx.Err() == nil {
			// Whoever led the call gave up for reasons of their own.
			continue
		}
		call.Status, call.Answer = f.status, f.answer
		return f.err
	}
}

func (s *share) lead(ctx context.Context, call *Call, f *flight) error {
	defer func() {
		s.leave(f)
		if f.joined == 0 {
			return
		}
		call.Buffer = nil // the answer belongs to several requests now
		f.status, f.answer = call.Status, call.Answer
		f.abandoned = f.abandoned || f.err != nil && ctx.Err() != nil
		close(f.done)
	}()
	f.abandoned = true // should Send panic
	f.err = s.next.Send(ctx, call)
	f.abandoned = false
	return f.err
}

// join returns the flight that reads the same, or else the caller's own.
func (s *share) join(own *flight) (f *flight, isOwn bool) {
	own.hashed = s.hash(&own.read)
	s.mu.Lock()
	defer s.mu.Unlock()
	for f = s.flights[own.hashed]; f != nil; f = f.behind {
		if f.equal(&own.read) {
			if f.joined++; f.joined == 1 {
				f.done = make(chan struct{})
			}
			return f, false
		}
	}
	own.behind = s.flights[own.hashed]
	s.flights[own.hashed] = own
	return own, true
}

// leave makes sure that nobody joins the flight any more.
func (s *share) leave(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flights[f.hashed] == f {
		if s.flights[f.hashed] = f.behind; f.behind == nil {
			delete(s.flights, f.hashed)
		}
		return
	}
	for other := s.flights[f.hashed]; other != nil; other = other.behind {
		if other.behind == f {
			other.behind = f.behind
		}
	}
}

func (s *share) readOf(ctx context.Context, call *Call) read {
	r := read{subgraph: call.Subgraph, body: call.Body, header: make([]headerField, 0, len(call.Header))}
	if s.identity != nil {
		r.identity = s.identity(ctx)
	}
	for name, values := range call.Header {
		if !slices.Contains(s.ignored, name) {
			r.header = append(r.header, headerField{name, values})
		}
	}
	slices.SortFunc(r.header, func(a, b headerField) int { return strings.Compare(a.name, b.name) })
	return r
}

// hash is the same for reads that are equal. The seed keeps clients from making
// others that are.
func (r *read) hash(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(r.subgraph)
	h.WriteString(r.identity)
	h.Write(r.body)
	for _, field := range r.header {
		h.WriteString(field.name)
		for _, value := range field.values {
			h.WriteString(value)
		}
	}
	return h.Sum64()
}

func (r *read) equal(other *read) bool {
	return r.subgraph == other.subgraph && r.identity == other.identity && bytes.Equal(r.body, other.body) &&
		slices.EqualFunc(r.header, other.header, func(a, b headerField) bool {
			return a.name == b.name && slices.Equal(a.values, b.values)
		})
}
