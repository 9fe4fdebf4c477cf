package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router"
)

// firstRead is how much memory a body gets before any of it has arrived: what a
// client announces and does not send must cost nothing.
const firstRead = 8 << 10

// readBody reads the whole request body into memory of its own.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	size := int64(firstRead)
	if 0 <= r.ContentLength && r.ContentLength < size {
		size = r.ContentLength + 1 // the last byte is for the read that sees the end
	}
	body := make([]byte, 0, size)
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, tooLarge(limit)
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, readError(err)
		case len(body) == cap(body):
			body = append(body, 0)[:len(body)]
		}
	}
}

func tooLarge(limit int64) error {
	return apierror.New(apierror.PayloadTooLarge, "the request body is larger than %d bytes, which is the limit of this server", limit)
}

func readError(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return apierror.Wrap(err, apierror.RequestTimeout, "the request body did not arrive in time")
	}
	return apierror.Wrap(err, apierror.BadRequest, "the request body could not be read to its end")
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// decodeBody reads a GraphQL request from a JSON body, which the request refers
// to from then on. Members that the specification does not name are passed over;
// one that it names and that comes twice is refused, since two readers could take
// it to be two different requests.
func decodeBody(body []byte) (*router.Request, error) {
	body = bytes.TrimPrefix(body, byteOrderMark)
	object, err := wholeValue(body)
	if err != nil {
		return nil, apierror.New(apierror.BadRequest, "the request body is not valid JSON in UTF-8: %s", err)
	}
	switch object[0] {
	case '{':
	case '[':
		return nil, apierror.New(apierror.BatchingNotEnabled, "the request body is an array: this server takes one request at a time")
	default:
		return nil, apierror.New(apierror.BadRequest, `the request body must be a JSON object, like {"query": "{ __typename }"}`)
	}
	var d decoder
	for name, value := range rawjson.Members(object) {
		if err := d.member(name, value); err != nil {
			return nil, err
		}
	}
	return &d.request, nil
}

// wholeValue returns the one JSON value that a text holds.
func wholeValue(text []byte) ([]byte, error) {
	start := rawjson.Space(text, 0)
	end := rawjson.Value(text, start, 0)
	if end < 0 {
		return nil, fault(text, rawjson.Fault(end))
	}
	if rest := rawjson.Space(text, end); rest < len(text) {
		return nil, fault(text, rest)
	}
	return text[start:end], nil
}

func fault(text []byte, at int) error {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("it is empty")
	case at >= len(text):
		return fmt.Errorf("it breaks off after byte %d", len(text))
	}
	r, _ := utf8.DecodeRune(text[at:])
	return fmt.Errorf("byte %d is unexpected, %q", at+1, r)
}

type decoder struct {
	request router.Request
	seen    [len(parameters)]bool
}

// parameters are the members of a request: first the texts, then the objects.
var parameters = [...]string{"query", "operationName", "documentId", "variables", "extensions"}

// texts is how many parameters are texts.
const texts = 3

// relayName is what Relay's documentation calls documentId.
const relayName = "doc_id"

// member reads a member, given its name with the quotes.
func (d *decoder) member(name, value []byte) error {
	i := parameterIndex(name)
	if i < 0 {
		return nil
	}
	if d.seen[i] {
		return apierror.New(apierror.BadRequest, "the request has %q twice", parameters[i])
	}
	d.seen[i] = true
	switch {
	case value[0] == 'n':
		return nil
	case i < texts && value[0] != '"':
		return apierror.New(apierror.BadRequest, "%q must be a string or null", parameters[i])
	case i >= texts && value[0] != '{':
		return apierror.New(apierror.BadRequest, "%q must be an object or null", parameters[i])
	}
	switch i {
	case 0:
		d.request.Query = rawjson.Text(value)
	case 1:
		d.request.OperationName = rawjson.Text(value)
	case 2:
		d.request.DocumentID = rawjson.Text(value)
	case 3:
		d.request.Variables = value
	default:
		d.request.Extensions = value
	}
	return nil
}

func parameterIndex(name []byte) int {
	if bytes.IndexByte(name, '\\') >= 0 {
		return parameterNamed(rawjson.Text(name))
	}
	return parameterNamed(string(name[1 : len(name)-1]))
}

func parameterNamed(name string) int {
	for i := range parameters {
		if name == parameters[i] {
			return i
		}
	}
	if name == relayName {
		return 2
	}
	return -1
}
