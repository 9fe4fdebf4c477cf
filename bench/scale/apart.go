package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// What is started beside the program that is measured are processes of their own,
// of this same program: so each has its own open files, and its own memory.

// apart runs one of them, if the arguments say so.
func apart(ctx context.Context, args []string) (ran bool, err error) {
	switch {
	case len(args) == 4 && args[0] == "subgraphs":
		return true, serveSubgraphs(ctx, args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "clients":
		return true, askAsClients(ctx, args[1], args[2], args[3])
	}
	return false, nil
}

// serveSubgraphs answers for the subgraphs until ctx ends.
func serveSubgraphs(ctx context.Context, products, reviews, delay string) error {
	wait, err := time.ParseDuration(delay)
	if err != nil {
		return err
	}
	ended := make(chan error, 2)
	for _, s := range []struct {
		address, body string
		delay         time.Duration
	}{
		{products, `{"data":{"products":[` + list(10, product) + `]}}`, 0},
		{reviews, `{"data":{"reviews":[{"body":"Good."}]}}`, wait},
	} {
		server := &http.Server{Addr: s.address, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(s.delay)
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(s.body))
		})}
		go func() { ended <- server.ListenAndServe() }()
		defer server.Close()
	}
	select {
	case err = <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// spread is over how many addresses clients come: connections of earlier ones
// keep their ports for a minute.
const spread = 8

// askAsClients asks a router for products over some connections, first to warm it,
// and prints what came of it as JSON. The router is the process with this id.
func askAsClients(ctx context.Context, address, connections, router string) error {
	n, err := strconv.Atoi(connections)
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(router)
	if err != nil {
		return err
	}
	process, err := measure.Attach(pid)
	if err != nil {
		return err
	}
	t := &measure.Target{
		Name: fmt.Sprintf("%d connections", n), Address: address, Processes: []*measure.Process{process}, Spread: spread,
		Requests: [][]byte{asRequest(productsQuery)},
	}
	if err := learnProducts(t); err != nil {
		return err
	}
	// A window holds a few requests of each connection.
	length := window + time.Duration(n)*time.Millisecond
	t.Warm = length / 2
	r, err := t.Load(ctx, n, length)
	if err != nil {
		return err
	}
	return errors.Join(ctx.Err(), json.NewEncoder(os.Stdout).Encode(r))
}
