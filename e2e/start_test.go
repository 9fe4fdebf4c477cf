package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// What cannot be started says in one line why, and what to do, and ends with
// status 2.
func TestStartsThatFail(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	address := taken.Addr().String()
	database := "DATABASE_URL=" + postgrestest.Empty(t)
	unreachable := "DATABASE_URL=postgres://shop:very-secret@" + freeAddress(t) + "/shop?connect_timeout=1"
	file := filepath.Join(t.TempDir(), "supergraph.graphql")
	if err := os.WriteFile(file, []byte("type Query { a: Int }"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env  []string
		args string
		want string
	}{
		"a missing supergraph":          {nil, "router --supergraph nowhere.graphql", "there is no supergraph at nowhere.graphql: name the file with --supergraph, or make it with"},
		"no supergraph":                 {nil, "router --supergraph " + file, "it is not a supergraph"},
		"a taken port":                  {nil, "router --listen " + address, "another process has that port; stop it or choose another address"},
		"a taken port of all":           {[]string{database}, "all --listen " + address, "another process has that port; stop it or choose another address"},
		"a taken port of a subgraph":    {[]string{database}, "users --listen " + address, "another process has that port; stop it or choose another address"},
		"an unreachable database":       {[]string{unreachable}, "all", "database"},
		"an unreachable database alone": {[]string{unreachable}, "users", "database"},
		"no role":                       {nil, "tea", `there is no role "tea"`},
		"a key that is none":            {[]string{database, "USERS_SIGNING_KEY=very-secret"}, "users", "USERS_SIGNING_KEY"},
		"production without keys":       {[]string{database, "SHOPGRAPH_ENV=production"}, "users", "USERS_SIGNING_KEY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, stderr, status := runToEnd(t, environment(append(c.env, "SHOPGRAPH_LOG_LEVEL=error", "SHOPGRAPH_DATABASE_WAIT=1s")...), append([]string{"serve"}, strings.Fields(c.args)...)...)
			if status != 2 || !strings.Contains(stderr, c.want) || strings.Count(strings.TrimSpace(stderr), "\n") > 0 || strings.Contains(stderr, "very-secret") {
				t.Errorf("status %d: %s", status, stderr)
			}
		})
	}
}

// Without any setting the program brings its own database, fills it, and takes
// everything down again when it is interrupted.
func TestServeNeedsNothing(t *testing.T) {
	data := t.TempDir()
	p := start(t, environment(), "--listen", "127.0.0.1:0", "--data", data)
	s := &shop{endpoint: p.endpoint}
	order := customersOrder(t)
	if a := s.ask(t, s.account(t, "CUSTOMER"), mainQuery, map[string]any{"id": orderID(order)}); get(a.Data, "order", "id") != orderID(order) {
		t.Errorf("the order: %s", a.body)
	}
	for _, said := range []string{"Playground   http://127.0.0.1:", "customer@shopgraph.example", "demo-customer", orderID(order), "Ctrl-C"} {
		if !strings.Contains(p.output.String(), said) {
			t.Errorf("it did not say %q:\n%s", said, p.output)
		}
	}
	p.stop(t)
	again := start(t, environment(), "--listen", "127.0.0.1:0", "--data", data)
	if !strings.Contains(again.output.String(), "there are data already") {
		t.Errorf("the second start:\n%s", again.output)
	}
}
