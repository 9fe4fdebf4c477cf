package execute

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// plain sends reads to one server over HTTP/1.1 without TLS, several times
// cheaper than net/http: a call is one write and one or two reads on the
// caller's goroutine, into the call's own buffer, and an idle connection is
// nothing but its descriptor.
//
// A connection that the server closed while it was idle shows only when it is
// used. The call is then sent again on a new one, which only reads allow; other
// calls go by net/http.
type plain struct {
	address string
	// head is the request up to the headers that differ from call to call.
	head string
	dial dialer

	mu sync.Mutex
	// idle are connections in the order in which they became so.
	idle []*plainConn
	// reaper closes those that stay idle; nil while there are none.
	reaper *time.Timer
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

const (
	plainIdleTime  = 60 * time.Second
	plainIdleConns = 4096
)

func newPlain(u *url.URL, dial dialer) *plain {
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), "80")
	}
	head := "POST " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nContent-Type: " + contentTypes[0] + "\r\nAccept: " + accepts[0] + "\r\n"
	return &plain{address: address, dial: dial, head: head}
}

// plainConn is a connection, in use by one call at a time.
type plainConn struct {
	net.Conn
	request []byte
	// since is when it became idle.
	since time.Time
}

// send sends the call and reads its answer, of at most limit bytes.
func (p *plain) send(ctx context.Context, call *Call, limit int64) error {
	if err := checkHeader(call.Header); err != nil {
		return &Failure{Code: CodeInternal, Message: "internal error", Cause: err}
	}
	for {
		conn, reused, err := p.connection(ctx)
		if err != nil {
			return unreachable(ctx, call.Subgraph, err)
		}
		answered, err := p.exchange(ctx, conn, call, limit)
		if reused && !answered && err != nil && ctx.Err() == nil {
			// It was closed while it was idle, as others may have been too.
			continue
		}
		return outcome(ctx, call, answered, err)
	}
}

// outcome makes a failure of an error on the way.
func outcome(ctx context.Context, call *Call, answered bool, err error) error {
	var failure *Failure
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil || !answered:
		return unreachable(ctx, call.Subgraph, err)
	case errors.As(err, &failure):
		return failure
	}
	return &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q broke off its answer", call.Subgraph), Cause: err}
}

// exchange writes the request and reads the answer. answered says that at least
// a byte came back. The connection is kept for others if it can be.
func (p *plain) exchange(ctx context.Context, conn *plainConn, call *Call, limit int64) (answered bool, err error) {
	keep := false
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if stop() && keep {
			p.put(conn)
		} else {
			conn.Close()
		}
	}()
	conn.request = p.appendRequest(conn.request[:0], call)
	if _, err := conn.Write(conn.request); err != nil {
		return false, err
	}
	r := answerReader{source: conn, buffer: call.Buffer[:0], limit: limit}
	if err = r.readHead(); err == nil {
		call.Status = r.status
		if err = checkHead(call.Subgraph, r.status, r.contentType, r.contentEncoding); err == nil {
			err = r.readBody(call.Subgraph)
		}
	}
	call.Buffer = r.buffer
	if err != nil {
		return len(r.buffer) > 0, err
	}
	call.Answer, keep = r.body, r.reusable()
	return true, nil
}

func (p *plain) appendRequest(b []byte, call *Call) []byte {
	b = append(b, p.head...)
	for name, values := range call.Header {
		if slices.ContainsFunc(framing, func(own string) bool { return is(name, own) }) {
			continue
		}
		for _, value := range values {
			b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
		}
	}
	if call.Header["User-Agent"] == nil {
		b = append(b, "User-Agent: "+userAgent+"\r\n"...)
	}
	b = strconv.AppendInt(append(b, "Content-Length: "...), int64(len(call.Body)), 10)
	return append(append(b, "\r\n\r\n"...), call.Body...)
}

// framing are the headers that say where a message ends and what it is: only the
// client itself sets them.
var framing = []string{"host", "content-length", "transfer-encoding", "trailer", "connection", "keep-alive", "upgrade", "expect", "te", "content-type", "accept", "accept-encoding"}

const userAgent = "shopgraph"

var errHeader = errors.New("a header for a subgraph has a line break or no name")

// checkHeader refuses headers that would not end where they should.
func checkHeader(header http.Header) error {
	for name, values := range header {
		if name == "" || strings.ContainsAny(name, "\r\n\x00: ") {
			return errHeader
		}
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n\x00") {
				return errHeader
			}
		}
	}
	return nil
}

// connection returns an idle connection, or a new one.
func (p *plain) connection(ctx context.Context) (conn *plainConn, reused bool, err error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		conn = p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return conn, true, nil
	}
	p.mu.Unlock()
	c, err := p.dial(ctx, "tcp", p.address)
	if err != nil {
		return nil, false, err
	}
	return &plainConn{Conn: c}, false, nil
}

// put makes a connection idle.
func (p *plain) put(conn *plainConn) {
	conn.since = time.Now()
	conn.request = kept(conn.request, len(conn.request))
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == plainIdleConns {
		conn.Close()
		return
	}
	p.idle = append(p.idle, conn)
	if p.reaper == nil {
		p.reaper = time.AfterFunc(plainIdleTime, p.reap)
	}
}

// reap closes the connections that were idle for long, and comes again while
// there are others.
func (p *plain) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.idle) && time.Since(p.idle[n].since) >= plainIdleTime {
		p.idle[n].Close()
		n++
	}
	p.idle = append(p.idle[:0], p.idle[n:]...)
	clear(p.idle[len(p.idle):cap(p.idle)])
	p.reaper = nil
	if len(p.idle) > 0 {
		p.reaper = time.AfterFunc(plainIdleTime, p.reap)
	}
}
