package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/mock/plausible"
	"github.com/shopgraph/shopgraph/internal/serve"
)

const mockHelp = `
shopgraph mock serves the schema of a subgraph whose code does not exist yet, with
data that looks right for its types and names: so that clients and the router can
be built against it. The data is made up the same each time; an object is the same
by whichever field or key it is reached, and in every mocked subgraph. Mutations
answer what they were told, and change nothing.

Usage: shopgraph mock --schema FILE [flags]
       shopgraph mock --config supergraph.yaml [--subgraph NAME]... [flags]

With --config the subgraphs that supergraph.yaml lists are served at their routing
URLs, all of them or those named by --subgraph. Federation 1 and 2 are understood,
and plain GraphQL; _service and _entities are added. Browsers of any origin may ask.

Data of your own comes by --data, as JSON. What it leaves out is null:

  {"query": {"me": {"$ref": "ada"}},
   "entities": {"User": [{"match": {"id": "1"}, "value": {"$ref": "ada"}}]},
   "objects": {"ada": {"__typename": "User", "id": "1", "name": "Ada"}}}

A value may also be {"$error": "message"}, or depend on the arguments, as in
{"$args": [{"args": {"id": "1"}, "value": 3}]}. For several subgraphs the file is
{"NAME": {...}, ...}.

Exit status: 0 done; 1 the query of --query had errors; 2 wrong usage, or a file
or an address that cannot be used.

Examples:

  shopgraph mock --schema reviews.graphql --listen localhost:4004
  shopgraph mock --config supergraph.yaml --subgraph reviews
  shopgraph mock --schema reviews.graphql --query '{ topReviews { body } }'`

// mocking is the command line, understood.
type mocking struct {
	schema, config, data, listen string
	query, variables             string
	only                         []string
	latency                      time.Duration
	made                         plausible.Options
}

// mocked is one subgraph to serve.
type mocked struct {
	name, url string
	schema    *mock.Schema
	data      mock.Data
}

func mockCommand(ctx context.Context, args []string, io stdio) int {
	m, status, ok := parseMocking(args, io)
	if !ok {
		return status
	}
	subgraphs, err := m.subgraphs(ctx)
	if err == nil && m.query != "" {
		return m.answer(ctx, subgraphs, io)
	}
	if err == nil {
		err = m.serve(ctx, subgraphs, io)
	}
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph mock: %v\n", err)
		return exitUsage
	}
	return exitOK
}

func parseMocking(args []string, io stdio) (m mocking, status int, ok bool) {
	flags := flag.NewFlagSet("mock", flag.ContinueOnError)
	flags.StringVar(&m.schema, "schema", "", "the `file` with the subgraph's SDL")
	flags.StringVar(&m.config, "config", "", "the supergraph.yaml whose subgraphs are served; a `file`")
	flags.Func("subgraph", "with --config, the `name` of a subgraph to serve; may be repeated", func(name string) error {
		m.only = append(m.only, name)
		return nil
	})
	flags.StringVar(&m.data, "data", "", "the `file` with data to serve, instead of made-up data")
	flags.StringVar(&m.listen, "listen", "", "the `address` of a single subgraph; by default localhost:4001, or its routing URL's")
	flags.StringVar(&m.query, "query", "", "answer this `operation` and end, instead of serving")
	flags.StringVar(&m.variables, "variables", "", "the variables of --query, a `JSON` object")
	flags.DurationVar(&m.latency, "latency", 0, "how `long` to wait before each answer")
	flags.Uint64Var(&m.made.Seed, "seed", 0, "a `number`; another one makes up other data")
	flags.IntVar(&m.made.Nulls, "nulls", 0, "how many of a hundred nullable values are null; a `number`")
	if status, ok := parseFlags(flags, mockHelp, args, io); !ok {
		return m, status, false
	}
	if err := m.check(flags.Args()); err != nil {
		fmt.Fprintf(io.err, "shopgraph mock: %v\n", err)
		return m, exitUsage, false
	}
	return m, exitOK, true
}

func (m *mocking) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("there is no argument %q: everything is given by flags", rest[0])
	case (m.schema == "") == (m.config == ""):
		return errors.New("say what to serve: either --schema FILE or --config supergraph.yaml")
	case len(m.only) > 0 && m.config == "":
		return errors.New("--subgraph chooses from the subgraphs of --config")
	case m.made.Nulls < 0 || m.made.Nulls > 100:
		return fmt.Errorf("--nulls is from 0 to 100, not %d", m.made.Nulls)
	case m.latency < 0:
		return fmt.Errorf("--latency cannot be %v", m.latency)
	case m.variables != "" && m.query == "":
		return errors.New("--variables belong to --query")
	}
	return nil
}

// subgraphs reads what is to be served.
func (m *mocking) subgraphs(ctx context.Context) ([]mocked, error) {
	listed, err := m.listed()
	if err != nil {
		return nil, err
	}
	if len(listed) > 1 && (m.listen != "" || m.query != "") {
		return nil, fmt.Errorf("--listen and --query are for one subgraph, and %s lists %d: choose one with --subgraph", m.config, len(listed))
	}
	fixtures, err := m.fixtures()
	if err != nil {
		return nil, err
	}
	var subgraphs []mocked
	for _, s := range listed {
		source, err := s.source(ctx, workingTree{})
		if err != nil {
			return nil, fmt.Errorf("subgraph %q: %w", s.name, err)
		}
		schema, err := mock.ParseSubgraph(oneText(source))
		if err != nil {
			return nil, fmt.Errorf("subgraph %q: %w", s.name, err)
		}
		data := plausible.New(schema, m.made)
		if m.data != "" {
			if data, err = fixtures(s.name); err != nil {
				return nil, fmt.Errorf("%s: %w", m.data, err)
			}
		}
		subgraphs = append(subgraphs, mocked{s.name, s.RoutingURL, schema, data})
	}
	return subgraphs, nil
}

// listed gives the subgraphs of --config, or the one of --schema.
func (m *mocking) listed() ([]listedSubgraph, error) {
	if m.schema != "" {
		address := m.listen
		if address == "" {
			address = "localhost:4001"
		}
		return []listedSubgraph{{name: m.schema, RoutingURL: "http://" + address + "/graphql", Schema: listedSchema{File: fileList{m.schema}}}}, nil
	}
	all, err := readSupergraphYAML(m.config, workingTree{})
	if err != nil || len(m.only) == 0 {
		return all, err
	}
	var chosen []listedSubgraph
	for _, name := range m.only {
		i := slices.IndexFunc(all, func(s listedSubgraph) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s lists no subgraph %q; choose from %s", m.config, name, names(all))
		}
		s := all[i]
		if m.listen != "" {
			s.RoutingURL = "http://" + m.listen + "/graphql"
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}

func names(list []listedSubgraph) string {
	var all []string
	for _, s := range list {
		all = append(all, s.name)
	}
	return strings.Join(all, ", ")
}

// fixtures reads --data and gives each subgraph its part.
func (m *mocking) fixtures() (func(subgraph string) (mock.Data, error), error) {
	if m.data == "" {
		return nil, nil
	}
	text, err := os.ReadFile(m.data)
	if err != nil {
		return nil, explainFile(err)
	}
	if m.schema != "" {
		data, err := mock.ParseFixture(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.data, err)
		}
		return func(string) (mock.Data, error) { return data, nil }, nil
	}
	all, err := mock.ParseFixtures(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.data, err)
	}
	return func(subgraph string) (mock.Data, error) {
		if data := all.Subgraph(subgraph); data != nil {
			return data, nil
		}
		return nil, fmt.Errorf("it has no data for subgraph %q", subgraph)
	}, nil
}

func explainFile(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", path.Path)
	}
	return err
}

// answer runs --query.
func (m *mocking) answer(ctx context.Context, subgraphs []mocked, io stdio) int {
	request := mock.Request{Query: m.query}
	if m.variables != "" {
		decoder := json.NewDecoder(strings.NewReader(m.variables))
		decoder.UseNumber()
		if err := decoder.Decode(&request.Variables); err != nil {
			fmt.Fprintf(io.err, "shopgraph mock: --variables are not a JSON object: %v\n", err)
			return exitUsage
		}
	}
	response := mock.Execute(ctx, subgraphs[0].schema, subgraphs[0].data, request)
	text, err := json.MarshalIndent(json.RawMessage(response.JSON()), "", "  ")
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph mock: %v\n", err)
		return exitProblems
	}
	fmt.Fprintf(io.out, "%s\n", text)
	if len(response.Errors) > 0 {
		return exitProblems
	}
	return exitOK
}

// serve serves the subgraphs until the context ends.
func (m *mocking) serve(ctx context.Context, subgraphs []mocked, io stdio) error {
	sites, err := m.sites(subgraphs)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range sites {
		server, err := serve.Listen(serve.Options{Name: "mock", Address: s.address, Handler: s.paths, Log: newLog(io), Quiet: true})
		if err != nil {
			return err // the process ends, and with it the servers before
		}
		for _, path := range slices.Sorted(maps.Keys(s.paths)) {
			fmt.Fprintf(io.out, "%s: made-up GraphQL at http://%s%s\n", s.names[path], server.Address(), path)
		}
		group.Go(func() error { return server.Serve(ctx) })
	}
	return group.Wait()
}

// site is an address, and the subgraphs that are served there.
type site struct {
	address string
	paths   paths
	names   map[string]string // by path
}

// paths serves handlers by the exact path.
type paths map[string]http.Handler

func (p paths) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler := p[r.URL.Path]; handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

func (m *mocking) sites(subgraphs []mocked) ([]*site, error) {
	var sites []*site
	for _, s := range subgraphs {
		address, path, err := endpoint(s)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(sites, func(known *site) bool { return known.address == address })
		if i < 0 {
			i = len(sites)
			sites = append(sites, &site{address: address, paths: paths{}, names: map[string]string{}})
		}
		if other := sites[i].names[path]; other != "" {
			return nil, fmt.Errorf("subgraphs %q and %q have the same routing_url: %s", other, s.name, s.url)
		}
		sites[i].paths[path], sites[i].names[path] = m.handler(s), s.name
	}
	return sites, nil
}

// endpoint splits a routing URL: a name that is not of this machine stands for
// all its addresses.
func endpoint(s mocked) (address, path string, err error) {
	u, err := url.Parse(s.url)
	if err != nil || u.Scheme != "http" || u.Port() == "" {
		return "", "", fmt.Errorf("subgraph %q cannot be served at %q: its routing_url must be like http://localhost:4001/graphql", s.name, s.url)
	}
	host := u.Hostname()
	if host != "localhost" && host != "127.0.0.1" && host != "::1" {
		host = ""
	}
	if path = u.Path; path == "" {
		path = "/"
	}
	if host == "::1" {
		host = "[::1]"
	}
	return host + ":" + u.Port(), path, nil
}

// handler serves a subgraph to anyone: also to pages of another origin, for
// which a mock has nothing to hide.
func (m *mocking) handler(s mocked) http.Handler {
	graphql := mock.Handler(s.schema, s.data)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		select {
		case <-time.After(m.latency):
			graphql.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}
