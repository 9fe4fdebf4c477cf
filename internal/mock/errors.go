package mock

import (
	"errors"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Error is an error of a response, as section 7.1.2 of the specification has it.
type Error struct {
	Message    string         `json:"message"`
	Locations  []Location     `json:"locations,omitempty"`
	Path       []any          `json:"path,omitempty"` // strings and ints
	Extensions map[string]any `json:"extensions,omitempty"`
}

// Location is a place in the operation's text, both counted from 1.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (e *Error) Error() string { return e.Message }

// Codes in extensions.code, as Apollo's servers use them.
const (
	codeParse      = "GRAPHQL_PARSE_FAILED"
	codeValidation = "GRAPHQL_VALIDATION_FAILED"
	codeInput      = "BAD_USER_INPUT"
	codeOperation  = "OPERATION_RESOLUTION_FAILURE"
)

func requestError(code, message string, at ...*ast.Position) Error {
	return Error{Message: message, Locations: locations(at...), Extensions: map[string]any{"code": code}}
}

func locations(positions ...*ast.Position) []Location {
	var list []Location
	for _, p := range positions {
		if p != nil && p.Line > 0 {
			list = append(list, Location{Line: p.Line, Column: p.Column})
		}
	}
	return list
}

// fromParser turns gqlparser's errors into ours.
func fromParser(code string, err error) []Error {
	var list gqlerror.List
	var one *gqlerror.Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = gqlerror.List{one}
	default:
		list = gqlerror.List{{Message: err.Error()}}
	}
	out := make([]Error, len(list))
	for i, e := range list {
		out[i] = Error{Message: e.Message, Extensions: map[string]any{"code": code}}
		for _, l := range e.Locations {
			out[i].Locations = append(out[i].Locations, Location{Line: l.Line, Column: l.Column})
		}
	}
	return out
}

// step is one element of the path to where execution is; the whole path is
// only written out when there is an error.
type step struct {
	parent *step
	key    string
	index  int
	isList bool
}

func (s *step) path() []any {
	n := 0
	for at := s; at != nil; at = at.parent {
		n++
	}
	path := make([]any, n)
	for at := s; at != nil; at = at.parent {
		n--
		if at.isList {
			path[n] = at.index
		} else {
			path[n] = at.key
		}
	}
	return path
}
