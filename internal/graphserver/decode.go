package graphserver

import (
	"bytes"
	"encoding/json"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// request is what a body says.
type request struct {
	// query and operationName are texts as JSON, with their quotes: parts of the body.
	query, operationName []byte
	variables            map[string]any
}

// decode reads a body. Its values are those of encoding/json with UseNumber, at a
// fifth of the cost. Of a member that comes twice the last counts.
func decode(body []byte) (request, error) {
	start := rawjson.Space(body, 0)
	end := rawjson.Value(body, start, 0)
	if end < 0 || body[start] != '{' {
		return request{}, errNotARequest
	}
	if rawjson.Space(body, end) < len(body) {
		return request{}, apierror.New(apierror.BadRequest, "there is something behind the JSON object in the body")
	}
	r, d, fits := request{}, decoder{body: body}, true
	for i := rawjson.Space(body, start+1); body[i] != '}'; i = d.next(i) {
		nameEnd := rawjson.End(body, i)
		name := memberName(body[i:nameEnd])
		i = rawjson.Space(body, rawjson.Colon(body, nameEnd))
		valueEnd := rawjson.End(body, i)
		fits = d.put(&r, name, i, valueEnd) && fits
		i = valueEnd
	}
	if !fits {
		return request{}, errNotARequest
	}
	if len(r.query) <= len(`""`) {
		return request{}, apierror.New(apierror.BadRequest, "the body has no \"query\"")
	}
	return r, nil
}

// put sets the member of this name; ok is false where the value is of another type
// than it has. Null is as if the member were not there.
func (d *decoder) put(r *request, name string, start, end int) (ok bool) {
	kind := d.body[start]
	switch name {
	case "query":
		if r.query = nil; kind == '"' {
			r.query = d.body[start:end]
		}
		return kind == '"' || kind == 'n'
	case "operationName":
		if r.operationName = nil; kind == '"' {
			r.operationName = d.body[start:end]
		}
		return kind == '"' || kind == 'n'
	case "variables":
		if r.variables = nil; kind == '{' {
			r.variables, _ = d.object(start)
		}
		return kind == '{' || kind == 'n'
	case "extensions": // which nothing here asks for
		return kind == '{' || kind == 'n'
	}
	return true
}

var errNotARequest = apierror.New(apierror.BadRequest, "the body must be one JSON object with a text \"query\" and objects \"variables\" and \"extensions\"")

// decoder reads values of a body, which is valid JSON.
type decoder struct {
	body []byte
	// typeName is the last __typename, and as it was written: representations of
	// one request are mostly of one type.
	typeName    any
	typeWritten []byte
}

// value reads the value that begins at i, and says where it ends.
func (d *decoder) value(i int) (value any, end int) {
	switch d.body[i] {
	case '{':
		return d.object(i)
	case '[':
		return d.array(i)
	case '"':
		end = rawjson.End(d.body, i)
		return rawjson.Text(d.body[i:end]), end
	case 't':
		return true, i + len("true")
	case 'f':
		return false, i + len("false")
	case 'n':
		return nil, i + len("null")
	}
	end = rawjson.End(d.body, i)
	return json.Number(d.body[i:end]), end
}

func (d *decoder) object(i int) (object map[string]any, end int) {
	object = map[string]any{}
	for i = rawjson.Space(d.body, i+1); d.body[i] != '}'; i = d.next(i) {
		nameEnd := rawjson.End(d.body, i)
		name := memberName(d.body[i:nameEnd])
		i = rawjson.Space(d.body, rawjson.Colon(d.body, nameEnd))
		if name == "__typename" {
			object[name], i = d.typeNameAt(i)
		} else {
			object[name], i = d.value(i)
		}
	}
	return object, i + 1
}

func (d *decoder) typeNameAt(i int) (name any, end int) {
	if length := len(d.typeWritten); length > 0 && bytes.HasPrefix(d.body[i:], d.typeWritten) {
		return d.typeName, i + length
	}
	name, end = d.value(i)
	if d.body[i] == '"' {
		d.typeName, d.typeWritten = name, d.body[i:end]
	}
	return name, end
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
	case `"operationName"`:
		return "operationName"
	case `"variables"`:
		return "variables"
	case `"representations"`:
		return "representations"
	}
	return rawjson.Text(quoted)
}

func (d *decoder) array(i int) (list []any, end int) {
	list = make([]any, 0, 4)
	for i = rawjson.Space(d.body, i+1); d.body[i] != ']'; i = d.next(i) {
		var element any
		element, i = d.value(i)
		list = append(list, element)
	}
	return list, i + 1
}

// next returns where the next element begins, or the bracket is.
func (d *decoder) next(i int) int {
	if i = rawjson.Space(d.body, i); d.body[i] == ',' {
		i = rawjson.Space(d.body, i+1)
	}
	return i
}
