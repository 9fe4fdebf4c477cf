package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const healthHelp = `
shopgraph health asks a server that this program runs whether it can serve
requests. It is the health check of the container image, which holds no curl.

Usage: shopgraph health [flags] [URL]

URL defaults to http://127.0.0.1:4000/health/ready, the router's.

Exit status: 0 it can; 1 it cannot, or does not answer.

Example, for a subgraph:

  shopgraph health http://127.0.0.1:4001/health/ready`

func health(ctx context.Context, args []string, io stdio) int {
	flags := flag.NewFlagSet("health", flag.ContinueOnError)
	timeout := flags.Duration("timeout", 3*time.Second, "how long to wait for the answer")
	if status, ok := parseFlags(flags, healthHelp, args, io); !ok {
		return status
	}
	url := "http://127.0.0.1:4000/health/ready"
	switch flags.NArg() {
	case 0:
	case 1:
		url = flags.Arg(0)
	default:
		fmt.Fprintf(io.err, "shopgraph health takes one URL, not %d arguments\n", flags.NArg())
		return exitUsage
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	if err := askHealth(ctx, url); err != nil {
		fmt.Fprintf(io.err, "shopgraph health: %v\n", err)
		return exitProblems
	}
	return exitOK
}

func askHealth(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	const most = 1 << 10
	said, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return err
	}
	return fmt.Errorf("%s answers %s: %s", url, response.Status, strings.TrimSpace(string(said)))
}
