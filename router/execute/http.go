package execute

import (
	"cmp"
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
	// plain is a shorter way for reads, or nil.
	plain *plain
	// authorization is the header that the URL's user stands for, or nil.
	authorization []string
	// template has what all requests have in common.
	template *http.Request
}

// NewHTTP returns the transport to the subgraph at address. client is shared by
// the transports of all subgraphs; with a *Client, reads over HTTP without TLS
// take a shorter way than net/http's.
func NewHTTP(client http.RoundTripper, address string) (*HTTP, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the subgraph's URL is not valid: %w", errors.Unwrap(err)) // the error itself shows passwords
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the subgraph's URL %q is not of the form http://host/path", u.Redacted())
	}
	t := &HTTP{client: client, template: newTemplate(u)}
	if u.User != nil {
		password, _ := u.User.Password()
		t.template.SetBasicAuth(u.User.Username(), password)
		t.authorization = t.template.Header["Authorization"]
		t.template.URL.User = nil
	}
	if c, ok := client.(*Client); ok && c.reachesPlainly(u) {
		t.plain = newPlain(u, c.DialContext)
	}
	return t, nil
}

func newTemplate(u *url.URL) *http.Request {
	return &http.Request{Method: http.MethodPost, URL: u, Host: u.Host, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}

// Client is an HTTP client made for subgraphs: as many connections stay open as
// were needed at a time, and answers are asked for uncompressed.
type Client struct {
	*http.Transport
}

// NewClient returns a Client. What needs other settings, as for TLS, is set in
// its Transport before it is used.
func NewClient() *Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}
	return &Client{&http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    plainIdleConns,
		IdleConnTimeout:        plainIdleTime,
		TLSHandshakeTimeout:    5 * time.Second,
		DisableCompression:     true,
		WriteBufferSize:        16 << 10,
		ReadBufferSize:         32 << 10,
		MaxResponseHeaderBytes: maxHead,
	}}
}

// reachesPlainly says whether there is nothing between the client and the URL
// but TCP.
func (c *Client) reachesPlainly(u *url.URL) bool {
	if u.Scheme != "http" {
		return false
	}
	if c.Proxy == nil {
		return true
	}
	proxy, err := c.Proxy(&http.Request{URL: u})
	return err == nil && proxy == nil
}

// Send implements Transport.
func (t *HTTP) Send(ctx context.Context, call *Call) error {
	if t.authorization != nil && call.Header["Authorization"] == nil {
		if call.Header == nil {
			call.Header = make(http.Header, 4)
		}
		call.Header["Authorization"] = t.authorization
	}
	limit := cmp.Or(t.MaxAnswer, DefaultMaxAnswer)
	if t.plain != nil && call.Kind == ast.Query {
		return t.plain.send(ctx, call, limit)
	}
	return t.send(ctx, call, limit)
}

// send goes by net/http.
func (t *HTTP) send(ctx context.Context, call *Call, limit int64) error {
	body := &requestBody{bytes: call.Body}
	defer body.end()
	response, err := t.client.RoundTrip(t.request(ctx, call, body))
	if err != nil {
		return unreachable(ctx, call.Subgraph, err)
	}
	defer response.Body.Close()
	call.Status = response.StatusCode
	if err := checkHead(call.Subgraph, call.Status, response.Header.Get("Content-Type"), response.Header.Get("Content-Encoding")); err != nil {
		return err
	}
	err = call.readAnswer(response.Body, response.ContentLength, limit)
	if err != nil && ctx.Err() != nil {
		return unreachable(ctx, call.Subgraph, err)
	}
	return err
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
	if header["User-Agent"] == nil {
		header["User-Agent"] = userAgents
	}
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
