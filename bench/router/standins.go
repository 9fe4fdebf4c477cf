package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/shopgraph/shopgraph/internal/mock"
)

// standIns are subgraphs that answer whatever a router's plan asks them, by the
// mock server. Since data never change, an answer is made once for each different
// request and then remembered: a stand-in has to keep up with every router.
type standIns struct {
	bySubgraph map[string]http.Handler // at /NAME
	requests   atomic.Int64
}

func newStandIns(graph *mock.Graph, schemas map[string]*mock.Schema) *standIns {
	s := &standIns{bySubgraph: map[string]http.Handler{}}
	run := graph.Run()
	for name, schema := range schemas {
		s.bySubgraph["/"+name] = &remembering{next: mock.Handler(schema, run.Subgraph(name))}
	}
	return s
}

// ServeHTTP implements http.Handler.
func (s *standIns) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler := s.bySubgraph[r.URL.Path]
	if handler == nil {
		http.NotFound(w, r)
		return
	}
	s.requests.Add(1)
	handler.ServeHTTP(w, r)
}

// count returns how many requests there were since it was last asked.
func (s *standIns) count() (int, error) { return int(s.requests.Swap(0)), nil }

// mostRemembered bounds the memory of a stand-in: routers whose plans vary are
// answered without it in the end.
const mostRemembered = 1000

// remembering answers a POST as it did before, if it is the same byte by byte.
type remembering struct {
	next    http.Handler
	mu      sync.RWMutex
	answers map[string]*httptest.ResponseRecorder // by what was accepted, and the body
	buffers sync.Pool                             // of *bytes.Buffer
}

// ServeHTTP implements http.Handler.
func (m *remembering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		m.next.ServeHTTP(w, r)
		return
	}
	buffer, ok := m.buffers.Get().(*bytes.Buffer)
	if !ok {
		buffer = &bytes.Buffer{}
	}
	defer m.buffers.Put(buffer)
	buffer.Reset()
	for _, name := range []string{"Accept", "Content-Type"} {
		buffer.WriteString(r.Header.Get(name))
		buffer.WriteByte('\n')
	}
	head := buffer.Len()
	if _, err := buffer.ReadFrom(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m.mu.RLock()
	answer := m.answers[string(buffer.Bytes())]
	m.mu.RUnlock()
	if answer == nil {
		answer = m.make(r, buffer.Bytes(), head)
	}
	w.Header()["Content-Type"] = answer.Header()["Content-Type"]
	w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes()) // who went away needs no answer
}

// make asks the mock server, and remembers.
func (m *remembering) make(r *http.Request, key []byte, head int) *httptest.ResponseRecorder {
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(key[head:]))
	answer := httptest.NewRecorder()
	m.next.ServeHTTP(answer, again)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil {
		m.answers = map[string]*httptest.ResponseRecorder{}
	}
	if len(m.answers) < mostRemembered {
		m.answers[string(key)] = answer
	}
	return answer
}
