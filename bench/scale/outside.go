package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// threadCPU is the time that this thread has used; the caller's goroutine is
// locked to it by main's init.
func threadCPU() time.Duration {
	const clockThreadCPUTime = 3 // CLOCK_THREAD_CPUTIME_ID, clock_gettime(2)
	var now syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&now)), 0); errno != 0 {
		panic(errno)
	}
	return time.Duration(now.Nano())
}

func init() { runtime.LockOSThread() }

// shop is a router of its own, over two subgraphs in a process of theirs:
// products, which answer at once, and reviews, which take their time when they are
// told to.
type shop struct {
	process   *measure.Process
	target    measure.Target
	subgraphs *measure.Process
	folder    string
}

func startShop(program string, delay time.Duration, env ...string) (s *shop, err error) {
	s = &shop{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.folder, err = os.MkdirTemp("", "shopgraph-bench-"); err != nil {
		return nil, err
	}
	sdl, err := composed(map[string]string{"products": shopSDL, "reviews": `type Query { reviews: [Review!]! } type Review { body: String! }`})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(s.folder, "supergraph.graphql")
	if err := os.WriteFile(file, []byte(sdl), 0o600); err != nil {
		return nil, err
	}
	products, reviews, err := s.startSubgraphs(delay)
	if err != nil {
		return nil, err
	}
	if s.target.Address, err = freeAddress(); err != nil {
		return nil, err
	}
	s.process, err = measure.Start(measure.Command{Name: "router", Env: env, Args: []string{
		program, "serve", "router", "--supergraph", file, "--listen", s.target.Address, "--access-log=off", "--dedupe=off",
		"--subgraph-url", "products=http://" + products, "--subgraph-url", "reviews=http://" + reviews,
	}})
	if err != nil {
		return nil, err
	}
	s.target.Name, s.target.Processes = "router", []*measure.Process{s.process}
	s.ask(productsQuery)
	return s, s.process.Ready(time.Minute, func() error { return learnProducts(&s.target) })
}

// startSubgraphs starts the subgraphs, and returns where each listens.
func (s *shop) startSubgraphs(delay time.Duration) (products, reviews string, err error) {
	if products, err = freeAddress(); err != nil {
		return "", "", err
	}
	if reviews, err = freeAddress(); err != nil {
		return "", "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", "", err
	}
	s.subgraphs, err = measure.Start(measure.Command{Name: "subgraphs", Args: []string{self, "subgraphs", products, reviews, delay.String()}})
	if err != nil {
		return "", "", err
	}
	return products, reviews, s.subgraphs.Ready(time.Minute, func() error {
		for _, address := range []string{products, reviews} {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				return err
			}
			conn.Close()
		}
		return nil
	})
}

const productsQuery = `{ products { id name price tags } }`

// learnProducts asks once for what is right.
func learnProducts(t *measure.Target) error {
	return t.Learn(func(_ int, body []byte) error {
		if !strings.Contains(string(body), `"p9"`) {
			return errors.New(string(body))
		}
		return nil
	})
}

func (s *shop) ask(query string) {
	s.target.Requests, s.target.Answers = [][]byte{asRequest(query)}, nil
}

func asRequest(query string) []byte {
	return measure.Post("/graphql", "", fmt.Appendf(nil, `{"query":%q}`, query))
}

func (s *shop) close() {
	for _, p := range []*measure.Process{s.process, s.subgraphs} {
		if p != nil {
			p.Stop()
		}
	}
	os.RemoveAll(s.folder)
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

const window = 3 * time.Second

// manyConnections is up to how many connections are measured. The router has as
// many again to the subgraph, where all of them ask at a time, and few others.
const (
	manyConnections = 10_000
	otherFiles      = 100
)

// connections asks over more and more of them, from a process of their own.
func connections(ctx context.Context, program string) (*growth, error) {
	s, err := startShop(program, 0)
	if err != nil {
		return nil, err
	}
	defer s.close()
	note := ""
	most, files := manyConnections, openFiles()
	if fit := (files - otherFiles) / 2; fit < most {
		most = fit
		note = fmt.Sprintf("%d are what this system allows: a process may have %d open files, and the router has two for each", most, files)
	}
	costs, memory := measure.Line{Label: "CPU µs for a request"}, measure.Line{Label: "peak RSS MB"}
	for _, n := range []int{1, 10, 100, 1000, most} {
		r, err := s.loadApart(ctx, n)
		if err != nil {
			return nil, err
		}
		if r.Failed > 0 {
			return nil, fmt.Errorf("%d connections: %d of %d answers are wrong: %s", n, r.Failed, r.Requests, r.Wrong)
		}
		usage, err := measure.UsageOf(s.process)
		if err != nil {
			return nil, err
		}
		costs.Points = append(costs.Points, [2]float64{float64(n), float64(r.CPU) / float64(time.Microsecond)})
		memory.Points = append(memory.Points, [2]float64{float64(n), float64(usage.Peak >> 20)})
	}
	return &growth{name: "Connections", x: "connections", y: "(as the line says)", lines: []measure.Line{costs, memory}, note: note}, nil
}

// openFiles is how many files a process may have open. Go raises the limit to
// this by itself when a program starts.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		panic(err) // of the arguments
	}
	return int(min(limit.Max, math.MaxInt32))
}

// loadApart asks the router over n connections from another process.
func (s *shop) loadApart(ctx context.Context, n int) (r measure.Result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	command := exec.CommandContext(ctx, self, "clients", s.target.Address, strconv.Itoa(n), strconv.Itoa(s.process.Pid()))
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return r, fmt.Errorf("%d clients: %w", n, err)
	}
	return r, json.Unmarshal(out, &r)
}

// cores gives the router one core and two.
func cores(ctx context.Context, program string) (*growth, error) {
	line := measure.Line{Label: "CPU for a request"}
	for _, n := range []int{1, 2} {
		s, err := startShop(program, 0, fmt.Sprintf("GOMAXPROCS=%d", n))
		if err != nil {
			return nil, err
		}
		_, err = s.target.Load(ctx, 50, time.Second)
		var r measure.Result
		if err == nil {
			r, err = s.target.Load(ctx, 50, window)
		}
		s.close()
		if err != nil {
			return nil, err
		}
		line.Points = append(line.Points, [2]float64{float64(n), float64(r.CPU) / float64(time.Microsecond)})
	}
	return &growth{name: "GOMAXPROCS", x: "cores", y: "µs", lines: []measure.Line{line}}, nil
}

// tail asks for products alone, while others ask for what a slow subgraph has and
// while they do not.
func tail(ctx context.Context, program string) (*growth, error) {
	const slow = 200 * time.Millisecond
	s, err := startShop(program, slow)
	if err != nil {
		return nil, err
	}
	defer s.close()
	others := *s
	others.ask(`{ reviews { body } }`)
	line := measure.Line{Label: "p99 of requests that do not need it"}
	for _, waiting := range []int{0, 100} {
		ended := make(chan error, 1)
		load, stop := context.WithCancel(ctx)
		if waiting > 0 {
			go func() { _, err := others.target.Load(load, waiting, time.Minute); ended <- err }()
		}
		if _, err := s.target.Load(ctx, 10, time.Second); err != nil {
			stop()
			return nil, err
		}
		r, err := s.target.Load(ctx, 10, window)
		stop()
		if waiting > 0 {
			err = errors.Join(err, <-ended)
		}
		if err != nil {
			return nil, err
		}
		line.Points = append(line.Points, [2]float64{float64(waiting), float64(r.P99) / float64(time.Millisecond)})
	}
	return &growth{name: "One slow subgraph (200 ms)", x: "requests that wait for it", y: "ms", lines: []measure.Line{line}, note: "beside 10 connections; who waits takes CPU of the same machine"}, nil
}
