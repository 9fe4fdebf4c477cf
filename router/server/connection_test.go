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

	"github.com/shopgraph/shopgraph/router"
)

// listen serves on a real connection, for what depends on one.
func listen(t *testing.T, o Options, timeout time.Duration) string {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
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
	var log lockedBuffer
	executor := waiting{make(chan struct{}), make(chan struct{})}
	address := listen(t, Options{Router: executor, AccessLog: true, Log: slog.New(slog.NewTextHandler(&log, nil))}, 0)
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(connection, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"query\":\"{a}\"}")
	<-executor.begun
	connection.Close()
	<-executor.ended
	for !strings.Contains(log.String(), "graphql") {
		time.Sleep(time.Millisecond)
	}
	if !strings.Contains(log.String(), "status=499") {
		t.Errorf("logged %s", log.String())
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

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// A panic ends its own request only, and tells the log what the client is not
// told.
func TestAPanicIsLogged(t *testing.T) {
	var log lockedBuffer
	s, err := New(Options{Router: echo{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	answer := send(t, s, "POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\n\n{\"query\": \"panic\"}")
	if strings.Contains(answer, "out of order") || !strings.Contains(answer, "request-id") {
		t.Errorf("the client sees %s", answer)
	}
	for _, fact := range []string{"out of order", "request-id", "server_test.go"} {
		if !strings.Contains(log.String(), fact) {
			t.Errorf("the log has no %q: %s", fact, log.String())
		}
	}
}

func TestTheAccessLogsLine(t *testing.T) {
	var log lockedBuffer
	s, err := New(Options{Router: echo{}, AccessLog: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, "POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nAuthorization: Bearer secret\nApollographql-Client-Name: web\nApollographql-Client-Version: 2\n\n"+
		`{"query": "query A { partial }", "operationName": "A", "variables": {"password": "secret"}}`)
	line := log.String()
	for _, fact := range []string{"request=request-id", "status=200", "query=A", "errors=1", "client=web/2"} {
		if !strings.Contains(line, fact) {
			t.Errorf("no %q in %s", fact, line)
		}
	}
	if strings.Contains(line, "secret") || strings.Count(line, "\n") != 1 {
		t.Errorf("logged %s", line)
	}
}

func TestRequestIDs(t *testing.T) {
	if a, b := requestID(nil), requestID(nil); len(a) != 32 || a == b {
		t.Errorf("new ids: %q, %q", a, b)
	}
	for id, kept := range map[string]bool{
		"01890f3c-7b1e-7cc0-98c4-dc0c0c07398f": true, "short": false, "with space in it": false, "line\nbreak-x": false, strings.Repeat("a", 129): false,
	} {
		if (requestID([]string{id}) == id) != kept {
			t.Errorf("%q: kept is not %v", id, kept)
		}
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
	for name, log := range map[string]*slog.Logger{"log": slog.New(slog.NewJSONHandler(io.Discard, nil)), "silent": nil} {
		o := Options{Router: &finished{router.Response{Kind: "query", Body: make([]byte, 80_000)}}, AccessLog: log != nil, Log: log}
		s, err := New(o)
		if err != nil {
			b.Fatal(err)
		}
		body := []byte(`{"query":"query A($x: Int) { users { id name reviews { body product { name } } } }","operationName":"A","variables":{"x":1}}`)
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/graphql-response+json, application/json;q=0.9"}}
		w := &nowhere{http.Header{}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			reader := bytes.NewReader(body)
			for b.Loop() {
				reader.Reset(body)
				clear(w.header)
				r.Body, r.ContentLength = io.NopCloser(reader), int64(len(body))
				s.ServeHTTP(w, r)
			}
		})
	}
}
