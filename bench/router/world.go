package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// world is everything that runs while it is measured.
type world struct {
	*subject
	processes []*measure.Process
	targets   []*measure.Target
	// calls are how many requests a target makes for one of a client's.
	calls map[string]int
	// out says of rivals why they are left out.
	out []string
}

func build(ctx context.Context, s settings) (*world, error) {
	var err error
	w := &world{calls: map[string]int{}}
	if s.kit != "" {
		w.subject, err = kitSubject(ctx, s.kit)
	} else {
		w.subject, err = ownSubject(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	if err := w.startOurs(s.program); err != nil {
		w.close()
		return nil, err
	}
	w.startRivals(ctx, s.rivals)
	return w, nil
}

func (w *world) close() {
	for _, p := range slices.Backward(w.processes) {
		p.Stop()
	}
	w.subject.close()
}

func command(ctx context.Context, dir, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}

// target is a program under test, once it gives the right answer.
func (w *world) target(name, path, address string, c measure.Command) error {
	c.Name, c.Dir = name, w.folder
	t := &measure.Target{Name: name, Address: address, Requests: [][]byte{measure.Post(path, "", w.body)}}
	p, err := measure.Start(c)
	if err != nil {
		return err
	}
	err = p.Ready(startTimeout, func() error { _, _, err := t.Once(0); return err })
	if err == nil {
		err = p.Ready(rightTimeout, func() error { return t.Learn(w.right) })
	}
	if err != nil {
		p.Stop()
		return err
	}
	w.processes = append(w.processes, p)
	t.Processes = []*measure.Process{p}
	if _, err := w.count(); err != nil {
		return err
	}
	if _, _, err := t.Once(0); err != nil {
		return err
	}
	if w.calls[name], err = w.count(); err != nil {
		return err
	}
	w.targets = append(w.targets, t)
	return nil
}

const (
	startTimeout = 2 * time.Minute
	// rightTimeout is how long a program that answers has to answer rightly: some
	// answer before they have read their supergraph.
	rightTimeout = 10 * time.Second
)

func (s *subject) right(_ int, body []byte) error {
	var answer any
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("%w: %.300s", err, body)
	}
	if !reflect.DeepEqual(answer, s.expected) {
		return fmt.Errorf("the answer is not the expected one: %.300s", body)
	}
	return nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// startOurs starts the reference, and our router without sharing, as all others
// are measured, and with its defaults but for that.
func (w *world) startOurs(program string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	if err := w.target("reference: the plan hard-coded, net/http, a JSON tree", "/graphql", address, w.reference(address)); err != nil {
		return err
	}
	if address, err = freeAddress(); err != nil {
		return err
	}
	return w.target("shopgraph serve router", "/graphql", address,
		measure.Command{Args: []string{program, "serve", "router", "--supergraph", "supergraph.graphql", "--listen", address, "--dedupe=off", "--access-log=off"}})
}

// startRivals starts those that can be had. That one cannot, or answers wrongly, is
// no fault of ours: it is said and no error.
func (w *world) startRivals(ctx context.Context, wanted bool) {
	if !wanted {
		return
	}
	if _, err := exec.LookPath("npm"); err != nil {
		w.leaveOut("the rivals", err)
		return
	}
	fmt.Fprintln(os.Stderr, "installing the rivals from npm")
	all, err := w.rivals(ctx)
	if err != nil {
		w.leaveOut("the rivals, which npm could not install", err)
		return
	}
	for _, r := range all {
		if err := w.startRival(r); err != nil {
			w.leaveOut(r.name, err)
		}
	}
}

func (w *world) startRival(r rival) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	return w.target(r.name, r.path, address, r.command(port))
}

// leaveOut notes it with its reason, the first line of the error, for the table too.
func (w *world) leaveOut(what string, err error) {
	fmt.Fprintf(os.Stderr, "left out: %.4000s\n", err)
	reason, _, _ := strings.Cut(err.Error(), "\n")
	reason = strings.TrimPrefix(strings.TrimPrefix(reason, what+" is not ready: "), what+", request 0: ")
	w.out = append(w.out, fmt.Sprintf("%s: `%.300s`", what, reason))
}
