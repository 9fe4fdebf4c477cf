package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// The federation of this repository: its subgraphs' SDLs, and the query.
var (
	//go:embed testdata/federation/*.graphql
	federationFiles embed.FS
	//go:embed testdata/query.graphql
	pageQuery string
)

var subgraphNames = []string{"users", "products", "inventory", "reviews"}

// federation is the one of this repository, over its made data.
type federation struct {
	sdls    map[string]string // by subgraph
	schemas map[string]*mock.Schema
	graph   *mock.Graph
}

func newFederation() (*federation, error) {
	f := &federation{sdls: map[string]string{}, schemas: map[string]*mock.Schema{}}
	for _, name := range subgraphNames {
		text, err := federationFiles.ReadFile("testdata/federation/" + name + ".graphql")
		if err != nil {
			return nil, err
		}
		f.sdls[name] = string(text)
		if f.schemas[name], err = mock.ParseSubgraph(f.sdls[name]); err != nil {
			return nil, fmt.Errorf("subgraph %q: %w", name, err)
		}
	}
	var err error
	f.graph, err = mock.ParseGraph(makeData(), f.schemas)
	return f, err
}

// supergraph composes the subgraphs, which are under a URL by their names.
func (f *federation) supergraph(base string) (string, error) {
	var sources []subgraph.Source
	for _, name := range subgraphNames {
		sources = append(sources, subgraph.FromSDL(name, base+"/"+name, f.sdls[name]))
	}
	result, err := compose.Supergraph(sources)
	if err != nil {
		return "", err
	}
	return result.SDL, nil
}

// expected is the query's answer by a server that has all the data itself.
func (f *federation) expected(ctx context.Context, sdl string) ([]byte, error) {
	parsed, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, err
	}
	var api strings.Builder
	formatter.NewFormatter(&api).FormatSchema(parsed.API)
	schema, err := mock.ParseSchema(api.String())
	if err != nil {
		return nil, err
	}
	answer := mock.Execute(ctx, schema, f.graph.Run().Monolith(schema), mock.Request{Query: pageQuery})
	if len(answer.Errors) > 0 {
		return nil, errors.New(answer.Errors[0].Message)
	}
	return answer.JSON(), nil
}

// ownSubject is that federation, its stand-ins running in this process.
func ownSubject(ctx context.Context, s settings) (*subject, error) {
	f, err := newFederation()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	stands := newStandIns(f.graph, f.schemas)
	server := &http.Server{Handler: stands, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) // it ends by Close
	base := "http://" + listener.Addr().String()
	own := &subject{
		name: "router-own", count: stands.count, stop: func() { server.Close() },
		title: "The repository's own federation and query: four subgraphs, seven requests in four waves in the best plan",
	}
	if err := f.fill(ctx, own, base); err != nil {
		own.close()
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		own.close()
		return nil, err
	}
	own.reference = func(address string) measure.Command {
		return measure.Command{Args: []string{program, "reference", "-listen", address, "-subgraphs", base}}
	}
	own.rivals = func(ctx context.Context) ([]rival, error) { return npmRivals(ctx, s.npm, own.folder, base, f.sdls) }
	return own, nil
}

// fill makes the files and what is asked and expected.
func (f *federation) fill(ctx context.Context, own *subject, base string) (err error) {
	if own.folder, err = os.MkdirTemp("", "shopgraph-bench-"); err != nil {
		return err
	}
	sdl, err := f.supergraph(base)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(own.folder, "supergraph.graphql"), []byte(sdl), 0o600); err != nil {
		return err
	}
	if own.body, err = json.Marshal(map[string]string{"query": pageQuery}); err != nil {
		return err
	}
	answer, err := f.expected(ctx, sdl)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, &own.expected)
}
