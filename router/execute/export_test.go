package execute

import (
	"context"
	"time"
)

// Joined says how many calls wait for the calls of others, for tests.
func Joined(shared Transport) int {
	s := shared.(*share)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, f := range s.flights {
		for ; f != nil; f = f.behind {
			n += f.joined
		}
	}
	return n
}

// Collide makes a transport of Share find all calls under one hash.
func Collide(shared Transport) Transport {
	shared.(*share).hash = func(*read) uint64 { return 1 }
	return shared
}

// Stages runs a program's fetches one after the other and says how long each
// stage took in all: preparing requests, sending them, reading answers, merging.
func Stages(p *Program, ctx context.Context, request *Request) (r *Result, prepare, send, read, settle time.Duration) {
	r = p.pool.Get().(*Result)
	r.ctx, r.request = ctx, request
	r.start()
	for i := range p.fetches {
		at := time.Now()
		sent := r.prepare(i)
		prepare += time.Since(at)
		if !sent {
			continue
		}
		at = time.Now()
		if err := request.Transport.Send(ctx, &r.fetches[i].call); err != nil {
			panic(err)
		}
		send += time.Since(at)
		at = time.Now()
		r.read(i)
		read += time.Since(at)
		at = time.Now()
		r.settle(i)
		settle += time.Since(at)
	}
	return r, prepare, send, read, settle
}
