package routertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Compose makes a supergraph SDL of subgraphs, or says why it cannot.
type Compose func(subgraphs []Subgraph) (supergraph string, err error)

// Federation is a supergraph with subgraphs that serve one graph of data
// (mock.Graph), and the router under test before them.
type Federation struct {
	Supergraph string
	graph      *mock.Graph
	api        *mock.Schema
	apiAST     *ast.Schema
	network    *subgraphtest.Network
	router     Router
	run        atomic.Pointer[mock.Run]
	// protected is what the client must not see; nil for nothing.
	protected protected
}

// ErrNotComposable is the error of NewFederation for subgraphs that composition
// refuses.
var ErrNotComposable = errors.New("the subgraphs do not compose")

// NewFederation composes subgraphs over data and builds a router. Subgraphs
// without a URL get one.
func NewFederation(subgraphs []Subgraph, data []byte, compose Compose, build Build) (*Federation, error) {
	f := &Federation{network: &subgraphtest.Network{}}
	schemas := map[string]*mock.Schema{}
	for i := range subgraphs {
		g := &subgraphs[i]
		if g.URL == "" {
			g.URL = "http://" + g.Name + ".test/graphql"
		}
		schema, err := mock.ParseSubgraph(g.SDL)
		if err != nil {
			return nil, fmt.Errorf("subgraph %q: %w", g.Name, err)
		}
		schemas[g.Name] = schema
		if err := f.network.Handle(g.Name, g.URL, mock.Handler(schema, &current{f, g.Name})); err != nil {
			return nil, err
		}
	}
	var err error
	if f.Supergraph, err = compose(subgraphs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotComposable, err)
	}
	if f.graph, err = mock.ParseGraph(data, schemas); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if err := f.readAPI(); err != nil {
		return nil, err
	}
	f.run.Store(f.graph.Run())
	if f.router, err = build(f.Supergraph, f.network); err != nil {
		return nil, fmt.Errorf("the router refuses the supergraph: %w", err)
	}
	return f, nil
}

// readAPI makes the monolith's schema: the API schema of the supergraph.
func (f *Federation) readAPI() error {
	parsed, err := supergraph.Parse(f.Supergraph)
	if err != nil {
		return fmt.Errorf("the supergraph cannot be read: %w", err)
	}
	f.apiAST = parsed.API
	var sdl strings.Builder
	formatter.NewFormatter(&sdl).FormatSchema(parsed.API)
	if f.api, err = mock.ParseSchema(sdl.String()); err != nil {
		return fmt.Errorf("the API schema: %w", err)
	}
	return nil
}

// current is a subgraph's data in the run of the moment.
type current struct {
	federation *Federation
	subgraph   string
}

func (c *current) Root(operation string) mock.Object {
	return c.federation.run.Load().Subgraph(c.subgraph).Root(operation)
}

func (c *current) Entity(typename string, representation map[string]any) any {
	return c.federation.run.Load().Subgraph(c.subgraph).Entity(typename, representation)
}

// API is the schema that clients see.
func (f *Federation) API() *ast.Schema { return f.apiAST }

// Expected is the monolith's response. Without data, the request is not valid.
func (f *Federation) Expected(ctx context.Context, query string, variables map[string]any) mock.Response {
	data := f.graph.Run().Monolith(f.api)
	if f.protected != nil {
		data = &guardedData{f.apiAST, f.protected, data}
	}
	return mock.Execute(ctx, f.api, data, mock.Request{Query: query, Variables: variables})
}

// Ask runs an operation through the router and returns the response. It must not
// run twice at once.
func (f *Federation) Ask(ctx context.Context, query string, variables map[string]any) []byte {
	f.network.Reset()
	f.run.Store(f.graph.Run())
	return f.router(ctx, query, variables)
}

// Compare runs an operation through the router and the monolith, and says in
// what the answers differ; "" when they agree. They must have errors
// that explain the same nulls, and the same data in the same order. It must not run twice at once.
func (f *Federation) Compare(ctx context.Context, query string, variables map[string]any) string {
	variables, err := asJSON(variables)
	if err != nil {
		return err.Error()
	}
	want := f.Expected(ctx, query, variables)
	response := f.Ask(ctx, query, variables)
	got, err := decode(response)
	switch {
	case err != nil:
		return err.Error()
	case want.Data == nil && len(got.errors) == 0:
		return fmt.Sprintf("the request must be refused: %v\nbut the router answers %s", want.Errors, response)
	case want.Data == nil:
		return ""
	case len(want.Errors) == 0 && len(got.errors) > 0:
		return fmt.Sprintf("there must be no errors: %+v\nexpected data: %s", got.errors, want.Data)
	case len(want.Errors) > 0 && len(got.errors) == 0:
		return fmt.Sprintf("errors are missing: %v\nthe router answers %s", want.Errors, response)
	}
	var data any
	if err := unmarshal(want.Data, &data); err != nil {
		return err.Error()
	}
	if d := diff(data, got.data); d != "" {
		return fmt.Sprintf("data differs (-expected +got):\n%s\nexpected: %s\ngot: %s\nerrors expected: %v, got: %v", d, want.Data, response, want.Errors, got.errors)
	}
	if places := otherPlaces(data, want.Errors, got.errors); places != "" {
		return fmt.Sprintf("errors are at other places: %s\nexpected %v\ngot %v", places, want.Errors, got.errors)
	}
	if !bytes.Contains(compact(response), compact(want.Data)) {
		return fmt.Sprintf("the order of fields differs:\nexpected: %s\ngot: %s", want.Data, response)
	}
	return ""
}

// otherPlaces says where only one side has errors. A place is the null in the
// data that an error explains: of several errors below one null, a server need
// not report all.
func otherPlaces(data any, want []mock.Error, got []responseError) string {
	expected, seen := map[string]bool{}, map[string]bool{}
	for _, e := range want {
		expected[nullOf(data, e.Path)] = true
	}
	for _, e := range got {
		seen[nullOf(data, e.Path)] = true
	}
	var differ []string
	for place := range expected {
		if !seen[place] {
			differ = append(differ, "none at "+place)
		}
	}
	for place := range seen {
		if !expected[place] {
			differ = append(differ, "one at "+place)
		}
	}
	slices.Sort(differ)
	return strings.Join(differ, ", ")
}

// nullOf gives the beginning of a path at which the data is null; the whole
// path, if it is nowhere, or the data has no such place.
func nullOf(data any, path []any) string {
	for i, element := range path {
		switch value := data.(type) {
		case map[string]any:
			data = value[fmt.Sprint(element)]
		case []any:
			index, err := strconv.Atoi(fmt.Sprint(element))
			if err != nil || index < 0 || index >= len(value) {
				return fmt.Sprint(path)
			}
			data = value[index]
		case nil:
			return fmt.Sprint(path[:i])
		}
	}
	return fmt.Sprint(path)
}

// Requests shows what the last operation asked of the subgraphs.
func (f *Federation) Requests() string { return Requests(f.network) }

// asJSON gives variables as a server gets them: numbers as json.Number.
func asJSON(variables map[string]any) (map[string]any, error) {
	text, err := json.Marshal(variables)
	if err != nil {
		return nil, err
	}
	var decoded map[string]any
	return decoded, unmarshal(text, &decoded)
}

// compact writes JSON in one way: no spaces, strings and numbers as Go does.
func compact(text []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var out bytes.Buffer
	for {
		token, err := decoder.Token()
		if err != nil {
			return out.Bytes()
		}
		if n, ok := token.(json.Number); ok {
			token, _ = n.Float64()
		}
		encoded, err := json.Marshal(token)
		if _, isDelimiter := token.(json.Delim); isDelimiter || err != nil {
			encoded = fmt.Append(nil, token)
		}
		out.Write(encoded)
		out.WriteByte(' ')
	}
}
