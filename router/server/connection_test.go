package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/router"
)

// listen serves on a real connection, for what depends on one.
func listen(t *testing.T, o Options, timeout time.Duration) string {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	handler, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ReadTimeout = timeout
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// logged serves as the program does, and returns the log.
func logged(t *testing.T, executor router.Executor) (address string, log *lockedBuffer) {
	t.Helper()
	log = &lockedBuffer{}
	text := slog.New(slog.NewTextHandler(log, nil))
	handler, err := New(Options{Router: executor, Log: text})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := serve.Listen(serve.Options{Name: "router", Address: "127.0.0.1:0", Handler: handler, Log: text})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- listener.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Address(), log
}

func exchangeText(t *testing.T, address, text string) *http.Response {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	io.WriteString(connection, text)
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestABodyThatDoesNotArrive(t *testing.T) {
	address := listen(t, Options{Router: echo{}}, 50*time.Millisecond)
	answer := exchangeText(t, address, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"query\"")
	if answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("status %d, want 408", answer.StatusCode)
	}
}

// A body of unknown length is cut off at the limit.
func TestAChunkedBodyOverTheLimit(t *testing.T) {
	address := listen(t, Options{Router: echo{}, MaxBody: 1000}, 0)
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 600, strings.Repeat(" ", 600))
	head := "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
	if answer := exchangeText(t, address, head+chunk+chunk+"0\r\n\r\n"); answer.StatusCode != http.StatusRequestEntityTooLarge || !answer.Close {
		t.Errorf("status %d, close %v; want 413 and the end of the connection", answer.StatusCode, answer.Close)
	}
	small := fmt.Sprintf("%x\r\n%s\r\n", 16, `{"query":"{ a }`) + "2\r\n\"}\r\n0\r\n\r\n"
	if answer := exchangeText(t, address, head+strings.Replace(small, "10\r\n", "f\r\n", 1)); answer.StatusCode != http.StatusOK {
		t.Errorf("status %d, want 200 for what is within the limit", answer.StatusCode)
	}
}

// waiting is an Executor that runs until the client has gone.
type waiting struct{ begun, ended chan struct{} }

func (w waiting) Execute(ctx context.Context, _ *router.Request) *router.Response {
	close(w.begun)
	<-ctx.Done()
	defer close(w.ended)
	return router.Refuse("", ctx.Err())
}

// A client that goes away ends its request, which is logged as such.
func TestAClientThatGoes(t *testing.T) {
	executor := waiting{make(chan struct{}), make(chan struct{})}
	address, log := logged(t, executor)
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(connection, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"query\":\"{a}\"}")
	<-executor.begun
	connection.Close()
	<-executor.ended
	if line := log.line(); !strings.Contains(line, "status=499") {
		t.Errorf("logged %s", line)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// line waits for a line, which is written after the answer.
func (b *lockedBuffer) line() string {
	for {
		b.mu.Lock()
		text := b.Buffer.String()
		b.mu.Unlock()
		if strings.HasSuffix(text, "\n") {
			return text
		}
		time.Sleep(time.Millisecond)
	}
}

func TestTheRequestsLineInTheLog(t *testing.T) {
	address, log := logged(t, echo{})
	body := `{"query": "query A { partial }", "operationName": "A", "variables": {"password": "secret"}}`
	exchangeText(t, address, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer secret\r\n"+
		"X-Request-Id: request-id\r\nApollographql-Client-Name: web\r\nApollographql-Client-Version: 2\r\n"+fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
	line := log.line()
	for _, fact := range []string{"request=request-id", "status=200", "query=A", "errors=1", "client=web/2"} {
		if !strings.Contains(line, fact) {
			t.Errorf("no %q in %s", fact, line)
		}
	}
	if strings.Contains(line, "secret") || strings.Count(line, "\n") != 1 {
		t.Errorf("logged %s", line)
	}
}

func TestCORSThatIsUnsafeOrUnusable(t *testing.T) {
	for _, c := range []CORS{
		{Origins: []string{"*"}, Credentials: true}, {Origins: []string{"shop.example"}}, {Origins: []string{"https://shop.example/"}}, {Origins: []string{"https://"}}, {Origins: []string{""}},
	} {
		if _, err := New(Options{Router: echo{}, CORS: c}); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

// finished is an Executor that costs nothing.
type finished struct{ response router.Response }

func (f *finished) Execute(context.Context, *router.Request) *router.Response { return &f.response }

// nowhere is a ResponseWriter that costs nothing.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkServe is the HTTP layer alone: what it adds to net/http's own work
// and to the execution.
func BenchmarkServe(b *testing.B) {
	s, err := New(Options{Router: &finished{router.Response{Kind: "query", Body: make([]byte, 80_000)}}})
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"query":"query A($x: Int) { users { id name reviews { body product { name } } } }","operationName":"A","variables":{"x":1}}`)
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/graphql-response+json, application/json;q=0.9"}}
	w := &nowhere{http.Header{}}
	b.ReportAllocs()
	reader := bytes.NewReader(body)
	for b.Loop() {
		reader.Reset(body)
		clear(w.header)
		delete(r.Header, serve.RequestIDHeader)
		r.Body, r.ContentLength = io.NopCloser(reader), int64(len(body))
		s.ServeHTTP(w, r)
	}
}
