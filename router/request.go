package router

import "encoding/json"

// Request is one GraphQL request, however it came in. It is valid, with
// everything it refers to, until Execute returns.
type Request struct {
	// ID names the request in logs, in internal errors and, if headers are passed
	// on, to subgraphs.
	ID string
	// Query is the document; empty when the client names it in another way, for
	// example by a hash in Extensions.
	Query         string
	OperationName string
	// Variables and Extensions are JSON objects as the client wrote them, checked
	// to be well-formed, or nil.
	Variables, Extensions json.RawMessage
	// QueriesOnly refuses other kinds of operation with METHOD_NOT_ALLOWED: the
	// transport promises to change nothing (HTTP GET).
	QueriesOnly bool
}
