package operation

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// Codes of the errors of this package, as clients see them in extensions.code.
const (
	CodeParseFailed         = "GRAPHQL_PARSE_FAILED"         // the text is not GraphQL
	CodeValidationFailed    = "GRAPHQL_VALIDATION_FAILED"    // the document breaks a rule of the specification
	CodeOperationResolution = "OPERATION_RESOLUTION_FAILURE" // the operation name does not choose one operation
	CodeBadUserInput        = "BAD_USER_INPUT"               // a variable's value does not fit its type
	CodeBadRequest          = "BAD_REQUEST"                  // the variables are not a JSON object
	CodeTooManyTokens       = "MAX_TOKENS_LIMIT"             // Options.MaxTokens
	CodeTooManyFields       = "MAX_FIELDS_LIMIT"             // Options.MaxFields
)

// Error is a request error: nothing was executed and the answer has no data.
type Error struct {
	// Message is a sentence for the client.
	Message   string
	Locations []Position
	// Path are response names, for an error that is about a place in the response.
	Path []string
	// Code is one of the Code constants.
	Code string
}

func (e *Error) Error() string {
	if len(e.Locations) == 0 {
		return e.Message
	}
	at := e.Locations[0]
	return strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column) + ": " + e.Message
}

// AppendJSON appends the error as an element of a response's "errors".
func (e *Error) AppendJSON(to []byte) []byte {
	to = append(to, `{"message":`...)
	to = rawjson.AppendString(to, e.Message)
	for i, at := range e.Locations {
		to = append(to, []string{`,"locations":[`, ","}[min(i, 1)]...)
		to = append(to, `{"line":`...)
		to = strconv.AppendInt(to, int64(at.Line), 10)
		to = append(to, `,"column":`...)
		to = strconv.AppendInt(to, int64(at.Column), 10)
		to = append(to, '}')
	}
	if len(e.Locations) > 0 {
		to = append(to, ']')
	}
	for i, name := range e.Path {
		to = append(to, []string{`,"path":[`, ","}[min(i, 1)]...)
		to = rawjson.AppendString(to, name)
	}
	if len(e.Path) > 0 {
		to = append(to, ']')
	}
	to = append(to, `,"extensions":{"code":`...)
	to = rawjson.AppendString(to, e.Code)
	return append(to, "}}"...)
}

// Errors are all errors of one stage, never empty when not nil.
type Errors []*Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

func failure(code, message string, at ...*ast.Position) Errors {
	return Errors{{Message: message, Locations: positions(at), Code: code}}
}

func positions(of []*ast.Position) []Position {
	var out []Position
	for _, p := range of {
		if p != nil {
			out = append(out, position(p))
		}
	}
	return out
}

func position(p *ast.Position) Position {
	if p == nil {
		return Position{}
	}
	return Position{Line: p.Line, Column: p.Column}
}
