package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// collections measures what the garbage collector does to a router and to the
// whole shop under load, as a table: how often it runs, for how long everything
// stands still, and how much memory a request takes. The runtime tells itself, by
// GODEBUG=gctrace=1.
func collections(ctx context.Context, program string) (string, error) {
	var rows [][]string
	for _, of := range []struct {
		name  string
		start func(program string, env ...string) (*shop, error)
	}{
		{"the router, products of one subgraph over HTTP", func(program string, env ...string) (*shop, error) { return startShop(program, 0, env...) }},
		{"`serve all`, an order with its customer and products", startAll},
	} {
		row, err := collectionsOf(ctx, program, of.start)
		if err != nil {
			return "", fmt.Errorf("%s: %w", of.name, err)
		}
		rows = append(rows, append([]string{of.name}, row...))
	}
	return measure.Table([]string{"garbage collection, at 50 connections", "cycles for 1,000 requests", "pauses: median", "p99", "longest", "of the time", "memory for a request"}, rows), nil
}

// collecting is how long collections are watched.
const collecting = 20 * time.Second

func collectionsOf(ctx context.Context, program string, start func(string, ...string) (*shop, error)) ([]string, error) {
	s, err := start(program, "GODEBUG=gctrace=1")
	if err != nil {
		return nil, err
	}
	defer s.close()
	if _, err := s.target.Load(ctx, 50, window); err != nil {
		return nil, err
	}
	before := len(s.process.Output())
	r, err := s.target.Load(ctx, 50, collecting)
	if err != nil {
		return nil, err
	}
	if r.Failed > 0 {
		return nil, fmt.Errorf("%d of %d answers are wrong: %s", r.Failed, r.Requests, r.Wrong)
	}
	cycles, err := readCycles(s.process.Output()[before:])
	if err != nil {
		return nil, err
	}
	if len(cycles) < 2 || r.Requests == 0 {
		return nil, fmt.Errorf("%d requests, %d collections: too few to tell", r.Requests, len(cycles))
	}
	pauses, total, allocated := summary(cycles)
	micros := func(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }
	return []string{
		fmt.Sprintf("%.2f", float64(len(cycles))*1000/float64(r.Requests)),
		micros(pauses[len(pauses)/2]), micros(pauses[len(pauses)*99/100]), micros(pauses[len(pauses)-1]),
		fmt.Sprintf("%.2f ‰", 1000*total.Seconds()/r.Took.Seconds()),
		// What was allocated since the last cycle's end is not known: a part of one.
		fmt.Sprintf("%.0f kB", float64(allocated>>10)/float64(r.Requests)*float64(len(cycles))/float64(len(cycles)-1)),
	}, nil
}

// cycle is one garbage collection.
type cycle struct {
	// pauses are the two times for which everything stands still.
	pauses [2]time.Duration
	// start, end and live are the heap's size when the collection began and
	// ended, and what of it was alive, in bytes.
	start, end, live int64
}

// cycleLine is a line of gctrace (package runtime, environment variables):
// gc 7 @3.270s 1%: 0.052+1.4+0.028 ms clock, 0.10+0.37/1.3/0.059+0.056 ms cpu, 16->17->5 MB, …
var cycleLine = regexp.MustCompile(`(?m)^gc \d+ @\S+ \d+%: ([\d.]+)\+[\d.]+\+([\d.]+) ms clock, .* ms cpu, (\d+)->(\d+)->(\d+) MB,`)

// readCycles finds the garbage collections in what a program wrote.
func readCycles(text string) (cycles []cycle, err error) {
	for _, found := range cycleLine.FindAllStringSubmatch(text, -1) {
		var c cycle
		for i, n := range []int{1, 2} {
			ms, e := strconv.ParseFloat(found[n], 64)
			c.pauses[i], err = time.Duration(ms*float64(time.Millisecond)), errors.Join(err, e)
		}
		for i, size := range []*int64{&c.start, &c.end, &c.live} {
			mb, e := strconv.ParseInt(found[3+i], 10, 32)
			*size, err = mb<<20, errors.Join(err, e)
		}
		cycles = append(cycles, c)
	}
	return cycles, err
}

// summary returns all pauses, sorted, their sum, and the bytes that were allocated
// from the first cycle's beginning to the last one's end.
func summary(cycles []cycle) (pauses []time.Duration, total time.Duration, allocated int64) {
	for i, c := range cycles {
		for _, p := range c.pauses {
			pauses, total = append(pauses, p), total+p
		}
		allocated += c.end - c.start
		if i > 0 {
			allocated += c.start - cycles[i-1].live
		}
	}
	slices.Sort(pauses)
	return pauses, total, allocated
}
