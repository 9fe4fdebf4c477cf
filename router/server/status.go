package server

import (
	"net/http"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/introspect"
	"github.com/shopgraph/shopgraph/router/limits"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/persisted"
	"github.com/shopgraph/shopgraph/router/ratelimit"
)

// Statuses is a style of HTTP status codes. The GraphQL over HTTP draft changed
// them in 2026, while its audit and most clients expect those from before.
type Statuses uint8

const (
	// StatusesAudited answers an operation that is invalid with 400, or 200 for
	// clients that know application/json only; one that ran with 200.
	StatusesAudited Statuses = iota
	// StatusesDraft answers what is valid JSON and no valid operation with 422,
	// and one that ran with errors with 294, whatever the client accepts.
	StatusesDraft
)

// StatusPartialSuccess is the draft's status for data with errors.
const StatusPartialSuccess = 294

// refusals are the statuses of requests that are not run whatever the client
// accepts. A code that is not here is that of an invalid operation.
var refusals = map[apierror.Code]int{
	apierror.BadRequest:            http.StatusBadRequest,
	apierror.BatchingNotEnabled:    http.StatusBadRequest,
	apierror.OperationTooComplex:   http.StatusBadRequest,
	operation.CodeTooManyTokens:    http.StatusBadRequest,
	operation.CodeTooManyFields:    http.StatusBadRequest,
	limits.CodeTooDeep:             http.StatusBadRequest,
	limits.CodeTooManyAliases:      http.StatusBadRequest,
	limits.CodeTooManyRootFields:   http.StatusBadRequest,
	limits.CodeTooManyDirectives:   http.StatusBadRequest,
	cost.CodeTooExpensive:          http.StatusBadRequest,
	cost.CodeUnsliced:              http.StatusBadRequest,
	persisted.CodeNotFound:         http.StatusOK,
	persisted.CodeNotSupported:     http.StatusOK,
	persisted.CodeHashMismatch:     http.StatusBadRequest,
	persisted.CodeIDRequired:       http.StatusBadRequest,
	persisted.CodeIDAndBody:        http.StatusBadRequest,
	persisted.CodeNotTrusted:       http.StatusForbidden,
	ratelimit.CodeLimited:          http.StatusTooManyRequests,
	apierror.IntrospectionDisabled: http.StatusBadRequest,
	introspect.CodeTooLarge:        http.StatusBadRequest,
	apierror.Unauthenticated:       http.StatusUnauthorized,
	apierror.Forbidden:             http.StatusForbidden,
	access.CodeUnauthorized:        http.StatusForbidden,
	apierror.CrossSite:             http.StatusForbidden,
	apierror.MethodNotAllowed:      http.StatusMethodNotAllowed,
	apierror.NotAcceptable:         http.StatusNotAcceptable,
	apierror.RequestTimeout:        http.StatusRequestTimeout,
	apierror.PayloadTooLarge:       http.StatusRequestEntityTooLarge,
	apierror.UnsupportedMediaType:  http.StatusUnsupportedMediaType,
	apierror.Internal:              http.StatusInternalServerError,
	apierror.ServiceUnavailable:    http.StatusServiceUnavailable,
}

func (style Statuses) of(response *router.Response, m media) int {
	switch {
	case response.Refused != "":
		return style.ofRefusal(response.Refused, m)
	case style == StatusesDraft && response.Errors > 0 && m == mediaGraphQL:
		return StatusPartialSuccess
	}
	return http.StatusOK
}

func (style Statuses) ofRefusal(code apierror.Code, m media) int {
	status, ok := refusals[code]
	switch {
	case ok:
		return status
	case style == StatusesDraft && code != apierror.ParseFailed:
		return http.StatusUnprocessableEntity
	case style == StatusesAudited && m == mediaJSON:
		return http.StatusOK
	}
	return http.StatusBadRequest
}
