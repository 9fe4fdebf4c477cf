package execute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// HTTP sends a subgraph's calls over HTTP, as POST requests with JSON.
type HTTP struct {
	// MaxAnswer is how many bytes an answer may have; DefaultMaxAnswer when 0.
	MaxAnswer int64

	client http.RoundTripper
	// template has what all requests have in common.
	template *http.Request
}

// NewHTTP returns the transport to the subgraph at address. client is shared by
// the transports of all subgraphs; see NewClient.
func NewHTTP(client http.RoundTripper, address string) (*HTTP, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the subgraph's URL is not valid: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the subgraph's URL %q is not of the form http://host/path", address)
	}
	return &HTTP{client: client, template: newTemplate(u)}, nil
}

func newTemplate(u *url.URL) *http.Request {
	return &http.Request{Method: http.MethodPost, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}

// NewClient returns an HTTP client made for subgraphs: as many connections stay
// open as were needed at a time, and answers are asked for uncompressed.
func NewClient() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    4096,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    5 * time.Second,
		DisableCompression:     true,
		WriteBufferSize:        16 << 10,
		ReadBufferSize:         32 << 10,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// Send implements Transport.
func (t *HTTP) Send(ctx context.Context, call *Call) error {
	body := &requestBody{bytes: call.Body}
	defer body.end()
	response, err := t.client.RoundTrip(t.request(ctx, call, body))
	if err != nil {
		return unreachable(ctx, call.Subgraph, err)
	}
	defer response.Body.Close()
	call.Status = response.StatusCode
	if err := checkHead(call.Subgraph, response.StatusCode, response.Header); err != nil {
		return err
	}
	limit := t.MaxAnswer
	if limit == 0 {
		limit = DefaultMaxAnswer
	}
	if err := call.readAnswer(response.Body, response.ContentLength, limit); err != nil {
		if ctx.Err() != nil {
			return unreachable(ctx, call.Subgraph, err)
		}
		return err
	}
	return nil
}

func (t *HTTP) request(ctx context.Context, call *Call, body *requestBody) *http.Request {
	request := t.template.WithContext(ctx)
	request.Header = requestHeader(call)
	request.ContentLength = int64(len(call.Body))
	request.Body = &bodyReader{body: body}
	request.GetBody = func() (io.ReadCloser, error) { return &bodyReader{body: body}, nil }
	return request
}

func requestHeader(call *Call) http.Header {
	header := call.Header
	if header == nil {
		header = make(http.Header, 3)
	}
	header["Content-Type"] = contentTypes
	header["Accept"] = accepts
	if call.Kind == ast.Query {
		// Present but empty: it is not sent, and tells the client that a request
		// which met a connection that was just being closed may be sent again.
		header["Idempotency-Key"] = nil
	}
	return header
}

// unreachable is the failure of a call that got no whole answer.
func unreachable(ctx context.Context, subgraph string, err error) *Failure {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &Failure{Code: CodeCanceled, Message: "the request was cancelled", Cause: err}
	case ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout():
		return &Failure{Code: CodeTimeout, Message: fmt.Sprintf("subgraph %q did not answer in time", subgraph), Cause: err}
	}
	return &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q cannot be reached", subgraph), Cause: err}
}

// requestBody is a request's body that can be taken away from the HTTP client:
// a client may go on reading after it has returned an answer, but the bytes then
// belong to another request.
type requestBody struct {
	mu    sync.Mutex
	bytes []byte
	ended bool
}

var (
	errBodyEnded      = errors.New("the request is over")
	errAnswerTooLarge = errors.New("the answer is larger than the router takes")
)

func (b *requestBody) end() {
	b.mu.Lock()
	b.bytes, b.ended = nil, true
	b.mu.Unlock()
}

type bodyReader struct {
	body *requestBody
	at   int
}

func (r *bodyReader) Read(p []byte) (int, error) {
	r.body.mu.Lock()
	defer r.body.mu.Unlock()
	if r.body.ended {
		return 0, errBodyEnded
	}
	if r.at == len(r.body.bytes) {
		return 0, io.EOF
	}
	n := copy(p, r.body.bytes[r.at:])
	r.at += n
	return n, nil
}

func (r *bodyReader) Close() error { return nil }
