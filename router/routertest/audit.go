package routertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/casestest"
	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/subgraphtest"
)

// Suite is one suite of the audit: a supergraph, what its subgraphs answer, and
// operations with their expected answers.
type Suite struct {
	Name       string
	Supergraph string
	Subgraphs  []Subgraph
	Cases      []AuditCase
	fixtures   *mock.Fixtures
}

// Subgraph is one subgraph of a supergraph.
type Subgraph struct {
	Name, URL, SDL string
	schema         *mock.Schema
}

// AuditCase is one operation of a suite.
type AuditCase struct {
	Name      string
	Query     string
	Variables map[string]any
	// Data is what must be answered, nil for null or none at all.
	Data any
	// HasErrors says that there must be errors; otherwise they do not matter.
	HasErrors bool
	// Requests is how many requests to subgraphs a good plan needs.
	Requests int
}

// Suites loads the public suites of the audit. A test is passed over where the
// data is absent.
func Suites(t testing.TB) []*Suite {
	t.Helper()
	dir := casestest.Dir(t, "federation/audit")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var suites []*Suite
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		suite, err := loadSuite(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatalf("suite %s: %v", entry.Name(), err)
		}
		suites = append(suites, suite)
	}
	if len(suites) == 0 {
		t.Fatalf("no suites in %s", dir)
	}
	return suites
}

func loadSuite(dir string) (*Suite, error) {
	s := &Suite{Name: filepath.Base(dir)}
	supergraph, err := os.ReadFile(filepath.Join(dir, "supergraph.graphql"))
	if err != nil {
		return nil, err
	}
	s.Supergraph = string(supergraph)
	if err := s.loadSubgraphs(dir); err != nil {
		return nil, err
	}
	fixtures, err := os.ReadFile(filepath.Join(dir, "fixtures.json"))
	if err != nil {
		return nil, err
	}
	if s.fixtures, err = mock.ParseFixtures(fixtures); err != nil {
		return nil, err
	}
	for _, g := range s.Subgraphs {
		if s.fixtures.Subgraph(g.Name) == nil {
			return nil, fmt.Errorf("fixtures.json has no subgraph %q", g.Name)
		}
	}
	return s, s.loadCases(dir)
}

func (s *Suite) loadSubgraphs(dir string) error {
	if err := readJSON(filepath.Join(dir, "subgraphs.json"), &s.Subgraphs); err != nil {
		return err
	}
	for i := range s.Subgraphs {
		g := &s.Subgraphs[i]
		sdl, err := os.ReadFile(filepath.Join(dir, "subgraphs", g.Name+".graphql"))
		if err != nil {
			return err
		}
		g.SDL = string(sdl)
		if g.schema, err = mock.ParseSubgraph(g.SDL); err != nil {
			return fmt.Errorf("subgraph %q: %w", g.Name, err)
		}
	}
	return nil
}

func (s *Suite) loadCases(dir string) error {
	var tests []struct {
		Name      string
		Query     string
		Variables map[string]any
		Expected  struct {
			Data   any
			Errors *bool
		}
	}
	var requests []int
	if err := readJSON(filepath.Join(dir, "tests.json"), &tests); err != nil {
		return err
	}
	if err := readJSON(filepath.Join(dir, "fetches.json"), &requests); err != nil {
		return err
	}
	if len(requests) != len(tests) {
		return fmt.Errorf("fetches.json has %d entries for %d tests", len(requests), len(tests))
	}
	for i, c := range tests {
		s.Cases = append(s.Cases, AuditCase{
			Name: c.Name, Query: c.Query, Variables: c.Variables, Data: c.Expected.Data,
			HasErrors: c.Expected.Errors != nil && *c.Expected.Errors, Requests: requests[i],
		})
	}
	return nil
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Network serves the suite's subgraphs in memory, at their URLs.
func (s *Suite) Network() (*subgraphtest.Network, error) {
	n := &subgraphtest.Network{}
	for _, g := range s.Subgraphs {
		if err := n.Handle(g.Name, g.URL, s.handler(g)); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// Serve serves the suite's subgraphs over HTTP until the test ends, and returns
// the supergraph with their URLs.
func (s *Suite) Serve(t testing.TB) (supergraph string) {
	t.Helper()
	supergraph = s.Supergraph
	for _, g := range s.Subgraphs {
		server := httptest.NewServer(s.handler(g))
		t.Cleanup(server.Close)
		supergraph = strings.ReplaceAll(supergraph, `"`+g.URL+`"`, `"`+server.URL+`"`)
	}
	return supergraph
}

func (s *Suite) handler(g Subgraph) http.Handler {
	return mock.Handler(g.schema, s.fixtures.Subgraph(g.Name))
}

// Reset puts the subgraphs' state back to the beginning, as each case needs it.
func (s *Suite) Reset() { s.fixtures.Reset() }

// Check compares a response with what a case expects: "" when it is right.
func (c AuditCase) Check(response []byte) string {
	got, err := decode(response)
	switch {
	case err != nil:
		return err.Error()
	case c.HasErrors && len(got.errors) == 0:
		return fmt.Sprintf("there must be errors: %s", response)
	}
	if d := diff(c.Data, got.data); d != "" {
		return fmt.Sprintf("data differs (-expected +got):\n%s\nerrors: %v", d, got.errors)
	}
	return ""
}

// Audit runs every case of every public suite against a router, as subtests,
// and fails also where a case needs more requests than a good plan.
func Audit(t *testing.T, build Build) {
	t.Helper()
	for _, suite := range Suites(t) {
		t.Run(suite.Name, func(t *testing.T) { suite.run(t, build) })
	}
}

func (s *Suite) run(t *testing.T, build Build) {
	network, err := s.Network()
	if err != nil {
		t.Fatal(err)
	}
	router, err := build(s.Supergraph, network)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Cases {
		t.Run(c.Name, func(t *testing.T) {
			s.Reset()
			network.Reset()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if problem := c.Check(router(ctx, c.Query, c.Variables)); problem != "" {
				t.Errorf("%s\n%s\n%s", strings.TrimSpace(c.Query), problem, Requests(network))
			}
			if sent := len(network.Sent()); sent > c.Requests {
				t.Errorf("%d requests, a good plan needs %d:\n%s", sent, c.Requests, Requests(network))
			}
		})
	}
}

// Requests shows what a network has carried, for a failure's message.
func Requests(n *subgraphtest.Network) string {
	var b strings.Builder
	for _, sent := range n.Sent() {
		query, _, variables, err := sent.Operation()
		if err != nil {
			fmt.Fprintf(&b, "→ %s: %s\n", sent.Subgraph, sent.Body)
			continue
		}
		fmt.Fprintf(&b, "→ %s: %s", sent.Subgraph, query)
		if len(variables) > 0 {
			text, _ := json.Marshal(variables)
			fmt.Fprintf(&b, " %s", text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
