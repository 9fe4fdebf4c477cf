// Package apierror holds the errors a client may see: a code from a closed list
// and a sentence. Every other error is ours: it is logged and shown as
// INTERNAL_SERVER_ERROR with a request id and nothing else.
package apierror

import (
	"errors"
	"fmt"
	"time"
)

// Code is what a client finds in extensions.code of a GraphQL error. Clients may
// switch on it, so a code is never renamed. The list below is complete for
// requests that are refused; errors met while a request runs have the codes of
// packages operation, execute and response.
type Code string

const (
	// BadRequest is an HTTP request that carries no GraphQL request: malformed
	// JSON, a wrong content type.
	BadRequest Code = "BAD_REQUEST"
	// UnsupportedMediaType is a request body that is not JSON in UTF-8.
	UnsupportedMediaType Code = "INVALID_CONTENT_TYPE_HEADER"
	// NotAcceptable is an Accept header that allows no media type we can send.
	NotAcceptable Code = "INVALID_ACCEPT_HEADER"
	// MethodNotAllowed is an HTTP method that cannot carry this operation, such
	// as a mutation by GET.
	MethodNotAllowed Code = "METHOD_NOT_ALLOWED"
	// CrossSite is a request that another site made a browser send.
	CrossSite Code = "CSRF_ERROR"
	// PayloadTooLarge is a request body over the limit.
	PayloadTooLarge Code = "PAYLOAD_TOO_LARGE"
	// RequestTimeout is a request body that did not arrive in time.
	RequestTimeout Code = "REQUEST_TIMEOUT"
	// BatchingNotEnabled is an array of requests where one is taken at a time.
	BatchingNotEnabled Code = "BATCHING_NOT_ENABLED"
	// UnknownOperation is an operation name that the document does not have, or
	// none where it has several operations.
	UnknownOperation Code = "OPERATION_RESOLUTION_FAILURE"
	// ParseFailed is a document that is not GraphQL.
	ParseFailed Code = "GRAPHQL_PARSE_FAILED"
	// ValidationFailed is a document or variables that do not fit the schema.
	ValidationFailed Code = "GRAPHQL_VALIDATION_FAILED"
	// OperationTooComplex is an operation over a limit of depth, breadth or cost.
	OperationTooComplex Code = "OPERATION_TOO_COMPLEX"
	// NoPlan is an operation that the router finds no way to answer.
	NoPlan Code = "QUERY_PLANNING_FAILED"
	// SubscriptionsDisabled is a subscription where none are served.
	SubscriptionsDisabled Code = "SUBSCRIPTION_DISABLED"
	// IntrospectionDisabled is introspection where the schema is not told.
	IntrospectionDisabled Code = "INTROSPECTION_DISABLED"
	// BadUserInput is an argument whose type is right and whose value is not.
	BadUserInput Code = "BAD_USER_INPUT"
	// Unauthenticated is a missing login where one is needed, or a token that
	// does not verify.
	Unauthenticated Code = "UNAUTHENTICATED"
	// Forbidden is a login that may not do this.
	Forbidden Code = "FORBIDDEN"
	// ServiceUnavailable is a part that did not answer in time; trying again is
	// safe and may help.
	ServiceUnavailable Code = "SERVICE_UNAVAILABLE"
	// Internal is a fault of ours.
	Internal Code = "INTERNAL_SERVER_ERROR"
)

// Error is an error meant for the client: it hides nothing and reveals nothing.
type Error struct {
	Code    Code
	Message string
	cause   error
	retry   time.Duration
}

// New returns an error that clients see with this code and message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap is New with a cause for the log; the client never sees the cause.
func Wrap(cause error, code Code, format string, args ...any) *Error {
	e := New(code, format, args...)
	e.cause = cause
	return e
}

// RetryIn says when trying again may help.
func (e *Error) RetryIn(wait time.Duration) *Error {
	e.retry = wait
	return e
}

// Retry is the time after which trying again may help; 0 where that is not known.
func (e *Error) Retry() time.Duration { return e.retry }

// Error is the text for logs: the message, then the cause if there is one.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// As returns the client's error in err's chain; ok is false when err is
// internal.
func As(err error) (e *Error, ok bool) {
	return errors.AsType[*Error](err)
}
