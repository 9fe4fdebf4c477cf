package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/schema/graph"
)

const whyHelp = `
shopgraph why tells why something is as it is.

Usage: shopgraph why [code] CODE
       shopgraph why field COORDINATE [flags]
       shopgraph why operation FILE [flags]
       shopgraph why            lists the codes

  CODE       what "shopgraph compose" and "shopgraph check" print: a composition
             error or hint (INVALID_FIELD_SHARING), with an example and the same
             set right; a kind of change (FIELD_REMOVED); another finding of a
             check (PLAN_STEPS_ADDED); a lint rule (type-names)
  field      who resolves a field like Product.price, who does not and why, and
             how a router gets there
  operation  the plan of an operation, with the reason for each request

The supergraph is read from --supergraph, or composed of the subgraphs that
--config lists.

Exit status: 0 told; 1 the operation is not valid, or has no plan, or the subgraphs do
not compose; 2 wrong usage, or there is no such thing.

Examples:

  shopgraph why INVALID_FIELD_SHARING
  shopgraph why field Product.price
  shopgraph why operation schema/operations/order.graphql`

// whys are the subjects of "shopgraph why", by name.
var whys = map[string]func(ctx context.Context, args []string, io stdio) int{
	"code":      whyCode,
	"field":     whyField,
	"operation": whyOperation,
}

func whyCommand(ctx context.Context, args []string, io stdio) int {
	if len(args) > 0 && (args[0] == "--help" || args[0] == "-h") {
		fmt.Fprintln(io.out, whyHelp[1:])
		return exitOK
	}
	if len(args) > 0 && whys[args[0]] != nil {
		return whys[args[0]](ctx, args[1:], io)
	}
	return whyCode(ctx, args, io)
}

// whySubject reads the command line of "why field" and "why operation": what is
// asked about, before the flags or behind them, and the graph that it is in.
func whySubject(ctx context.Context, name string, args []string, io stdio) (subject string, g *graph.Graph, status int, ok bool) {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		subject, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("why "+name, flag.ContinueOnError)
	var x explanation
	flags.StringVar(&x.supergraph, "supergraph", defaultSupergraph, "the supergraph's `file`")
	flags.StringVar(&x.config, "config", "", "the `file` that lists the subgraphs to compose, instead of --supergraph")
	if status, ok := parseFlags(flags, whyHelp, args, io); !ok {
		return "", nil, status, false
	}
	rest := flags.Args()
	if subject == "" && len(rest) > 0 {
		subject, rest = rest[0], rest[1:]
	}
	if len(rest) > 0 {
		fmt.Fprintf(io.err, "shopgraph why: there is an argument too many: %q\n", rest[0])
		return "", nil, exitUsage, false
	}
	g, err := x.graph(ctx, io.in)
	if err == nil {
		return subject, g, exitOK, true
	}
	fmt.Fprintf(io.err, "shopgraph why: %v\n", err)
	if notComposed := (*problems)(nil); errors.As(err, &notComposed) {
		return "", nil, exitProblems, false
	}
	return "", nil, exitUsage, false
}
