package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// victim is a router that is served as the program does, and what it is like
// before anyone abuses it.
type victim struct {
	endpoint, address string
	goroutines        int
	// peak is the most memory that was seen in use, in bytes.
	peak uint64
	// arrived are requests on which the subgraph is long at work, left are those of
	// them that were given up.
	arrived, left chan struct{}
}

// slowID is the id of requests that the subgraph never answers.
const slowID = "slow"

const good = `{"data":{"name":"x"}}`

// newVictim starts a router with its default settings, and a subgraph.
func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{arrived: make(chan struct{}), left: make(chan struct{})}
	subgraph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // the end of the request is seen only then
		if r.Header.Get("X-Request-Id") == slowID {
			v.arrived <- struct{}{}
			<-r.Context().Done()
			v.left <- struct{}{}
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, good)
	}))
	t.Cleanup(subgraph.Close)
	v.endpoint = served(t, "router", "--supergraph", tinySupergraph(t, "name"), "--listen", "127.0.0.1:0", "--subgraph-url", "products="+subgraph.URL,
		"--access-log", "off", "--log-level", "error")
	v.address = strings.TrimSuffix(strings.TrimPrefix(v.endpoint, "http://"), "/graphql")
	v.serves(t, "at the beginning")
	http.DefaultClient.CloseIdleConnections()
	v.goroutines = runtime.NumGoroutine()
	return v
}

// serves says whether another client gets its answer, and looks at the memory.
func (v *victim) serves(t *testing.T, when string) {
	t.Helper()
	if got := ask(t, v.endpoint, "{ name }"); got != good {
		t.Errorf("another client, %s: %s", when, got)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	v.peak = max(v.peak, m.HeapInuse+m.StackInuse)
}

// recovers waits until nothing is left of the abuse.
func (v *victim) recovers(t *testing.T, from string) {
	t.Helper()
	v.serves(t, "after "+from)
	http.DefaultClient.CloseIdleConnections()
	for runtime.NumGoroutine() > v.goroutines+2 { // the router's own connection to the subgraph
		time.Sleep(5 * time.Millisecond)
	}
}

// send posts a body, with headers as name and value in turn.
func (v *victim) send(t *testing.T, body string, headers ...string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, v.endpoint, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func document(text string) string { return fmt.Sprintf(`{"query": %q}`, text) }

// each joins what a function makes of the numbers below n.
func each(n int, text string) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(text, "#", strconv.Itoa(i)))
	}
	return all.String()
}

// fragmentBomb doubles a selection in each of 30 fragments.
func fragmentBomb(selection string) string {
	bomb := "{ ...F30 } fragment F0 on Query { " + selection + " }"
	for i := range 30 {
		bomb += fmt.Sprintf(" fragment F%d on Query { ...F%d ...F%d }", i+1, i, i)
	}
	return document(bomb)
}

func zipBomb(t *testing.T) string {
	t.Helper()
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	for range 512 {
		w.Write(make([]byte, 1<<20))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bomb.String()
}

// mostMemory is what the router, the subgraph and the test's client may use
// together, in bytes, 10,000 idle connections included.
const mostMemory = 256 << 20

// TestAbuse is a table of how a public endpoint is abused. Each is refused by its
// own code or survived; other clients are served meanwhile; nothing is left of it.
func TestAbuse(t *testing.T) {
	v := newVictim(t)
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		want       string
	}{
		{"alias bomb", document("{ " + each(1000, "a#: name ") + "}"), nil, 400, "MAX_ALIASES_LIMIT"},
		{"one field again and again", document("{ " + each(5000, "name ") + "}"), nil, 400, "MAX_ROOT_FIELDS_LIMIT"},
		{"fragment bomb of aliases", fragmentBomb("a: name"), nil, 400, "MAX_ALIASES_LIMIT"},
		{"fragment bomb of fields", fragmentBomb("name"), nil, 400, "MAX_ROOT_FIELDS_LIMIT"},
		{"fragments in a circle", document("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"), nil, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"deep nesting", document(strings.Repeat("{ name ", 1000) + strings.Repeat("}", 1000)), nil, 400, "MAX_DEPTH_LIMIT"},
		{"deeper nesting", document(strings.Repeat("{ a ", 20_000)), nil, 200, "exceeded maximum nesting depth"},
		{"deep lists in an argument", document("{ name(x: " + strings.Repeat("[", 20_000) + ") }"), nil, 200, "exceeded maximum nesting depth"},
		{"directive flood", document("{ name " + each(1000, "@include(if: true) ") + "}"), nil, 400, "MAX_DIRECTIVES_LIMIT"},
		{"token flood", document("{ " + strings.Repeat("name ", 20_000) + "}"), nil, 400, "MAX_TOKENS_LIMIT"},
		{"huge variables", `{"query": "{ name }", "variables": {"x": "` + strings.Repeat("x", 2<<20) + `"}}`, nil, 413, "PAYLOAD_TOO_LARGE"},
		{"large variables", `{"query": "{ name }", "variables": {` + each(20_000, `"x#": [#], `) + `"y": 1}}`, nil, 200, good},
		{"deep variables", `{"query": "{ name }", "variables": {"x": ` + strings.Repeat("[", 500_000) + "}}", nil, 400, "BAD_REQUEST"},
		{"introspection flood", document("{ __schema { types { " + strings.Repeat("fields { type { ", 12) + "name" + strings.Repeat(" } }", 12) + " } } }"), nil, 200, "GRAPHQL_VALIDATION_FAILED"},
		{"batch flood", "[" + each(10_000, document("{ name }")+", ") + document("{ name }") + "]", nil, 400, "BATCHING_NOT_ENABLED"},
		{"header bomb", document("{ name }"), []string{"X-Bomb", strings.Repeat("x", 100_000)}, 431, ""},
		{"zip bomb", zipBomb(t), []string{"Content-Encoding", "gzip"}, 413, "PAYLOAD_TOO_LARGE"},
		{"hash of another document", `{"query": "{ name }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "` + strings.Repeat("0", 64) + `"}}}`, nil, 400, "PERSISTED_QUERY_HASH_MISMATCH"},
	} {
		for range 3 {
			if status, answer := v.send(t, c.body, c.headers...); status != c.status || !strings.Contains(answer, c.want) {
				t.Fatalf("%s: %d %.300s, want %d %s", c.name, status, answer, c.status, c.want)
			}
		}
		v.serves(t, "besides a "+c.name)
	}
	v.recovers(t, "requests that are refused")
	for name, attack := range map[string]func(*testing.T){
		"slow bodies": v.slowBodies, "10,000 idle connections": v.idleConnections, "clients that go": v.clientsThatGo, "many headers": v.manyHeaders,
	} {
		attack(t)
		v.recovers(t, name)
	}
	if t.Logf("at most %d MB of memory", v.peak>>20); v.peak > mostMemory {
		t.Errorf("%d bytes of memory, which may be %d", v.peak, mostMemory)
	}
}

// open opens connections and sends a text on each. The function that it returns
// closes them.
func (v *victim) open(t *testing.T, n int, text string) (closeAll func()) {
	t.Helper()
	var all []net.Conn
	for range n {
		c, err := net.Dial("tcp", v.address)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		for _, c := range all {
			c.Close()
		}
	}
}

// slowBodies promise a megabyte each and send a few bytes of it.
func (v *victim) slowBodies(t *testing.T) {
	closeAll := v.open(t, 500, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{\"query\":")
	v.serves(t, "besides slow bodies")
	closeAll()
}

// manyHeaders begin a request and add to its headers without an end.
func (v *victim) manyHeaders(t *testing.T) {
	closeAll := v.open(t, 100, "POST /graphql HTTP/1.1\r\nHost: x\r\n"+each(1000, "X-#: y\r\n"))
	v.serves(t, "besides headers without an end")
	closeAll()
}

// idleConnections are those of another process, for the files that one may open.
func (v *victim) idleConnections(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	n := int(min(10_000, limit.Cur-500))
	if n < 10_000 {
		t.Logf("a process may open %d files here: %d idle connections", limit.Cur, n)
	}
	clients := exec.Command("idle-clients", v.address, strconv.Itoa(n))
	hold, err := clients.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := clients.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := clients.Start(); err != nil {
		t.Fatal(err)
	}
	if opened, err := io.ReadAll(out); err != nil || string(opened) != "open" {
		t.Errorf("the idle clients say %q, %v", opened, err)
	}
	v.serves(t, "besides idle connections")
	hold.Close()
	if err := clients.Wait(); err != nil {
		t.Error(err)
	}
}

// idleClients opens connections to an address, says so, and holds them until its
// input ends. It is a program of the test.
func idleClients() {
	n, _ := strconv.Atoi(os.Args[2])
	all := make([]net.Conn, n)
	for i := range all {
		c, err := net.Dial("tcp", os.Args[1])
		if err != nil {
			fmt.Print(err)
			os.Exit(1)
		}
		all[i] = c
	}
	fmt.Print("open")
	os.Stdout.Close()
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(all)
}

// clientsThatGo ask for what the subgraph is long at work on, and leave.
func (v *victim) clientsThatGo(t *testing.T) {
	for range 20 {
		ctx, leave := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.endpoint, strings.NewReader(document("{ other: name }")))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {slowID}}
		gone := make(chan error)
		go func() {
			response, err := http.DefaultClient.Do(request)
			if err == nil {
				response.Body.Close()
			}
			gone <- err
		}()
		<-v.arrived
		v.serves(t, "besides a client that goes")
		leave()
		if err := <-gone; err == nil {
			t.Error("it got an answer")
		}
		<-v.left
	}
}
