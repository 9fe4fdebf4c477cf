package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/schema/contract"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

const contractHelp = `
shopgraph contract makes a variant of a supergraph of which clients see a part,
chosen by the tags (@tag) of its elements. What they do not see is marked
@inaccessible; a router serves the variant like any other supergraph.

Usage: shopgraph contract [flags] [SUPERGRAPH]

With --include a field of an object type or interface, and a union, stays when
it, or its type, has one of the tags. With --exclude whatever has one of the tags
goes; that wins. Types of which nothing is left, and types that nothing leads to,
go too.

Exit status: 0 made; 1 the variant needs what it hides, or nothing is left of it;
2 wrong usage, or a file that cannot be read.

Example:

  shopgraph contract --include public --exclude internal > public.graphql`

func contractCommand(_ context.Context, args []string, io stdio) int {
	flags := flag.NewFlagSet("contract", flag.ContinueOnError)
	var filter contract.Filter
	flags.Var((*list)(&filter.Include), "include", "a `tag` to include; may be repeated")
	flags.Var((*list)(&filter.Exclude), "exclude", "a `tag` to exclude; may be repeated")
	flags.BoolVar(&filter.KeepUnreachable, "keep-unreachable", false, "keep types that no operation can reach")
	api := flags.Bool("api", false, "write the API schema that clients see, not the supergraph")
	if status, ok := parseFlags(flags, contractHelp, args, io); !ok {
		return status
	}
	file := defaultSupergraph
	if flags.NArg() > 0 {
		file = flags.Arg(0)
	}
	text, err := makeContract(file, filter, *api)
	if err == nil && flags.NArg() > 1 {
		err = fmt.Errorf("there is an argument too many: %q", flags.Arg(1))
	}
	var errs federation.Errors
	switch {
	case errors.As(err, &errs):
		fmt.Fprintln(io.err, errs)
		return exitProblems
	case err != nil:
		fmt.Fprintf(io.err, "shopgraph contract: %v\n", err)
		return exitUsage
	}
	fmt.Fprint(io.out, text)
	return exitOK
}

func makeContract(file string, filter contract.Filter, api bool) (string, error) {
	if len(filter.Include)+len(filter.Exclude) == 0 {
		return "", errors.New("say which tags to --include or --exclude")
	}
	sdl, err := readSupergraph(file)
	if err != nil {
		return "", err
	}
	text, err := contract.Apply(sdl, filter)
	if err != nil || !api {
		return text, err
	}
	s, err := supergraph.Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	printAPI(&b, s.API)
	return b.String(), nil
}
