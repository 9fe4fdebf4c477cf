package router

import (
	"encoding/json"
	"errors"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router/operation"
)

// Refuse is the answer to a request that is not run because of err. An error
// that is not the client's shows the request's id and nothing else: log it.
func Refuse(requestID string, err error) *Response {
	var invalid operation.Errors
	if errors.As(err, &invalid) {
		return refuseOperation(invalid)
	}
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

func refuseOperation(errs operation.Errors) *Response {
	body := []byte(`{"errors":[`)
	for i, err := range errs {
		if i > 0 {
			body = append(body, ',')
		}
		body = err.AppendJSON(body)
	}
	return &Response{Refused: apierror.Code(errs[0].Code), Errors: len(errs), Body: append(body, "]}"...)}
}
