package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/demodata"
)

type settings struct {
	size demodata.Size
	// requests is how many different ones there are of each kind.
	requests     int
	connections  []int
	rounds       int
	window, warm time.Duration
}

// finding is what one kind of request showed at one number of connections.
type finding struct {
	name        string
	statements  count
	connections int
	// bare has one window more: each of the shop's lies between two.
	shop, bare []measure.Result
	// underLoad is how many statements the shop ran for each request: those of the
	// workers too, and fewer where requests of the same moment share a fetch.
	underLoad float64
}

// count is how many statements a request runs: the same for all of a kind.
type count struct{ all, ends int }

func (c count) String() string { return fmt.Sprintf("%d (%d)", c.all, c.ends) }

func countOf(recordings []recording) (c count, err error) {
	for i, r := range recordings {
		this := count{all: len(r.statements)}
		for _, s := range r.statements {
			if s.text == beginTx || s.text == commitTx {
				this.ends++
			}
		}
		if i > 0 && this != c {
			return c, fmt.Errorf("one request runs %s statements, another %s", c, this)
		}
		c = this
	}
	return c, nil
}

// kind is one kind of request, ready to be measured.
type kind struct {
	target     *measure.Target
	recordings []recording
	statements count
}

// kinds records all requests, while nothing else runs: the workers start later.
func (s *shop) kinds(requests int) (all []kind, err error) {
	for _, prepare := range []func(int) (*measure.Target, []recording, error){s.readings, s.placings} {
		var k kind
		if k.target, k.recordings, err = prepare(requests); err != nil {
			return nil, err
		}
		if k.statements, err = countOf(k.recordings); err != nil {
			return nil, fmt.Errorf("%s: %w", k.target.Name, err)
		}
		all = append(all, k)
	}
	return all, nil
}

// measure measures everything and then looks into the books.
func (s *shop) measure(ctx context.Context, how settings) (all []finding, err error) {
	kinds, err := s.kinds(how.requests)
	if err != nil {
		return nil, err
	}
	s.startWorkers(ctx)
	before, err := s.placed(ctx)
	if err != nil {
		return nil, err
	}
	placed := 0
	for _, k := range kinds {
		for _, connections := range how.connections {
			f, done, err := s.turns(ctx, how, k, connections)
			if err != nil {
				return nil, fmt.Errorf("%s, %d connections: %w", k.target.Name, connections, err)
			}
			all = append(all, f)
			if k.target.Fresh != nil {
				placed += done
			}
		}
	}
	after, err := s.placed(ctx)
	if err == nil && after-before != placed {
		err = fmt.Errorf("%d orders were placed, and the database has %d more", placed, after-before)
	}
	if err != nil {
		return nil, err
	}
	return all, s.balance(ctx)
}

// turns loads the shop between windows of its bare statements; done is how many
// requests and bare runs there were, those to warm up among them.
func (s *shop) turns(ctx context.Context, how settings, k kind, connections int) (f finding, done int, err error) {
	f = finding{name: k.target.Name, statements: k.statements, connections: connections}
	shop := func(length time.Duration) (measure.Result, error) {
		r, err := k.target.Load(ctx, connections, length)
		if err == nil && (r.Failed > 0 || r.Requests == 0) {
			err = fmt.Errorf("%d of %d answers are wrong", r.Failed, r.Requests)
		}
		return r, err
	}
	bare := func(length time.Duration) (measure.Result, error) {
		return loadBare(ctx, s.bare, k.recordings, connections, length)
	}
	turn := func(name string, load func(time.Duration) (measure.Result, error), length time.Duration) (r measure.Result) {
		if err != nil {
			return r
		}
		r, err = load(length)
		done += r.Requests
		fmt.Fprintf(os.Stderr, "%-12s %-6s %3d connections %7d requests  p50 %10s  p99 %10s\n", k.target.Name, name, connections, r.Requests, r.P50, r.P99)
		return r
	}
	turn("warm", shop, how.warm)
	turn("bare", bare, how.warm)
	f.bare = append(f.bare, turn("bare", bare, how.window))
	var statements int64
	requests := 0
	for range how.rounds {
		began := s.recorder.count.Load()
		f.shop = append(f.shop, turn("shop", shop, how.window))
		statements += s.recorder.count.Load() - began
		requests += f.shop[len(f.shop)-1].Requests
		f.bare = append(f.bare, turn("bare", bare, how.window))
	}
	if requests > 0 {
		f.underLoad = float64(statements) / float64(requests)
	}
	return f, done, err
}

func spread(windows []measure.Result, quantity func(measure.Result) float64) measure.Spread {
	values := make([]float64, len(windows))
	for i, w := range windows {
		values[i] = quantity(w)
	}
	return measure.SpreadOf(values)
}

// ratios are the shop's windows by the bare ones before and after.
func ratios(f finding, quantity func(measure.Result) float64) string {
	values := make([]float64, len(f.shop))
	for i, w := range f.shop {
		values[i] = 2 * quantity(w) / (quantity(f.bare[i]) + quantity(f.bare[i+1]))
	}
	return measure.SpreadOf(values).String()
}
