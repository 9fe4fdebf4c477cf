package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody bounds a request's body.
const maxBody = 32 << 20

// Handler serves a schema over HTTP as the GraphQL over HTTP draft says, POST
// and GET, application/json and application/graphql-response+json.
func Handler(s *Schema, data Data) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, problem := readRequest(w, r)
		if problem != nil {
			problem.write(w, r)
			return
		}
		if r.Method == http.MethodGet && s.changes(request) {
			(&httpProblem{http.StatusMethodNotAllowed, "a mutation needs POST"}).write(w, r)
			return
		}
		write(w, r, Execute(r.Context(), s, data, request))
	})
}

// changes says whether the request would run something else than a query.
func (s *Schema) changes(r Request) bool {
	_, op, errs := s.prepare(r)
	return errs == nil && op.Operation != "query"
}

// httpProblem is a request that never becomes an operation.
type httpProblem struct {
	status  int
	message string
}

func (p *httpProblem) write(w http.ResponseWriter, r *http.Request) {
	if p.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, POST")
	}
	body := Response{Errors: []Error{{Message: p.message}}}.JSON()
	send(w, responseType(r), p.status, body)
}

const (
	plainJSON    = "application/json"
	responseJSON = "application/graphql-response+json"
)

// responseType is what the client prefers of the two; application/json when it
// says nothing.
func responseType(r *http.Request) string {
	for _, part := range strings.Split(r.Header.Get("Accept"), ",") {
		switch mediaType, _, _ := mime.ParseMediaType(part); mediaType {
		case responseJSON:
			return responseJSON
		case plainJSON:
			return plainJSON
		}
	}
	return plainJSON
}

func write(w http.ResponseWriter, r *http.Request, response Response) {
	typ, status := responseType(r), http.StatusOK
	if typ == responseJSON && response.Data == nil {
		status = http.StatusBadRequest
	}
	send(w, typ, status, response.JSON())
}

func send(w http.ResponseWriter, contentType string, status int, body []byte) {
	w.Header().Set("Content-Type", contentType+"; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body) // the client may have gone: nothing to do about it
}

// body is the JSON of a request.
type body struct {
	Query         *string        `json:"query"`
	OperationName *string        `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
}

func readRequest(w http.ResponseWriter, r *http.Request) (Request, *httpProblem) {
	var b body
	var problem *httpProblem
	switch r.Method {
	case http.MethodPost:
		b, problem = readPost(w, r)
	case http.MethodGet:
		b, problem = readGet(r)
	default:
		problem = &httpProblem{http.StatusMethodNotAllowed, r.Method + " is not served: use GET or POST"}
	}
	if problem != nil {
		return Request{}, problem
	}
	if b.Query == nil || *b.Query == "" {
		return Request{}, &httpProblem{http.StatusBadRequest, "the request has no query"}
	}
	request := Request{Query: *b.Query, Variables: b.Variables}
	if b.OperationName != nil {
		request.OperationName = *b.OperationName
	}
	return request, nil
}

func readPost(w http.ResponseWriter, r *http.Request) (body, *httpProblem) {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(params["charset"])
	if err != nil || mediaType != plainJSON || charset != "" && charset != "utf-8" {
		return body{}, &httpProblem{http.StatusUnsupportedMediaType, "the Content-Type must be application/json, in UTF-8"}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return body{}, &httpProblem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d MB", maxBody>>20)}
	}
	if err != nil {
		return body{}, &httpProblem{http.StatusBadRequest, "the body cannot be read: " + err.Error()}
	}
	var b body
	if err := decodeJSON(text, &b); err != nil {
		return body{}, &httpProblem{http.StatusBadRequest, "the body is not a GraphQL request: " + err.Error()}
	}
	return b, nil
}

func readGet(r *http.Request) (body, *httpProblem) {
	values := r.URL.Query()
	query, name := values.Get("query"), values.Get("operationName")
	b := body{Query: &query, OperationName: &name}
	if text := values.Get("variables"); text != "" {
		if err := decodeJSON([]byte(text), &b.Variables); err != nil {
			return body{}, &httpProblem{http.StatusBadRequest, "variables are not a JSON object: " + err.Error()}
		}
	}
	return b, nil
}

func decodeJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is something after the JSON value")
	}
	return nil
}
