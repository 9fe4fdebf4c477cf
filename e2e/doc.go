// Package e2e tests the program from the outside: the shop in one process and in
// four, over HTTP, as its users meet it.
//
//	program_test.go     builds and runs the program
//	shop_test.go        the shop, whole or in parts, and its clients
//	hazard…_test.go     what docs/hazards.md lists, by its number
//	statements_test.go  what a query costs each subgraph
//	*_test.go           what must hold of it, both ways
//	conformance/        the GraphQL over HTTP audit ("make conformance")
//	clients/            Apollo Client, Relay, urql and others, code generation, the playground in a browser ("make e2e")
package e2e
