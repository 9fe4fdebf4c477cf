package router

import (
	"encoding/json"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// Refuse is the answer to a request that is not run because of err. An error
// that is not the client's shows the request's id and nothing else: log it.
func Refuse(requestID string, err error) *Response {
	type extensions struct {
		Code      apierror.Code `json:"code"`
		RequestID string        `json:"requestId,omitempty"`
	}
	type answer struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	shown := answer{"internal error; the request id is " + requestID, extensions{apierror.Internal, requestID}}
	if e, ok := apierror.As(err); ok && e.Code != apierror.Internal {
		shown = answer{e.Message, extensions{Code: e.Code}}
	}
	body, _ := json.Marshal(map[string][]answer{"errors": {shown}}) // strings only: it cannot fail
	return &Response{Refused: shown.Extensions.Code, Errors: 1, Body: body}
}
