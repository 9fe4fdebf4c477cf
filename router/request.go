package router

import (
	"context"
	"encoding/json"
)

// Executor answers GraphQL requests; a *Router is one, and so are the wrappers
// around it. It always returns an answer.
type Executor interface {
	Execute(ctx context.Context, request *Request) *Response
}

// Request is one GraphQL request, however it came in. It is valid, with
// everything it refers to, until Execute returns.
type Request struct {
	// ID names the request in logs, in internal errors and, if headers are passed
	// on, to subgraphs.
	ID string
	// Query is the document; empty when the client names it in another way, for
	// example by a hash in Extensions.
	Query string
	// DocumentID names the document instead; what it means decides the Executor.
	DocumentID    string
	OperationName string
	// Client is the name that the client gives of itself, perhaps with a version
	// behind a slash. Nothing but statistics should believe it.
	Client string
	// Variables and Extensions are JSON objects as the client wrote them, checked
	// to be well-formed, or nil.
	Variables, Extensions json.RawMessage
	// QueriesOnly refuses other kinds of operation with METHOD_NOT_ALLOWED: the
	// transport promises to change nothing (HTTP GET).
	QueriesOnly bool
	// Plan asks for the query plan in the answer's extensions. Whoever fills it in
	// decides that this client may see it.
	Plan PlanOutput
	// Cost asks for the estimated cost in the answer's extensions.
	Cost bool
}

// PlanOutput is what a request wants to see of its query plan.
type PlanOutput uint8

const (
	// PlanHidden shows nothing of it.
	PlanHidden PlanOutput = iota
	// PlanShown adds the plan, and how each of its fetches went.
	PlanShown
	// PlanOnly adds the plan, and runs nothing: data is null.
	PlanOnly
)
