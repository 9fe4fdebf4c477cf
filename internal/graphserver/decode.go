package graphserver

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// decode reads the body's JSON into what gqlgen executes, as encoding/json would
// with UseNumber, at a fifth of the cost. Of a member that comes twice the last
// counts.
func decode(body []byte) (*graphql.RawParams, error) {
	start := rawjson.Space(body, 0)
	end := rawjson.Value(body, start, 0)
	if end < 0 || body[start] != '{' {
		return nil, errNotARequest
	}
	if rawjson.Space(body, end) < len(body) {
		return nil, apierror.New(apierror.BadRequest, "there is something behind the JSON object in the body")
	}
	params, fits := &graphql.RawParams{}, true
	for i := rawjson.Space(body, start+1); body[i] != '}'; i = next(body, i) {
		nameEnd := rawjson.End(body, i)
		name := memberName(body[i:nameEnd])
		var value any
		value, i = decodeValue(body, rawjson.Space(body, rawjson.Colon(body, nameEnd)))
		fits = put(params, name, value) && fits
	}
	if !fits {
		return nil, errNotARequest
	}
	if params.Query == "" {
		return nil, apierror.New(apierror.BadRequest, "the body has no \"query\"")
	}
	return params, nil
}

// put sets the member of this name; ok is false where the value is of another type
// than it has. Null is as if the member were not there.
func put(params *graphql.RawParams, name string, value any) (ok bool) {
	switch name {
	case "query":
		params.Query, ok = value.(string)
	case "operationName":
		params.OperationName, ok = value.(string)
	case "variables":
		params.Variables, ok = value.(map[string]any)
	case "extensions":
		params.Extensions, ok = value.(map[string]any)
	default:
		ok = true
	}
	return ok || value == nil
}

var errNotARequest = apierror.New(apierror.BadRequest, "the body must be one JSON object with a text \"query\" and objects \"variables\" and \"extensions\"")

// decodeValue reads the value that begins at i of a valid text, and says where it
// ends.
func decodeValue(b []byte, i int) (value any, end int) {
	switch b[i] {
	case '{':
		return decodeObject(b, i)
	case '[':
		return decodeArray(b, i)
	case '"':
		end = rawjson.End(b, i)
		return rawjson.Text(b[i:end]), end
	case 't':
		return true, i + len("true")
	case 'f':
		return false, i + len("false")
	case 'n':
		return nil, i + len("null")
	}
	end = rawjson.End(b, i)
	return json.Number(b[i:end]), end
}

func decodeObject(b []byte, i int) (object map[string]any, end int) {
	object = map[string]any{}
	for i = rawjson.Space(b, i+1); b[i] != '}'; {
		nameEnd := rawjson.End(b, i)
		name := memberName(b[i:nameEnd])
		object[name], i = decodeValue(b, rawjson.Space(b, rawjson.Colon(b, nameEnd)))
		i = next(b, i)
	}
	return object, i + 1
}

// memberName is rawjson.Text that needs no memory for the names that most requests
// consist of.
func memberName(quoted []byte) string {
	switch string(quoted) {
	case `"__typename"`:
		return "__typename"
	case `"id"`:
		return "id"
	case `"query"`:
		return "query"
	case `"variables"`:
		return "variables"
	case `"representations"`:
		return "representations"
	}
	return rawjson.Text(quoted)
}

func decodeArray(b []byte, i int) (list []any, end int) {
	list = []any{}
	for i = rawjson.Space(b, i+1); b[i] != ']'; {
		var element any
		element, i = decodeValue(b, i)
		list = append(list, element)
		i = next(b, i)
	}
	return list, i + 1
}

// next returns where the next element begins, or the bracket is.
func next(b []byte, i int) int {
	if i = rawjson.Space(b, i); b[i] == ',' {
		i = rawjson.Space(b, i+1)
	}
	return i
}
