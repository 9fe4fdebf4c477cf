// Package server is the router's HTTP face: GraphQL over HTTP at one path, the
// playground beside it. Package serve listens for it.
//
//	/graphql   GET, POST; one request, one answer
//	/          the playground, unless it is off
//
// A request goes through the file of each step:
//
//	origin.go   who may read the answer, and was the client asked for it
//	media.go    what the client sends and accepts
//	encoding.go how that is compressed
//	Admission   wrappers of other packages: authentication, rates
//	body.go     POST   ┐
//	params.go   GET    ┴► router.Request ──Execute──► router.Response
//	status.go   the status code of the answer
//
// Source: GraphQL over HTTP, draft of 2026-08-06, and the audit of npm's
// graphql-http, which measures the draft of 2025; see Statuses.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/coding"
)

// Admission looks at a request before its body is read: it adds to the context,
// or refuses by an error of package apierror.
type Admission func(ctx context.Context, r *http.Request) (context.Context, error)

// Options are the server's settings. Only Router and Log are needed.
type Options struct {
	Router router.Executor
	Log    *slog.Logger
	// Path of the GraphQL endpoint; empty is DefaultPath.
	Path string
	// MaxBody is the largest request body, in bytes; 0 is DefaultMaxBody.
	MaxBody int64
	// Admissions are asked in their order.
	Admissions []Admission
	CORS       CORS
	Statuses   Statuses
	// Plans lets clients ask, by the headers of planHeaders, for the query plan in
	// the answer's extensions, and by costHeader for what the operation is estimated
	// to cost. It tells of the inside: leave it off in production.
	Plans bool
	// NoCompression sends answers as they are whatever clients accept.
	NoCompression bool
	// Playground answers at / and below; nil for none.
	Playground http.Handler
}

const (
	DefaultPath    = "/graphql"
	DefaultMaxBody = 1 << 20
)

// New returns the handler for these settings, or what is wrong with them. It is
// safe for concurrent use.
func New(o Options) (http.Handler, error) {
	if err := o.CORS.check(); err != nil {
		return nil, err
	}
	if o.Path == "" {
		o.Path = DefaultPath
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	return serve.Identify(&server{o}), nil
}

type server struct{ Options }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["X-Content-Type-Options"] = nosniff
	switch {
	case r.URL.Path == s.Path:
		s.graphql(&exchange{w: w, r: r})
	case s.Playground != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		s.Playground.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

var nosniff = []string{"nosniff"}

// exchange is one request and its answer.
type exchange struct {
	w     http.ResponseWriter
	r     *http.Request
	media media
}

func (s *server) graphql(x *exchange) {
	h := x.w.Header()
	s.CORS.write(h, x.r)
	var acceptable bool
	x.media, acceptable = negotiate(x.r.Header["Accept"])
	switch x.r.Method {
	case http.MethodPost, http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		h["Allow"] = methods
		x.w.WriteHeader(http.StatusNoContent)
		return
	default:
		s.refuse(x, apierror.New(apierror.MethodNotAllowed, "GraphQL requests are sent by POST, or queries by GET"))
		return
	}
	if !acceptable {
		s.refuse(x, apierror.New(apierror.NotAcceptable, "answers are %s or %s, and the Accept header allows neither", graphqlType, jsonType))
		return
	}
	if s.showsPlayground(x) {
		http.Redirect(x.w, x.r, "/", http.StatusSeeOther)
		return
	}
	ctx, request, err := s.read(x.r)
	if err != nil {
		s.refuse(x, err)
		return
	}
	request.ID, request.Client = serve.RequestID(ctx), clientName(x.r.Header)
	if s.Plans {
		request.Plan, request.Cost = planOutput(x.r.Header), x.r.Header.Get(costHeader) == "true"
	}
	response := s.Router.Execute(ctx, request)
	defer response.Release()
	if x.r.Context().Err() == nil { // else nobody waits for it any more
		s.answer(x, response)
	}
}

// showsPlayground says whether a person opened the endpoint in a browser.
func (s *server) showsPlayground(x *exchange) bool {
	return s.Playground != nil && x.r.Method == http.MethodGet && x.r.URL.RawQuery == "" && acceptsHTML(x.r.Header["Accept"])
}

// read makes the GraphQL request of the HTTP request.
func (s *server) read(r *http.Request) (context.Context, *router.Request, error) {
	post := r.Method == http.MethodPost
	if post {
		if err := checkContentType(r.Header["Content-Type"]); err != nil {
			return nil, nil, err
		}
	} else if err := checkSite(r, s.CORS); err != nil {
		return nil, nil, err
	}
	ctx := r.Context()
	for _, admit := range s.Admissions {
		var err error
		if ctx, err = admit(ctx, r); err != nil {
			return nil, nil, err
		}
	}
	if !post {
		request, err := decodeQuery(r.URL.RawQuery)
		return ctx, request, err
	}
	body, err := readEncoded(r, s.MaxBody)
	if err != nil {
		return nil, nil, err
	}
	request, err := decodeBody(body)
	return ctx, request, err
}

func (s *server) answer(x *exchange, response *router.Response) {
	note(x.r, response)
	status := s.Statuses.of(response, x.media)
	if accept := x.r.Header["Accept-Encoding"]; len(accept) > 0 && !s.NoCompression {
		x.writeEncoded(status, response.Body, accept)
		return
	}
	x.write(status, response.Body)
}

// refuse answers with an error that arose before there was a GraphQL request.
func (s *server) refuse(x *exchange, err error) {
	response := router.Refuse(serve.RequestID(x.r.Context()), err)
	if response.Refused == apierror.Internal {
		s.Log.Error("request failed", "request", serve.RequestID(x.r.Context()), "error", err)
	}
	if known, ok := apierror.As(err); ok && known.Retry() > 0 {
		x.w.Header()["Retry-After"] = []string{strconv.Itoa(int((known.Retry() + time.Second - 1) / time.Second))}
	}
	if x.r.Context().Err() == nil || response.Refused == apierror.RequestTimeout { // net/http ends the context for slow clients too
		s.answer(x, response)
	}
}

// write sends the answer whole.
func (x *exchange) write(status int, body []byte) {
	h := x.w.Header()
	h["Content-Type"] = contentTypes[x.media]
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	switch status {
	case http.StatusMethodNotAllowed:
		h["Allow"] = x.allowed()
	case http.StatusUnauthorized:
		h["Www-Authenticate"] = bearer
	case http.StatusRequestEntityTooLarge, http.StatusRequestTimeout:
		h["Connection"] = closing // the rest of the body is not read
	case http.StatusUnsupportedMediaType:
		if len(x.r.Header["Content-Encoding"]) > 0 {
			h["Accept-Encoding"] = encodings
		}
	}
	if x.r.Method != http.MethodPost {
		h["Cache-Control"] = notStored
	}
	x.w.WriteHeader(status)
	x.w.Write(body) // an error means that the client is gone
}

// allowed are the methods to try instead of one that was refused.
func (x *exchange) allowed() []string {
	if x.r.Method == http.MethodGet || x.r.Method == http.MethodHead {
		return postOnly
	}
	return methods
}

// Header values, shared: never changed.
var (
	methods   = []string{"GET, HEAD, POST, OPTIONS"}
	postOnly  = []string{"POST"}
	bearer    = []string{"Bearer"}
	closing   = []string{"close"}
	notStored = []string{"no-store"}
	encodings = []string{coding.Names}
)
