package main

import (
	"context"
	"fmt"
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

Exit status: 0 told; 1 the operation is not valid, or has no plan; 2 wrong usage,
or there is no such thing.

Examples:

  shopgraph why INVALID_FIELD_SHARING
  shopgraph why field Product.price
  shopgraph why operation schema/operations/order.graphql`

// whys are the subjects of "shopgraph why", by name.
var whys = map[string]func(args []string, io stdio) int{
	"code":      whyCode,
	"field":     whyField,
	"operation": whyOperation,
}

func whyCommand(_ context.Context, args []string, io stdio) int {
	if len(args) > 0 && (args[0] == "--help" || args[0] == "-h") {
		fmt.Fprintln(io.out, whyHelp[1:])
		return exitOK
	}
	if len(args) > 0 && whys[args[0]] != nil {
		return whys[args[0]](args[1:], io)
	}
	return whyCode(args, io)
}
