package execute_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/execute"
)

// newServer serves until the test ends, and counts its connections.
func newServer(t *testing.T, handler http.HandlerFunc) (server *httptest.Server, connections *atomic.Int64) {
	t.Helper()
	connections = &atomic.Int64{}
	server = httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, connections
}

func newHTTP(t *testing.T, address string) *execute.HTTP {
	t.Helper()
	client := execute.NewClient()
	t.Cleanup(client.CloseIdleConnections)
	transport, err := execute.NewHTTP(client, address)
	if err != nil {
		t.Fatal(err)
	}
	return transport
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.URL, r.Header.Get("Authorization"), r.Header.Get("X-Test"), body)
}

var kinds = []ast.Operation{ast.Query, ast.Mutation}

func TestHTTP(t *testing.T) {
	server, connections := newServer(t, echo)
	user := strings.Replace(server.URL, "http://", "http://me:secret@", 1)
	for _, kind := range kinds {
		for _, c := range []struct {
			address string
			header  http.Header
			want    string
		}{
			{server.URL, nil, "POST /   "},
			{server.URL + "/graphql?a=b%20c", http.Header{"X-Test": {"yes"}}, "POST /graphql?a=b%20c  yes "},
			{user, nil, "POST / Basic bWU6c2VjcmV0  "},
			{user, http.Header{"Authorization": {"Bearer x"}}, "POST / Bearer x  "},
		} {
			connections.Store(0)
			transport := newHTTP(t, c.address)
			call := &execute.Call{Subgraph: "s", Kind: kind}
			for i := range 20 {
				call.Header = c.header.Clone()
				call.Body = []byte(strings.Repeat("x", i*i*i*i))
				if err := transport.Send(t.Context(), call); err != nil {
					t.Fatalf("%s to %s: %v", kind, c.address, err)
				}
				if want := c.want + string(call.Body); string(call.Answer) != want || call.Status != 200 {
					t.Errorf("%s to %s: status %d, %.100q, want %.100q", kind, c.address, call.Status, call.Answer, want)
				}
			}
			if n := connections.Load(); n != 1 {
				t.Errorf("%s to %s: %d connections for calls one after the other", kind, c.address, n)
			}
		}
	}
}

// TestHTTPClosedConnections holds that a call does not fail because the server
// closed connections that were idle.
func TestHTTPClosedConnections(t *testing.T) {
	server, _ := newServer(t, echo)
	transport := newHTTP(t, server.URL)
	for range 5 {
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if err := transport.Send(t.Context(), &execute.Call{Kind: ast.Query, Body: []byte("x")}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		server.CloseClientConnections()
	}
}

// TestHTTPOneAnswerPerConnection uses servers that do not keep connections.
func TestHTTPOneAnswerPerConnection(t *testing.T) {
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n",
		"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n",
	} {
		server, connections := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, head+"{}")
		})
		transport := newHTTP(t, server.URL)
		for range 3 {
			call := &execute.Call{Kind: ast.Query, Body: []byte("{}")}
			if err := transport.Send(t.Context(), call); err != nil || string(call.Answer) != "{}" {
				t.Errorf("after %q: %q, %v", head, call.Answer, err)
			}
		}
		if n := connections.Load(); n != 3 {
			t.Errorf("after %q: %d connections", head, n)
		}
	}
}

// TestHTTPHeaderInjection holds that a header cannot become two.
func TestHTTPHeaderInjection(t *testing.T) {
	server, connections := newServer(t, echo)
	transport := newHTTP(t, server.URL)
	for _, kind := range kinds {
		for _, header := range []http.Header{
			{"X-Test": {"a\r\nEvil: b"}}, {"X-Test": {"a\nb"}}, {"X-Test\r\nEvil": {"a"}}, {"X Test": {"a"}}, {"": {"a"}}, {"X-Test:": {"a"}}, {"X-Test": {"a\x00b"}},
		} {
			err := transport.Send(t.Context(), &execute.Call{Kind: kind, Header: header, Body: []byte("x")})
			if err == nil {
				t.Errorf("%s with header %q was sent", kind, header)
			}
		}
	}
	if n := connections.Load(); n > 0 {
		t.Errorf("%d connections were opened", n)
	}
}

// TestHTTPFraming holds that headers cannot change where a request ends, or
// whom it is for.
func TestHTTPFraming(t *testing.T) {
	server, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%s %q %v %v %s %s", r.Host, r.Header["Content-Type"], r.TransferEncoding, r.ContentLength, r.UserAgent(), body)
	})
	transport := newHTTP(t, server.URL)
	host := strings.TrimPrefix(server.URL, "http://")
	for _, agent := range []string{"", "mine"} {
		header := http.Header{
			"Content-Length": {"1"}, "content-length": {"2"}, "Transfer-Encoding": {"chunked"}, "transfer-encoding": {"chunked"}, "Host": {"evil"}, "host": {"evil"},
			"Connection": {"close"}, "CONTENT-TYPE": {"text/plain"}, "Trailer": {"X"},
		}
		want := host + ` ["application/json"] [] 4 shopgraph {ab}`
		if agent != "" {
			header["User-Agent"] = []string{agent}
			want = strings.Replace(want, "shopgraph", agent, 1)
		}
		call := &execute.Call{Kind: ast.Query, Header: header, Body: []byte("{ab}")}
		if err := transport.Send(t.Context(), call); err != nil || string(call.Answer) != want {
			t.Errorf("got %s, %v, want %s", call.Answer, err, want)
		}
	}
}

// TestHTTPConcurrent holds that calls at the same time do not mix.
func TestHTTPConcurrent(t *testing.T) {
	server, _ := newServer(t, echo)
	transport := newHTTP(t, server.URL)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			call := &execute.Call{Kind: kinds[i%2]}
			for j := range 20 {
				call.Header, call.Body = nil, fmt.Appendf(nil, "%d-%d", i, j)
				if err := transport.Send(t.Context(), call); err != nil {
					t.Error(err)
				}
				if want := "POST /   " + string(call.Body); string(call.Answer) != want {
					t.Errorf("got %q, want %q", call.Answer, want)
				}
			}
		})
	}
	group.Wait()
}

// TestHTTPGivesUp holds that a call ends with its context, on a new connection
// and on one that was used.
func TestHTTPGivesUp(t *testing.T) {
	arrived := make(chan struct{}, 1)
	server, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) == "hang" {
			arrived <- struct{}{}
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "application/json")
	})
	transport := newHTTP(t, server.URL)
	for _, before := range []bool{false, true} {
		if before {
			if err := transport.Send(t.Context(), &execute.Call{Kind: ast.Query, Body: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
		for _, kind := range kinds {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-arrived
				cancel()
			}()
			err := transport.Send(ctx, &execute.Call{Subgraph: "s", Kind: kind, Body: []byte("hang")})
			if failure, ok := err.(*execute.Failure); !ok || failure.Code != execute.CodeCanceled {
				t.Errorf("got %v", err)
			}
		}
	}
}

// TestHTTPUnreachable holds that clients do not learn addresses.
func TestHTTPUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	transport := newHTTP(t, "http://"+listener.Addr().String())
	for _, kind := range kinds {
		err := transport.Send(t.Context(), &execute.Call{Subgraph: "s", Kind: kind, Body: []byte("x")})
		failure, ok := err.(*execute.Failure)
		if !ok || failure.Code != execute.CodeHTTP || failure.Message != `subgraph "s" cannot be reached` || failure.Cause == nil {
			t.Errorf("got %#v", err)
		}
	}
}

// TestHTTPProxy holds that a proxy that is set is used for everything.
func TestHTTPProxy(t *testing.T) {
	proxy, connections := newServer(t, echo)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := execute.NewClient()
	client.Proxy = http.ProxyURL(address)
	defer client.CloseIdleConnections()
	transport, err := execute.NewHTTP(client, "http://subgraph.invalid/graphql")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		call := &execute.Call{Kind: kind, Body: []byte("x")}
		if err := transport.Send(t.Context(), call); err != nil || !strings.Contains(string(call.Answer), "http://subgraph.invalid/graphql") {
			t.Errorf("%s: %q, %v", kind, call.Answer, err)
		}
	}
	if connections.Load() == 0 {
		t.Error("the proxy was not asked")
	}
}

func TestNewHTTPRefuses(t *testing.T) {
	for _, address := range []string{"", "localhost:4000", "ftp://host/", "http://", "/graphql", "http://me:secret@[::1", "http://me:secret@/", "http://ho st/"} {
		_, err := execute.NewHTTP(http.DefaultTransport, address)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestHTTPPieces answers in pieces, so that every way to read a body is
// taken.
func TestHTTPPieces(t *testing.T) {
	server, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		controller := http.NewResponseController(w)
		in := bufio.NewReader(r.Body)
		for {
			b, err := in.ReadByte()
			if err != nil {
				return
			}
			w.Write([]byte{b, b})
			controller.Flush()
		}
	})
	transport := newHTTP(t, server.URL)
	call := &execute.Call{Kind: ast.Query, Body: []byte("abcdef")}
	for range 2 {
		if err := transport.Send(t.Context(), call); err != nil || string(call.Answer) != "aabbccddeeff" {
			t.Errorf("%q, %v", call.Answer, err)
		}
	}
}
