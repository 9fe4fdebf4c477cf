package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/lint"
)

const whyHelp = `
shopgraph why tells why something is as it is.

Usage: shopgraph why field COORDINATE [flags]
       shopgraph why operation FILE [flags]
       shopgraph why NAME

  NAME       a kind of change (FIELD_REMOVED) or a lint rule (type-names), as
             "shopgraph check" prints them
  field      who resolves a field like Product.price, who does not and why, and
             how a router gets there
  operation  the plan of an operation, with the reason for each request

Exit status: 0 told; 1 the operation is not valid, or has no plan; 2 wrong usage,
or there is no such thing.

Examples:

  shopgraph why field Product.price
  shopgraph why operation schema/operations/order.graphql`

// whys are the subjects of "shopgraph why", by name.
var whys = map[string]func(args []string, io stdio) int{
	"field":     whyField,
	"operation": whyOperation,
}

func whyCommand(_ context.Context, args []string, io stdio) int {
	if len(args) == 0 || args[0] == "--help" || args[0] == "-h" {
		fmt.Fprintln(io.out, whyHelp[1:])
		return exitOK
	}
	if why := whys[args[0]]; why != nil {
		return why(args[1:], io)
	}
	if text, ok := explainFinding(args[0]); ok {
		fmt.Fprintln(io.out, strings.TrimSpace(text))
		return exitOK
	}
	fmt.Fprintf(io.err, "shopgraph why: there is nothing to tell of %q; run \"shopgraph why --help\"\n", args[0])
	return exitUsage
}

// explainFinding explains a kind of change or a lint rule.
func explainFinding(name string) (text string, ok bool) {
	if rule := lint.Find(name); rule != nil {
		return rule.Page(), true
	}
	if e, ok := check.Explain(check.Kind(name)); ok {
		return name + "\n\n" + wrap(e.Text, 80), true
	}
	return "", false
}
