package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// world is everything that runs while it is measured.
type world struct {
	folder    string // a copy of the kit, where things may be built
	body      []byte
	expected  any
	processes []*measure.Process
	targets   []*measure.Target
	// calls are how many requests a target makes for one of a client's.
	calls map[string]int
}

// subgraphs is where the stand-ins listen: the supergraph says so.
const subgraphs = "127.0.0.1:4200"

func build(ctx context.Context, s settings) (w *world, err error) {
	w = &world{calls: map[string]int{}}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	for _, step := range []func() error{
		func() error { return w.open(s.kit) },
		func() error { return w.buildKit(ctx) },
		w.startSubgraphs,
		func() error { return w.startOurs(s.program) },
		func() error { return w.startRivals(ctx, s.rivals) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *world) close() {
	for _, p := range slices.Backward(w.processes) {
		p.Stop()
	}
	os.RemoveAll(w.folder)
}

// open copies the kit.
func (w *world) open(kit string) (err error) {
	if _, err := os.Stat(filepath.Join(kit, "expected.json")); err != nil {
		return fmt.Errorf("there is no measuring kit in %s: name its folder with -kit; make takes bench/ in the folder of the test data", kit)
	}
	if w.folder, err = os.MkdirTemp("", "shopgraph-bench-"); err != nil {
		return err
	}
	if err := os.CopyFS(w.folder, os.DirFS(kit)); err != nil {
		return err
	}
	if w.body, err = os.ReadFile(filepath.Join(w.folder, "body.json")); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(w.folder, "expected.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &w.expected)
}

func (w *world) buildKit(ctx context.Context) error {
	for _, name := range []string{"subgraphs", "oracle"} {
		if err := w.command(ctx, filepath.Join(w.folder, "go"), "go", "build", "-o", filepath.Join(w.folder, name), "./"+name); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) command(ctx context.Context, dir, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}

func (w *world) startSubgraphs() error {
	if conn, err := net.DialTimeout("tcp", subgraphs, time.Second); err == nil {
		conn.Close()
		return fmt.Errorf("something listens on %s already, where the stand-in subgraphs have to be", subgraphs)
	}
	return w.run(measure.Command{Name: "subgraphs", Args: []string{"./subgraphs", "-addr", subgraphs}}, func() error {
		_, err := w.countCalls()
		return err
	})
}

func (w *world) run(c measure.Command, ready func() error) error {
	c.Dir = w.folder
	p, err := measure.Start(c)
	if err != nil {
		return err
	}
	w.processes = append(w.processes, p)
	return p.Ready(2*time.Minute, ready)
}

// countCalls returns how many requests the subgraphs got since it was last asked.
func (w *world) countCalls() (int, error) {
	response, err := http.Get("http://" + subgraphs + "/stats?reset=1")
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

// target is a program under test, once it gives the right answer.
func (w *world) target(name, path string, address string, c measure.Command) error {
	c.Name = name
	t := &measure.Target{Name: name, Address: address, Requests: [][]byte{measure.Post(path, "", w.body)}}
	if err := w.run(c, func() error { return t.Learn(w.right) }); err != nil {
		return err
	}
	t.Processes = w.processes[len(w.processes)-1:]
	if _, err := w.countCalls(); err != nil {
		return err
	}
	if _, _, err := t.Once(0); err != nil {
		return err
	}
	var err error
	w.calls[name], err = w.countCalls()
	w.targets = append(w.targets, t)
	return err
}

func (w *world) right(_ int, body []byte) error {
	var answer any
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("%w: %.300s", err, body)
	}
	if !reflect.DeepEqual(answer, w.expected) {
		return errors.New("the answer is not the expected one")
	}
	return nil
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// startOurs starts the reference, and our router without sharing, as all others
// are measured, and with its defaults but for that.
func (w *world) startOurs(program string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	address := "127.0.0.1:" + port
	if err := w.target("reference: the plan hard-coded, net/http, a JSON tree", "/graphql", address,
		measure.Command{Args: []string{"./oracle", "-mode", "tree", "-addr", address, "-upstream", subgraphs}}); err != nil {
		return err
	}
	if port, err = freePort(); err != nil {
		return err
	}
	address = "127.0.0.1:" + port
	return w.target("shopgraph serve router", "/graphql", address,
		measure.Command{Args: []string{program, "serve", "router", "--supergraph", "supergraph.graphql", "--listen", address, "--dedupe=off", "--access-log=off"}})
}

// rivals are those that npm has; the kit configures them.
var rivals = []struct{ name, folder, path, env string }{
	{"Grafbase 0.103 (Rust)", "grafbase", "/graphql", "CFG=nodedupe.toml"},
	{"Hive Gateway 2.15 (Node), Rust planner", "hgrr", "/graphql", "DEDUPE=none"},
	{"Hive Gateway 2.15 (Node)", "hg", "/graphql", "DEDUPE=none"},
	{"Apollo Gateway 2.14 (Node)", "apollo", "/", ""},
}

func (w *world) startRivals(ctx context.Context, wanted bool) error {
	if _, err := exec.LookPath("npm"); err != nil || !wanted {
		fmt.Fprintln(os.Stderr, "the rivals from npm are left out")
		return nil
	}
	fmt.Fprintln(os.Stderr, "installing the rivals from npm")
	if err := w.command(ctx, filepath.Join(w.folder, "peers"), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return err
	}
	for _, r := range rivals {
		port, err := freePort()
		if err != nil {
			return err
		}
		script := filepath.Join(w.folder, "peers", r.folder, "run.sh")
		if err := w.target(r.name, r.path, "127.0.0.1:"+port, measure.Command{Args: []string{"sh", script}, Env: []string{"PORT=" + port, r.env}}); err != nil {
			fmt.Fprintln(os.Stderr, "left out:", err) // a rival that does not run here is no fault of ours
		}
	}
	return nil
}
