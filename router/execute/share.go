package execute

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/maphash"
	"net/http"
	"slices"
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
	hash := func(key []byte) uint64 { return maphash.Bytes(seed, key) }
	return &share{next: next, identity: identity, ignored: ignored, hash: hash, flights: map[uint64]*flight{}}
}

type share struct {
	next     Transport
	identity func(ctx context.Context) string
	ignored  []string
	hash     func(key []byte) uint64

	mu sync.Mutex
	// flights are the calls under way by the hash of their key; others with the
	// same hash are behind them.
	flights map[uint64]*flight
}

// flight is a call that others may join until it is done.
type flight struct {
	key    []byte
	behind *flight
	joined int
	done   chan struct{}

	status int
	answer []byte
	err    error
	// abandoned says that whoever led the call did not wait for its end.
	abandoned bool
}

// Send implements Transport.
func (s *share) Send(ctx context.Context, call *Call) error {
	if call.Kind != ast.Query {
		return s.next.Send(ctx, call)
	}
	for {
		f, own := s.join(s.key(ctx, call))
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
		if f.joined > 0 {
			// The answer belongs to several requests now.
			call.Buffer = nil
		}
		f.status, f.answer = call.Status, call.Answer
		f.abandoned = f.abandoned || f.err != nil && ctx.Err() != nil
		close(f.done)
	}()
	f.abandoned = true // should Send panic
	f.err = s.next.Send(ctx, call)
	f.abandoned = false
	return f.err
}

// join returns the flight with the key; a new one is the caller's own.
func (s *share) join(key []byte) (f *flight, own bool) {
	hash := s.hash(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	for f = s.flights[hash]; f != nil; f = f.behind {
		if bytes.Equal(f.key, key) {
			f.joined++
			return f, false
		}
	}
	f = &flight{key: key, behind: s.flights[hash], done: make(chan struct{})}
	s.flights[hash] = f
	return f, true
}

// leave makes sure that nobody joins the flight any more.
func (s *share) leave(f *flight) {
	hash := s.hash(f.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flights[hash] == f {
		if s.flights[hash] = f.behind; f.behind == nil {
			delete(s.flights, hash)
		}
		return
	}
	for other := s.flights[hash]; other != nil; other = other.behind {
		if other.behind == f {
			other.behind = f.behind
		}
	}
}

// key is everything that tells one read from another. Each part is preceded by
// its length, so that no two reads have the same.
func (s *share) key(ctx context.Context, call *Call) []byte {
	key := make([]byte, 0, len(call.Body)+len(call.Subgraph)+128)
	key = appendPart(key, call.Subgraph)
	key = appendPart(key, call.Body)
	if s.identity != nil {
		key = appendPart(key, s.identity(ctx))
	}
	return s.appendHeader(key, call.Header)
}

func (s *share) appendHeader(key []byte, header http.Header) []byte {
	names := make([]string, 0, len(header))
	for name := range header {
		if !slices.Contains(s.ignored, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		key = appendPart(key, name)
		key = binary.AppendUvarint(key, uint64(len(header[name])))
		for _, value := range header[name] {
			key = appendPart(key, value)
		}
	}
	return key
}

func appendPart[T string | []byte](key []byte, part T) []byte {
	return append(binary.AppendUvarint(key, uint64(len(part))), part...)
}
