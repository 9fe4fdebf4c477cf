package execute

import (
	"net"
	"net/url"
	"testing"
	"time"
)

// TestPlainReaps holds that connections do not stay open for ever.
func TestPlainReaps(t *testing.T) {
	p := newPlain(&url.URL{Host: "unused"}, nil)
	var others []net.Conn
	for range 3 {
		conn, other := net.Pipe()
		others = append(others, other)
		p.put(&plainConn{Conn: conn})
	}
	p.idle[0].since = time.Now().Add(-2 * plainIdleTime)
	p.idle[1].since = time.Now().Add(-2 * plainIdleTime)
	p.reap()
	if len(p.idle) != 1 || p.reaper == nil {
		t.Errorf("%d connections are idle, and the reaper comes again: %v", len(p.idle), p.reaper != nil)
	}
	for i, closed := range []bool{true, true, false} {
		others[i].SetDeadline(time.Now())
		if _, err := others[i].Write([]byte("x")); (err.Error() == "io: read/write on closed pipe") != closed {
			t.Errorf("connection %d: %v", i, err)
		}
	}
	p.idle[0].since = time.Now().Add(-2 * plainIdleTime)
	p.reap()
	if len(p.idle) != 0 || p.reaper != nil {
		t.Errorf("%d connections are idle, and the reaper comes again: %v", len(p.idle), p.reaper != nil)
	}
}
