package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// kitSubgraphs is where the kit's stand-ins listen: its supergraph says so.
const kitSubgraphs = "127.0.0.1:4200"

// kitSubject is the field's benchmark query. Its stand-in subgraphs, reference
// and rivals' configurations are a kit outside of this repository, since parts of
// it are others'; a copy is used, so that things may be built in it.
func kitSubject(ctx context.Context, kit string) (*subject, error) {
	if _, err := os.Stat(filepath.Join(kit, "expected.json")); err != nil {
		return nil, fmt.Errorf("there is no measuring kit in %s; without -kit the repository's own federation is measured", kit)
	}
	folder, err := os.MkdirTemp("", "shopgraph-bench-")
	if err != nil {
		return nil, err
	}
	s := &subject{
		name: "router", folder: folder, count: countKit,
		title: "The field's benchmark query: four subgraphs, seven requests in the best plan",
	}
	s.reference = func(address string) measure.Command {
		return measure.Command{Args: []string{"./oracle", "-mode", "tree", "-addr", address, "-upstream", kitSubgraphs}}
	}
	s.rivals = func(ctx context.Context) ([]rival, error) { return kitRivals(ctx, folder) }
	if err := s.openKit(ctx, kit); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *subject) openKit(ctx context.Context, kit string) (err error) {
	if err := os.CopyFS(s.folder, os.DirFS(kit)); err != nil {
		return err
	}
	if s.body, err = os.ReadFile(filepath.Join(s.folder, "body.json")); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(s.folder, "expected.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &s.expected); err != nil {
		return fmt.Errorf("expected.json: %w", err)
	}
	for _, name := range []string{"subgraphs", "oracle"} {
		if err := command(ctx, filepath.Join(s.folder, "go"), "go", "build", "-o", filepath.Join(s.folder, name), "./"+name); err != nil {
			return err
		}
	}
	return s.startKit()
}

func (s *subject) startKit() error {
	if conn, err := net.DialTimeout("tcp", kitSubgraphs, time.Second); err == nil {
		conn.Close()
		return fmt.Errorf("something listens on %s already, where the stand-in subgraphs have to be", kitSubgraphs)
	}
	p, err := measure.Start(measure.Command{Name: "subgraphs", Args: []string{"./subgraphs", "-addr", kitSubgraphs}, Dir: s.folder})
	if err != nil {
		return err
	}
	s.stop = p.Stop
	return p.Ready(time.Minute, func() error {
		_, err := countKit()
		return err
	})
}

func countKit() (int, error) {
	response, err := http.Get("http://" + kitSubgraphs + "/stats?reset=1")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var all map[string]struct{ Requests int }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		return 0, err
	}
	sum := 0
	for _, of := range all {
		sum += of.Requests
	}
	return sum, nil
}

// kitRivals are those that the kit configures.
func kitRivals(ctx context.Context, folder string) ([]rival, error) {
	peers := filepath.Join(folder, "peers")
	if err := command(ctx, peers, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return nil, err
	}
	script := func(name, env string) func(port string) measure.Command {
		return func(port string) measure.Command {
			return measure.Command{Args: []string{"sh", filepath.Join(peers, name, "run.sh")}, Env: []string{"PORT=" + port, env}}
		}
	}
	return []rival{
		{"Grafbase 0.103 (Rust)", "/graphql", script("grafbase", "CFG=nodedupe.toml")},
		{"Hive Gateway 2.15 (Node), Rust planner", "/graphql", script("hgrr", "DEDUPE=none")},
		{"Hive Gateway 2.15 (Node)", "/graphql", script("hg", "DEDUPE=none")},
		{"Apollo Gateway 2.14 (Node)", "/", script("apollo", "APOLLO_TELEMETRY_DISABLED=1")},
	}, nil
}
