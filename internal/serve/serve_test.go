package serve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// started serves until the test ends, which then sees how it stopped.
func started(t *testing.T, o Options) (url string) {
	t.Helper()
	o.Name, o.Address = "test", "127.0.0.1:0"
	if o.Log == nil {
		o.Log = quiet()
	}
	server, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return "http://" + server.Address()
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, strings.TrimSpace(string(text))
}

func TestHealth(t *testing.T) {
	var broken error
	url := started(t, Options{
		Handler: http.NotFoundHandler(),
		Ready:   map[string]func(context.Context) error{"database": func(context.Context) error { return broken }},
	})
	for _, c := range []struct {
		broken error
		path   string
		status int
		body   string
	}{
		{nil, "/health/live", 200, `{"status":"live"}`},
		{nil, "/health/ready", 200, `{"status":"ready","checks":{"database":"ready"}}`},
		{errors.New("password of postgres://secret refused"), "/health/live", 200, `{"status":"live"}`},
		{errors.New("password of postgres://secret refused"), "/health/ready", 503, `{"status":"not ready","checks":{"database":"not ready"}}`},
	} {
		broken = c.broken
		if status, body := get(t, url+c.path); status != c.status || body != c.body {
			t.Errorf("%s while the database says %v: %d %s, want %d %s", c.path, c.broken, status, body, c.status, c.body)
		}
	}
}

func TestListenExplains(t *testing.T) {
	first, err := Listen(Options{Name: "users", Address: "127.0.0.1:0", Log: quiet(), Handler: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	_, err = Listen(Options{Name: "orders", Handler: http.NotFoundHandler(), Address: first.Address(), Log: quiet()})
	want := "orders cannot listen on " + first.Address() + ": another process has that port; stop it or choose another address"
	if err == nil || err.Error() != want {
		t.Errorf("a taken port: %v, want %s", err, want)
	}
	if _, err := Listen(Options{Name: "users", Address: "nonsense", Log: quiet()}); err == nil || !strings.Contains(err.Error(), "host:port") {
		t.Errorf("no address: %v", err)
	}
}

// Stopping lets a request finish that is under way, and says meanwhile that the
// server is not ready.
func TestStopsWithoutCuttingOff(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	server, err := Listen(Options{Name: "test", Address: "127.0.0.1:0", Log: quiet(), Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		io.WriteString(w, "whole")
	})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx) }()
	got := make(chan string)
	go func() {
		_, body := get(t, "http://"+server.Address())
		got <- body
	}()
	<-entered
	stop()
	for !server.stopping.Load() {
	}
	answer := httptest.NewRecorder()
	server.server.Handler.ServeHTTP(answer, httptest.NewRequest("GET", "/health/ready", nil))
	if answer.Code != http.StatusServiceUnavailable {
		t.Errorf("ready while stopping: %d", answer.Code)
	}
	close(leave)
	if body := <-got; body != "whole" {
		t.Errorf("the request under way got %q", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

// A connection on which nothing was asked does not keep the server.
func TestStopsAtOnceWhenIdle(t *testing.T) {
	server, err := Listen(Options{Name: "test", Address: "127.0.0.1:0", Log: quiet(), Handler: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx) }()
	silent, err := net.Dial("tcp", server.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	get(t, "http://"+server.Address()+"/health/live") // and leaves an idle connection; the silent one was accepted before
	stop()
	if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the silent connection is not closed: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestAQuietServerLogsPanicsOnly(t *testing.T) {
	var log bytes.Buffer
	url := started(t, Options{
		Quiet: true, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("out of order") }),
	})
	get(t, url+"/")
	if lines := log.String(); strings.Contains(lines, "msg=request ") || !strings.Contains(lines, "out of order") {
		t.Errorf("logged:\n%s", lines)
	}
}

func TestRequestIDs(t *testing.T) {
	for given, kept := range map[string]bool{
		"": false, "abc-123_X.y": true, "with space": false, "a\tb": false, "ümlaut": false, strings.Repeat("a", 65): false,
	} {
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set(RequestIDHeader, given)
		answer := httptest.NewRecorder()
		var seen string
		Identify(Identify(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = RequestID(r.Context()) }))).ServeHTTP(answer, request)
		if seen == "" || (seen == given) != kept || answer.Header().Get(RequestIDHeader) != seen {
			t.Errorf("given %q: the request is %q and the answer says %q", given, seen, answer.Header().Get(RequestIDHeader))
		}
	}
}

func TestOneLineForEachRequestAndPanicsAreAnswered(t *testing.T) {
	var log bytes.Buffer
	url := started(t, Options{
		Log: slog.New(slog.NewTextHandler(&log, nil)),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/panic" {
				panic("the secret is 42")
			}
			Note(r.Context(), slog.String("who", "ada"))
			io.WriteString(w, "hello")
		}),
	})
	get(t, url+"/health/live")
	if status, body := get(t, url+"/greet"); status != 200 || body != "hello" {
		t.Errorf("greet: %d %s", status, body)
	}
	status, body := get(t, url+"/panic")
	if status != 500 || strings.Contains(body, "secret") || !strings.Contains(body, `"code":"INTERNAL_SERVER_ERROR"`) || !strings.Contains(body, "requestId") {
		t.Errorf("panic: %d %s", status, body)
	}
	lines := log.String()
	if n := strings.Count(lines, "msg=request "); n != 2 {
		t.Errorf("%d lines for 2 requests:\n%s", n, lines)
	}
	for _, want := range []string{"path=/greet", "who=ada", "status=200", "bytes=5", "status=500", "the secret is 42", "stack="} {
		if !strings.Contains(lines, want) {
			t.Errorf("the log lacks %q:\n%s", want, lines)
		}
	}
}
