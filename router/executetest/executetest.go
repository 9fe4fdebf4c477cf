// Package executetest puts the stages of the router together for tests of
// execution: without caches, limits or anything else that is around them.
package executetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Router answers operations on a supergraph.
type Router struct {
	Supergraph *supergraph.Supergraph
	// Transport carries the requests to all subgraphs.
	Transport execute.Transport
	// MaxAnswer is how many bytes a mocked subgraph may answer; a megabyte when 0,
	// which keeps tests of answers without an end short.
	MaxAnswer int64

	graph  *graph.Graph
	parser *operation.Parser
	types  *execute.Types
}

// New makes a router of a supergraph SDL. The transport is still to be set.
func New(sdl string) (*Router, error) {
	s, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, err
	}
	return newRouter(s), nil
}

func newRouter(s *supergraph.Supergraph) *Router {
	return &Router{Supergraph: s, graph: graph.Build(s), parser: operation.NewParser(s.API, operation.Options{}), types: execute.NewTypes(objectTypes(s))}
}

func objectTypes(s *supergraph.Supergraph) []string {
	var names []string
	for name, def := range s.Definitions {
		if def.Kind == ast.Object {
			names = append(names, name)
		}
	}
	return names
}

// Subgraph gives a mocked subgraph's SDL, and what to wrap around its handler or
// nil.
type Subgraph func(name string) (sdl string, wrap func(http.Handler) http.Handler)

// Mock lets the subgraphs answer from fixtures (internal/mock), through a
// network in memory.
func (r *Router) Mock(fixtures []byte, subgraph Subgraph) (*subgraphtest.Network, error) {
	network := &subgraphtest.Network{}
	return network, r.mock(fixtures, subgraph, func(g *supergraph.Subgraph, handler http.Handler) (*execute.HTTP, error) {
		if err := network.Handle(g.Name, g.URL, handler); err != nil {
			return nil, err
		}
		return execute.NewHTTP(network, g.URL)
	})
}

// MockTCP is Mock with servers that listen, until the test ends.
func (r *Router) MockTCP(t testing.TB, fixtures []byte, subgraph Subgraph) error {
	client := execute.NewClient()
	t.Cleanup(client.CloseIdleConnections)
	return r.mock(fixtures, subgraph, func(_ *supergraph.Subgraph, handler http.Handler) (*execute.HTTP, error) {
		server := httptest.NewUnstartedServer(handler)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.Start()
		t.Cleanup(server.Close)
		return execute.NewHTTP(client, server.URL)
	})
}

func (r *Router) mock(fixtures []byte, subgraph Subgraph, connect func(*supergraph.Subgraph, http.Handler) (*execute.HTTP, error)) error {
	data, err := mock.ParseFixtures(fixtures)
	if err != nil {
		return err
	}
	transport := execute.ByName{}
	for _, g := range r.Supergraph.Subgraphs {
		sdl, wrap := subgraph(g.Name)
		schema, err := mock.ParseSubgraph(sdl)
		if err != nil {
			return fmt.Errorf("subgraph %q: %w", g.Name, err)
		}
		handler := mock.Handler(schema, data.Subgraph(g.Name))
		if wrap != nil {
			handler = wrap(handler)
		}
		to, err := connect(g, handler)
		if err != nil {
			return err
		}
		to.MaxAnswer = cmp.Or(r.MaxAnswer, 1<<20)
		transport[g.Name] = to
	}
	r.Transport = transport
	return nil
}

// Answers is a transport that gives each subgraph's answers, in their order, and
// then the last one again.
type Answers struct {
	mu      sync.Mutex
	answers map[string][]json.RawMessage
}

// NewAnswers makes Answers of a JSON object: lists of answers by subgraph.
func NewAnswers(text string) (*Answers, error) {
	a := &Answers{}
	if err := json.Unmarshal([]byte(text), &a.answers); err != nil {
		return nil, fmt.Errorf("answers are a JSON object of lists: %w", err)
	}
	return a, nil
}

// Send implements execute.Transport.
func (a *Answers) Send(_ context.Context, call *execute.Call) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.answers[call.Subgraph]
	if len(list) == 0 {
		return &execute.Failure{Code: execute.CodeHTTP, Message: "subgraph \"" + call.Subgraph + "\" has no answers"}
	}
	call.Status, call.Answer = http.StatusOK, list[0]
	if len(list) > 1 {
		a.answers[call.Subgraph] = list[1:]
	}
	return nil
}

// Readable prints a response for people: the data as it is, and two lines per
// error. The error says why it is no response.
func Readable(body []byte) (string, error) {
	var fields struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Path       []any
			Locations  []struct{ Line, Column int }
			Extensions map[string]any
		}
		Extensions json.RawMessage
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&fields); err != nil || fields.Data == nil || decoder.More() {
		return string(body), fmt.Errorf("no response (%v): %s", err, body)
	}
	out := string(fields.Data) + "\n"
	for _, e := range fields.Errors {
		path, _ := json.Marshal(e.Path)
		extensions, _ := json.Marshal(e.Extensions)
		out += fmt.Sprintf("%s %s\n    at %v %s\n", path, e.Message, e.Locations, extensions)
	}
	if fields.Extensions != nil {
		out += "extensions " + string(fields.Extensions) + "\n"
	}
	return out, nil
}

// HTTP returns the transport that sends the subgraphs' requests to their URLs.
func HTTP(s *supergraph.Supergraph, client http.RoundTripper) (execute.Transport, error) {
	transport := execute.ByName{}
	for _, g := range s.Subgraphs {
		t, err := execute.NewHTTP(client, g.URL)
		if err != nil {
			return nil, err
		}
		transport[g.Name] = t
	}
	return transport, nil
}

// Build is a routertest.Build.
func Build(sdl string, client http.RoundTripper) (routertest.Router, error) {
	r, err := New(sdl)
	if err != nil {
		return nil, err
	}
	if r.Transport, err = HTTP(r.Supergraph, client); err != nil {
		return nil, err
	}
	return func(ctx context.Context, query string, variables map[string]any) []byte {
		text, err := json.Marshal(variables)
		if err != nil {
			return refusal(err)
		}
		o, err := r.Prepare(query, text)
		if err != nil {
			return refusal(err)
		}
		return o.Run(ctx)
	}, nil
}

func refusal(err error) []byte {
	body, _ := json.Marshal(map[string]any{"errors": []any{map[string]any{"message": err.Error()}}})
	return body
}

// Operation is an operation that was made ready to run.
type Operation struct {
	Plan       *plan.Plan
	Program    *execute.Program
	Projection *response.Projection
	Request    execute.Request
	Options    response.Options
}

// Prepare makes the only operation of a document ready, with its variables as
// JSON. Errors of subgraphs will be shown in full.
func (r *Router) Prepare(query string, variables []byte) (*Operation, error) {
	doc, errs := r.parser.Parse(query)
	if errs != nil {
		return nil, errs
	}
	def, errs := doc.Operation("")
	if errs != nil {
		return nil, errs
	}
	values, errs := def.Coerce(variables)
	if errs != nil {
		return nil, errs
	}
	op, errs := values.Key().Normalize()
	if errs != nil {
		return nil, errs
	}
	p, err := plan.Build(r.graph, op, plan.Options{})
	if err != nil {
		return nil, err
	}
	o := &Operation{Plan: p, Program: execute.Compile(p, r.types)}
	o.Projection = response.Compile(r.Supergraph, op, o.Program)
	o.Request = execute.Request{Transport: r.Transport, Variables: values}
	o.Options.Errors = response.PassAll
	return o, nil
}

// Run runs the operation and returns the response.
func (o *Operation) Run(ctx context.Context) []byte {
	result := o.Program.Run(ctx, &o.Request)
	defer result.Release()
	body, _ := o.Projection.Write(nil, result, &o.Options)
	return body
}
