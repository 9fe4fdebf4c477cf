// Package subgraphtest stands between a router and its subgraphs in tests: a
// Network carries requests in memory and records them, and Faults make
// subgraphs hostile.
package subgraphtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// Network is an http.RoundTripper over handlers, without sockets: give it to an
// http.Client as its Transport. Answers stream, cancelling the request's
// context cancels the handler's, and a handler that panics with
// http.ErrAbortHandler cuts the connection, all as over TCP. The zero value has
// no servers.
type Network struct {
	mu      sync.Mutex
	servers map[string]server
	sent    []Sent
	running sync.WaitGroup
}

type server struct {
	subgraph string
	handler  http.Handler
}

// Sent is a request that a subgraph got.
type Sent struct {
	Subgraph string
	Header   http.Header
	Body     []byte
}

// Operation decodes the body's GraphQL request.
func (s Sent) Operation() (query, operationName string, variables map[string]any, err error) {
	var body struct {
		Query, OperationName string
		Variables            map[string]any
	}
	err = json.Unmarshal(s.Body, &body)
	return body.Query, body.OperationName, body.Variables, err
}

// Handle makes handler the server of a subgraph, at rawURL.
func (n *Network) Handle(subgraph, rawURL string, handler http.Handler) error {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return fmt.Errorf("subgraph %q needs an absolute URL, not %q", subgraph, rawURL)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.servers == nil {
		n.servers = map[string]server{}
	}
	n.servers[address(u)] = server{subgraph, handler}
	return nil
}

func address(u *url.URL) string { return u.Scheme + "://" + u.Host + u.Path }

// Sent lists the requests so far, in the order of their arrival.
func (n *Network) Sent() []Sent {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.sent)
}

// Reset forgets the requests so far.
func (n *Network) Reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sent = nil
}

// Wait returns when no handler is running any more: then a test can be sure
// that its cancellation arrived.
func (n *Network) Wait() { n.running.Wait() }

// RoundTrip implements http.RoundTripper.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	to, ok := n.servers[address(r.URL)]
	if ok {
		n.sent = append(n.sent, Sent{Subgraph: to.subgraph, Header: r.Header.Clone(), Body: body})
	}
	n.mu.Unlock()
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("connect %s: connection refused", r.URL.Host)}
	}
	ctx, cancel := context.WithCancel(r.Context())
	incoming := r.Clone(ctx)
	incoming.Body = io.NopCloser(bytes.NewReader(body))
	incoming.RequestURI = r.URL.RequestURI()
	w := &responder{request: r, header: http.Header{}, started: make(chan struct{}), cancel: cancel}
	w.cond.L = &w.mu
	n.running.Go(func() { w.serve(to.handler, incoming) })
	select {
	case <-w.started:
		return w.response()
	case <-ctx.Done():
		cancel()
		return nil, ctx.Err()
	}
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

// highWater is how far a handler may be ahead of its reader, as with a
// socket's buffer.
const highWater = 256 << 10

// responder is the response of one handler, written and read at once.
type responder struct {
	request *http.Request
	header  http.Header
	status  int
	sent    http.Header // header at the time of WriteHeader
	started chan struct{}
	cancel  context.CancelFunc

	mu      sync.Mutex
	cond    sync.Cond
	buffer  bytes.Buffer
	ended   error // why there will be no more: io.EOF, or what cut it
	dropped bool  // the reader has gone
}

func (w *responder) serve(handler http.Handler, r *http.Request) {
	stop := context.AfterFunc(r.Context(), func() { w.end(r.Context().Err()) })
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			w.abort(p)
			return
		}
		w.WriteHeader(http.StatusOK)
		w.end(io.EOF)
	}()
	handler.ServeHTTP(w, r)
}

// abort is what net/http's server does with a panic: the connection is cut.
func (w *responder) abort(p any) {
	if p != http.ErrAbortHandler {
		panic(p)
	}
	w.end(io.ErrUnexpectedEOF)
	w.start(0)
}

func (w *responder) Header() http.Header { return w.header }

func (w *responder) WriteHeader(status int) { w.start(status) }

// start lets the client have the response; only the first call counts.
func (w *responder) start(status int) {
	select {
	case <-w.started:
	default:
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	}
}

func (w *responder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.buffer.Len() > highWater && w.ended == nil && !w.dropped {
		w.cond.Wait()
	}
	if w.ended != nil || w.dropped {
		return 0, errors.New("the client has closed the connection")
	}
	w.cond.Broadcast()
	return w.buffer.Write(p)
}

// Flush implements http.Flusher: everything written is readable at once anyway.
func (w *responder) Flush() { w.WriteHeader(http.StatusOK) }

func (w *responder) end(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		w.ended = why
	}
	w.cond.Broadcast()
}

func (w *responder) response() (*http.Response, error) {
	if w.status == 0 {
		w.cancel()
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: reader{w}, ContentLength: -1, Request: w.request,
	}, nil
}

// reader is the client's side of a responder.
type reader struct{ w *responder }

func (r reader) Read(p []byte) (int, error) {
	w := r.w
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.buffer.Len() == 0 && w.ended == nil {
		w.cond.Wait()
	}
	if w.buffer.Len() == 0 {
		return 0, w.ended
	}
	w.cond.Broadcast()
	return w.buffer.Read(p)
}

func (r reader) Close() error {
	r.w.mu.Lock()
	r.w.dropped = true
	r.w.cond.Broadcast()
	r.w.mu.Unlock()
	r.w.cancel()
	return nil
}
