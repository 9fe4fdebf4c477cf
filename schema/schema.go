// Package schema holds the shop's supergraph, as "shopgraph compose" wrote it.
// The folders below are everything that happens before a request:
//
//	federation  the vocabulary: directives by version, links, field sets
//	subgraph    one SDL, read and checked
//	compose     subgraphs → supergraph
//	supergraph  a supergraph document, read
//	graph       who can resolve what, and how one gets there
package schema

import _ "embed" // for Supergraph

// Supergraph is the supergraph of the shop's three subgraphs.
//
//go:embed supergraph.graphql
var Supergraph string
