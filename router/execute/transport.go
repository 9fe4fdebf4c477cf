package execute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Transport sends requests to subgraphs. It must be safe for concurrent use.
// Implementations that wrap others add what a deployment wants: shared reads,
// limits, retries, metrics.
type Transport interface {
	// Send sends the call's request and sets its answer. An error means that
	// there is no answer that could be a GraphQL response; a *Failure says which
	// code and message the client gets. Send returns when ctx is done, and after
	// it has returned nothing may read the call's Body or write its Buffer.
	Send(ctx context.Context, call *Call) error
}

// Call is one request to a subgraph and its answer.
type Call struct {
	// Subgraph is the subgraph's name.
	Subgraph string
	// Kind is the operation's kind. Only queries may be shared or repeated.
	Kind ast.Operation
	// Step is that of the plan, from 0, that the fetch belongs to; Representations
	// are the entities asked for. They are for those who measure.
	Step, Representations int
	// Header are the headers to send besides those of the content; nil for none.
	// The transport may add to it.
	Header http.Header
	// Body is the request as JSON. It must be neither changed nor kept.
	Body []byte

	// Status is the HTTP status of the answer.
	Status int
	// Answer is the answer's body. It must not be changed any more: it may be
	// read until the request is over.
	Answer []byte
	// Buffer is memory to put the answer in. A transport that uses it, or a
	// larger one instead, leaves it here so that it is used again; one whose
	// Answer others read as well sets it to nil.
	Buffer []byte
}

// Codes of failed fetches, as clients see them in extensions.code.
const (
	CodeHTTP      = "SUBREQUEST_HTTP_ERROR"
	CodeMalformed = "SUBREQUEST_MALFORMED_RESPONSE"
	CodeTimeout   = "GATEWAY_TIMEOUT"
	CodeCanceled  = "REQUEST_CANCELED"
	CodeInternal  = "INTERNAL_SERVER_ERROR"
)

// Failure is a fetch without a usable answer.
type Failure struct {
	// Code is one of the Code constants.
	Code string
	// Message is for the client: it names neither hosts nor addresses.
	Message string
	// Cause is for the log; it may be nil.
	Cause error
}

func (f *Failure) Error() string {
	if f.Cause == nil {
		return f.Message
	}
	return f.Message + ": " + f.Cause.Error()
}

func (f *Failure) Unwrap() error { return f.Cause }

// ByName sends each call by the transport of the call's subgraph.
type ByName map[string]Transport

// Send implements Transport.
func (t ByName) Send(ctx context.Context, call *Call) error {
	next := t[call.Subgraph]
	if next == nil {
		return &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q has no address: set its routing URL", call.Subgraph)}
	}
	return next.Send(ctx, call)
}

// DefaultMaxAnswer is how many bytes a subgraph's answer may have where nothing
// else is said.
const DefaultMaxAnswer = 64 << 20

var (
	contentTypes = []string{"application/json"}
	accepts      = []string{"application/graphql-response+json, application/json;q=0.9"}
	userAgents   = []string{userAgent}
)

// checkHead refuses answers that cannot be GraphQL responses. An answer with an
// error status is read where it is JSON: GraphQL servers send their errors so.
func checkHead[T string | []byte](subgraph string, status int, contentType, encoding T) error {
	json := isJSON(contentType)
	switch {
	case status >= 300 && status < 400:
		return &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q answered with a redirect (HTTP status %d), which is not followed: set its routing URL to the final address", subgraph, status)}
	case !json && status >= 400:
		return statusFailure(subgraph, status)
	case !json && len(contentType) == 0:
		return &Failure{Code: CodeMalformed, Message: fmt.Sprintf("subgraph %q answered without a content type: it should be application/json", subgraph)}
	case !json:
		return &Failure{Code: CodeMalformed, Message: fmt.Sprintf("subgraph %q answered with content type %.100q: it should be application/json", subgraph, contentType)}
	case len(encoding) > 0 && !is(encoding, "identity"):
		return &Failure{Code: CodeMalformed, Message: fmt.Sprintf("subgraph %q answered with content encoding %.100q, which was not asked for", subgraph, encoding)}
	}
	return nil
}

// isJSON says whether a content type, parameters aside, is one of a GraphQL
// response.
func isJSON[T string | []byte](contentType T) bool {
	end := 0
	for end < len(contentType) && contentType[end] != ';' && contentType[end] != ' ' && contentType[end] != '\t' {
		end++
	}
	return is(contentType[:end], "application/json") || is(contentType[:end], "application/graphql-response+json")
}

// is compares with a lower-case word, letters' case aside.
func is[T string | []byte](text T, word string) bool {
	if len(text) != len(word) {
		return false
	}
	for i := range len(word) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

func statusFailure(subgraph string, status int) *Failure {
	return &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q answered with HTTP status %d", subgraph, status)}
}

func sizeFailure(subgraph string, limit int64) *Failure {
	return &Failure{Code: CodeMalformed, Message: fmt.Sprintf("subgraph %q answered with more than %d bytes", subgraph, limit)}
}

// readAnswer reads the body of an answer into the call's buffer. size is the
// announced length, or -1.
func (c *Call) readAnswer(body io.Reader, size, limit int64) error {
	if size > limit {
		return sizeFailure(c.Subgraph, limit)
	}
	b := c.Buffer[:0]
	for {
		if len(b) == cap(b) {
			// One byte more than announced: the end is then seen without growing.
			b = grow(b, max(int(size)-len(b), 0)+1)
		}
		n, err := body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if int64(len(b)) > limit {
			return sizeFailure(c.Subgraph, limit)
		}
		if err == io.EOF {
			c.Buffer, c.Answer = b, b
			return nil
		}
		if err != nil {
			c.Buffer = b
			return &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q broke off its answer", c.Subgraph), Cause: err}
		}
	}
}

// grow makes room for more bytes; not for all that are announced, since announcing
// costs nothing, but for as many as are there already.
func grow(b []byte, missing int) []byte {
	const step = 256 << 10
	return slices.Grow(b, max(min(missing, max(len(b), step)), 4096))
}

// asFailure makes a failure of whatever error a transport returned.
func asFailure(ctx context.Context, subgraph string, err error) *Failure {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return unreachable(ctx, subgraph, err)
}
