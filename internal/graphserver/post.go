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
	"sync"

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
	body := bodies.Get().(*bytes.Buffer)
	defer putBack(body)
	asked, err := read(w, r, body)
	if err != nil {
		refuse(w, err)
		return
	}
	contentType := negotiate(r.Header.Get("Accept"))
	oc, faults := e.documents.prepare(ctx, asked)
	if faults != nil {
		status := http.StatusOK
		if contentType == typeResponse {
			status = http.StatusBadRequest
		}
		write(w, status, contentType, e.refusal(ctx, faults))
		return
	}
	if response := e.execute(ctx, oc); response != nil {
		write(w, http.StatusOK, contentType, response)
		return
	}
	refuse(w, apierror.New(apierror.ServiceUnavailable, "the request was given up before it was answered"))
}

// execute answers an operation; nil when the request is given up already.
func (e *endpoint) execute(ctx context.Context, oc *graphql.OperationContext) *graphql.Response {
	ctx = graphql.WithResponseContext(graphql.WithOperationContext(ctx, oc), e.present, recovered)
	if e.Prepare != nil {
		ctx = e.Prepare(ctx)
	}
	answer := e.Schema.Exec(ctx)
	if ctx.Err() != nil {
		return nil
	}
	response := answer(ctx)
	response.Errors = append(response.Errors, graphql.GetErrors(ctx)...)
	return response
}

// bodies are what requests are read into.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keptBody is the largest memory in bytes that is kept for other bodies.
const keptBody = 64 << 10

// putBack keeps a body's memory for others: nothing that was read of it lies there.
func putBack(body *bytes.Buffer) {
	if body.Cap() <= keptBody {
		body.Reset()
		bodies.Put(body)
	}
}

// read returns the GraphQL request in an HTTP request, whose query is part of the
// body. The error is for the client.
func read(w http.ResponseWriter, r *http.Request, body *bytes.Buffer) (request, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return request{}, apierror.New(apierror.BadRequest, "send the operation with POST, as JSON")
	}
	if sent := r.Header.Get("Content-Type"); sent != typeJSON { // as routers write it
		if media, _, err := mime.ParseMediaType(sent); err != nil || media != typeJSON {
			return request{}, apierror.New(apierror.BadRequest, "the Content-Type must be %s", typeJSON)
		}
	}
	sent := r.Body
	if r.ContentLength <= 0 || r.ContentLength > maxBody { // else it ends there
		sent = http.MaxBytesReader(w, r.Body, maxBody)
	}
	_, err := body.ReadFrom(sent)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return request{}, apierror.New(apierror.PayloadTooLarge, "the body is larger than %d bytes", maxBody)
	}
	if err != nil {
		return request{}, apierror.Wrap(err, apierror.BadRequest, "the body could not be read to its end")
	}
	return decode(body.Bytes())
}

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
		io.WriteString(w, comma)
		io.WriteString(w, `"data":`)
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
