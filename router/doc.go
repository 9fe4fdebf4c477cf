// Package router answers GraphQL requests from a supergraph: it plans which
// subgraphs are asked what, asks them, and makes one answer of theirs.
//
//	Request ──► prepare ──► plan ──► execute ──► response ──► Response
//	            operation   plan     execute     response
//
//	prepare   text and variables → an operation that is valid for the API schema
//	plan      operation → the requests to subgraphs that answer it
//	execute   plan → the subgraphs' answers, merged
//	response  answers → the client's JSON
//
// The first two are remembered by the text of the document and the values of its
// conditions; a request for which they are costs only what it moves. Each has a
// package of its own, under the name in the second line, which prints what it
// makes: "shopgraph explain".
//
// What a deployment wants besides stands around this story, not in it: package
// server speaks HTTP, auth knows who asks, headers says what subgraphs are told,
// telemetry traces what was asked.
//
// # Glossary
//
//	supergraph     the subgraphs' schemas composed into one document
//	API schema     what clients see of it
//	subgraph       a GraphQL service that resolves a part of it
//	entity         an object that several subgraphs know by a key
//	key            fields that tell an entity from others of its type
//	representation an entity's type and key, as a subgraph is asked for it
//	document       what a client writes: operations and fragments
//	operation      the one of them that is run, made ready (package operation)
//	plan           the requests that answer an operation
//	fetch          one of them
package router
