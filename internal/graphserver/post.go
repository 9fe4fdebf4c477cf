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
	"github.com/shopgraph/shopgraph/internal/lean"
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
	buffer := buffers.Get().(*bytes.Buffer)
	defer putBack(buffer)
	asked, err := read(w, r, buffer)
	if err != nil {
		refuse(w, err)
		return
	}
	contentType := negotiate(r.Header.Get("Accept"))
	operation, faults := e.documents.prepare(ctx, asked)
	if faults == nil {
		buffer.Reset() // nothing that was read lies there any more
		e.execute(operation, w, contentType, buffer)
		return
	}
	status := http.StatusOK
	if contentType == typeResponse {
		status = http.StatusBadRequest
	}
	for i, fault := range faults {
		faults[i] = e.present(ctx, fault)
	}
	refusal(w, status, contentType, faults...)
}

// execute answers an operation. The data is written to the buffer first: what comes
// out wrong there is among the errors, which stand before it.
func (e *endpoint) execute(operation *lean.Operation, w http.ResponseWriter, contentType string, buffer *bytes.Buffer) {
	ctx := graphql.WithResponseContext(operation, e.present, recovered)
	if e.Prepare != nil {
		ctx = e.Prepare(ctx)
	}
	if ctx.Err() != nil {
		refuse(w, apierror.New(apierror.ServiceUnavailable, "the request was given up before it was answered"))
		return
	}
	buffer.WriteString(`{"data":`)
	e.Schema.Execute(ctx, &operation.OperationContext).MarshalGQL(buffer)
	buffer.WriteString("}\n")
	head(w, http.StatusOK, contentType)
	answer := buffer.Bytes()
	if faults := graphql.GetErrors(ctx); len(faults) > 0 {
		writeErrors(w, faults)
		answer[0] = ','
	}
	w.Write(answer)
}

// buffers are what requests are read into, and answers are written to.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keptBuffer is the largest memory in bytes that is kept for other requests.
const keptBuffer = 64 << 10

func putBack(buffer *bytes.Buffer) {
	if buffer.Cap() <= keptBuffer {
		buffer.Reset()
		buffers.Put(buffer)
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
	refusal(w, statusOf(w, fault.Code), typeJSON, presented(fault))
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

func head(w http.ResponseWriter, status int, contentType string) {
	header := w.Header()
	header["Content-Type"], header["Cache-Control"] = contentTypes[contentType], noStore
	w.WriteHeader(status)
}

// refusal answers with errors alone.
func refusal(w http.ResponseWriter, status int, contentType string, faults ...*gqlerror.Error) {
	head(w, status, contentType)
	writeErrors(w, faults)
	io.WriteString(w, "}\n")
}

// writeErrors begins an answer with its errors.
func writeErrors(w io.Writer, faults gqlerror.List) {
	text, err := json.Marshal(faults)
	if err != nil { // of our own making: codes and messages
		panic(err)
	}
	io.WriteString(w, `{"errors":`)
	w.Write(text)
}
