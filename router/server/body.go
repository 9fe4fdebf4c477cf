package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"unicode/utf8"
	"unsafe"

	"github.com/shopgraph/shopgraph/internal/apierror"
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

// decodeBody reads a GraphQL request from a JSON body, which it takes over: the
// request refers to it, and escapes are resolved in place, so that a body is in
// memory once. Members that the specification does not name are passed over; one
// that it names and that comes twice is refused, since two readers could take it
// to be two different requests.
func decodeBody(body []byte) (*router.Request, error) {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if !utf8.Valid(body) {
		return nil, badRequest("the request body is not UTF-8")
	}
	d := decoder{scanner: scanner{data: body}}
	d.space()
	switch d.peek() {
	case '{':
	case '[':
		return nil, apierror.New(apierror.BatchingNotEnabled, "the request body is an array: this server takes one request at a time")
	default:
		return nil, badRequest("the request body must be a JSON object, like {\"query\": \"{ __typename }\"}")
	}
	if err := d.object(0, d.member); err != nil {
		return nil, decodeError(err)
	}
	if d.space(); d.pos < len(body) {
		return nil, decodeError(d.fail("the end"))
	}
	return &d.request, nil
}

func badRequest(message string) error { return apierror.New(apierror.BadRequest, "%s", message) }

// decodeError turns an error about the text into one for the client.
func decodeError(err error) error {
	if _, ok := apierror.As(err); ok {
		return err
	}
	return apierror.Wrap(err, apierror.BadRequest, "the request is not valid: %s", err)
}

type decoder struct {
	scanner
	request router.Request
	seen    [len(parameters)]bool
}

// parameters are the members of a request, by the specification.
var parameters = [...]string{"query", "operationName", "variables", "extensions"}

func (d *decoder) member(token []byte) error {
	i := parameterIndex(unescape(token))
	if i < 0 {
		_, err := d.value(1)
		return err
	}
	if d.seen[i] {
		return apierror.New(apierror.BadRequest, "the request has %q twice", parameters[i])
	}
	d.seen[i] = true
	switch i {
	case 0:
		return d.text(i, &d.request.Query)
	case 1:
		return d.text(i, &d.request.OperationName)
	case 2:
		return d.raw(i, (*[]byte)(&d.request.Variables))
	default:
		return d.raw(i, (*[]byte)(&d.request.Extensions))
	}
}

func parameterIndex(name []byte) int {
	for i := range parameters {
		if string(name) == parameters[i] {
			return i
		}
	}
	return -1
}

// text reads a string or null.
func (d *decoder) text(parameter int, to *string) error {
	if d.peek() != '"' {
		return d.null(parameter, "a string")
	}
	token, err := d.stringToken()
	if err != nil {
		return err
	}
	token = unescape(token)
	// The request owns the body, and nothing writes to this part of it again.
	*to = unsafe.String(unsafe.SliceData(token), len(token))
	return nil
}

// raw reads an object, or null, as it is written.
func (d *decoder) raw(parameter int, to *[]byte) (err error) {
	if d.peek() != '{' {
		return d.null(parameter, "an object")
	}
	*to, err = d.value(1)
	return err
}

// null reads null where a parameter of another kind could stand.
func (d *decoder) null(parameter int, kind string) error {
	value, err := d.value(1)
	if err != nil || string(value) == "null" {
		return err
	}
	return apierror.New(apierror.BadRequest, "%q must be %s or null", parameters[parameter], kind)
}
