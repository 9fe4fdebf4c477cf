package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// npmRivals installs the routers that the package.json in a folder pins, and
// configures them for a federation whose supergraph.graphql is in work and whose
// subgraphs are under base by their names. All of them are to share nothing
// between requests.
func npmRivals(ctx context.Context, npm, work, base string, sdls map[string]string) ([]rival, error) {
	npm, err := filepath.Abs(npm)
	if err != nil {
		return nil, err
	}
	versions, err := readVersions(npm)
	if err != nil {
		return nil, err
	}
	if err := command(ctx, npm, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return nil, err
	}
	if err := writeGrafbase(work, base, sdls); err != nil {
		return nil, err
	}
	supergraph := filepath.Join(work, "supergraph.graphql")
	hive := func(flag, planner string) func(port string) measure.Command {
		return func(port string) measure.Command {
			args := []string{"node", filepath.Join(npm, "node_modules", "@graphql-hive", "gateway", "dist", "bin.js"), "supergraph", supergraph,
				"--fork", "1", "--host", "127.0.0.1", "--port", port, "--config-path", filepath.Join(npm, "hive.mjs")}
			if flag != "" {
				args = append(args, flag)
			}
			return measure.Command{Args: args, Env: []string{"NODE_ENV=production", "PLANNER=" + planner}}
		}
	}
	return []rival{
		{"Grafbase " + versions[grafbasePackage] + " (Rust)", "/graphql", func(port string) measure.Command {
			return measure.Command{
				Args: []string{filepath.Join(npm, "node_modules", grafbasePackage, "grafbase"), "dev", "--config", "grafbase.toml", "--listen-address", "127.0.0.1:" + port},
				Env:  []string{"HOME=" + work, "GRAFBASE_TELEMETRY=false", "DO_NOT_TRACK=1"},
			}
		}},
		{"Hive Gateway " + versions["@graphql-hive/gateway"] + " (Node), Rust planner", "/graphql", hive("", "rust")},
		{"Hive Gateway " + versions["@graphql-hive/gateway"] + " (Node)", "/graphql", hive("--jit", "")},
		{"Apollo Gateway " + versions["@apollo/gateway"] + " (Node)", "/", func(port string) measure.Command {
			return measure.Command{
				Args: []string{"node", filepath.Join(npm, "apollo.mjs")},
				Env:  []string{"NODE_ENV=production", "APOLLO_TELEMETRY_DISABLED=1", "PORT=" + port, "SUPERGRAPH=" + supergraph},
			}
		}},
	}, nil
}

// grafbasePackage is a program for one system; npm leaves it out on others.
const grafbasePackage = "@grafbase/cli-x86_64-unknown-linux-musl"

// readVersions are those that package.json pins.
func readVersions(npm string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(npm, "package.json"))
	if err != nil {
		return nil, fmt.Errorf("the rivals are pinned in bench/router/npm of the repository, which is where to start or what -npm names: %w", err)
	}
	var pinned struct{ Dependencies, OptionalDependencies map[string]string }
	if err := json.Unmarshal(text, &pinned); err != nil {
		return nil, fmt.Errorf("package.json: %w", err)
	}
	for name, version := range pinned.OptionalDependencies {
		pinned.Dependencies[name] = version
	}
	return pinned.Dependencies, nil
}

// writeGrafbase writes the configuration of Grafbase, which composes by itself.
func writeGrafbase(folder, base string, sdls map[string]string) error {
	var b strings.Builder
	b.WriteString("[traffic_shaping]\ninflight_deduplication = false\n")
	for _, name := range subgraphNames {
		fmt.Fprintf(&b, "\n[subgraphs.%s]\nurl = %q\nschema_path = %q\n", name, base+"/"+name, name+".graphql")
		if err := os.WriteFile(filepath.Join(folder, name+".graphql"), []byte(sdls[name]), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, "grafbase.toml"), []byte(b.String()), 0o600)
}
