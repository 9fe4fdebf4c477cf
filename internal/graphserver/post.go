package graphserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// maxBody is the largest request body in bytes: room for maxRepresentations and
// their keys.
const maxBody = 1 << 20

const (
	typeJSON     = "application/json"
	typeResponse = "application/graphql-response+json"
)

// post is GraphQL over HTTP as routers speak it: POST, JSON in, JSON out. gqlgen
// has one too, which repeats the whole body of a malformed request in its answer
// and knows no limit.
func (e *endpoint) post(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	began := graphql.Now()
	params, err := read(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: began, End: graphql.Now()}

	contentType := negotiate(r.Header.Get("Accept"))
	operation, faults := e.executor.CreateOperationContext(ctx, params)
	if faults != nil {
		status := http.StatusOK
		if contentType == typeResponse {
			status = http.StatusBadRequest
		}
		write(w, status, contentType, e.executor.DispatchError(graphql.WithOperationContext(ctx, operation), faults))
		return
	}
	responses, ctx := e.executor.DispatchOperation(ctx, operation)
	if response := responses(ctx); response != nil {
		write(w, http.StatusOK, contentType, response)
		return
	}
	refuse(w, apierror.New(apierror.ServiceUnavailable, "the request was given up before it was answered"))
}

// read returns the GraphQL request in an HTTP request. The error is for the
// client.
func read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, apierror.New(apierror.BadRequest, "send the operation with POST, as JSON")
	}
	if sent := r.Header.Get("Content-Type"); sent != typeJSON { // as routers write it
		if media, _, err := mime.ParseMediaType(sent); err != nil || media != typeJSON {
			return nil, apierror.New(apierror.BadRequest, "the Content-Type must be %s", typeJSON)
		}
	}
	var body bytes.Buffer
	if 0 < r.ContentLength && r.ContentLength <= firstRead {
		body.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, apierror.New(apierror.PayloadTooLarge, "the body is larger than %d bytes", maxBody)
	}
	if err != nil {
		return nil, apierror.Wrap(err, apierror.BadRequest, "the body could not be read to its end")
	}
	return decode(body.Bytes())
}

// firstRead is how much memory a body gets before any of it has arrived.
const firstRead = 16 << 10

// negotiate chooses between the two media types of an answer: plain JSON unless
// the client accepts only the newer one.
func negotiate(accept string) string {
	if strings.Contains(accept, typeResponse) && !strings.Contains(accept, typeJSON) && !strings.Contains(accept, "*/*") {
		return typeResponse
	}
	return typeJSON
}

// refuse answers a request that reached no operation.
func refuse(w http.ResponseWriter, err error) {
	fault, _ := apierror.As(err)
	if fault.Code == apierror.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	write(w, statusOf(w, fault.Code), typeJSON, &graphql.Response{Errors: gqlerror.List{presented(fault)}})
}

func statusOf(w http.ResponseWriter, code apierror.Code) int {
	switch code {
	case apierror.Unauthenticated:
		return http.StatusUnauthorized
	case apierror.Forbidden:
		return http.StatusForbidden
	case apierror.PayloadTooLarge:
		return http.StatusRequestEntityTooLarge
	case apierror.ServiceUnavailable:
		return http.StatusServiceUnavailable
	}
	if w.Header().Get("Allow") != "" {
		return http.StatusMethodNotAllowed
	}
	return http.StatusBadRequest
}

// The values of headers of every answer; nobody changes them.
var (
	contentTypes = map[string][]string{typeJSON: {typeJSON}, typeResponse: {typeResponse}}
	noStore      = []string{"no-store"}
)

// write sends a response. The data is JSON already and goes out as it is: to
// marshal the whole would read and copy it once more.
func write(w http.ResponseWriter, status int, contentType string, r *graphql.Response) {
	header := w.Header()
	header["Content-Type"], header["Cache-Control"] = contentTypes[contentType], noStore
	w.WriteHeader(status)
	comma := "{"
	if len(r.Errors) > 0 {
		part(w, &comma, "errors", r.Errors)
	}
	if r.Data != nil {
		io.WriteString(w, comma+`"data":`)
		w.Write(r.Data)
		comma = ","
	}
	if len(r.Extensions) > 0 {
		part(w, &comma, "extensions", r.Extensions)
	}
	io.WriteString(w, "}\n")
}

func part(w io.Writer, comma *string, name string, value any) {
	text, err := json.Marshal(value)
	if err != nil { // of our own making: codes and messages
		panic(err)
	}
	io.WriteString(w, *comma+`"`+name+`":`)
	w.Write(text)
	*comma = ","
}
