package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the file of the built program.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "shopgraph-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "shopgraph")
		build := exec.Command("go", "build", "-o", program, "../cmd/shopgraph")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// environment is this process's, without the settings of ours that it may hold,
// and with these.
func environment(settings ...string) []string {
	mine := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(name, "SHOPGRAPH_") || strings.HasPrefix(name, "OTEL_") || strings.HasSuffix(name, "DATABASE_URL") || strings.HasSuffix(name, "_JWKS_URL") || name == "PRODUCTS_URL"
	})
	return append(mine, settings...)
}

// output is what a process has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// process is a running "shopgraph serve".
type process struct {
	command  *exec.Cmd
	output   *output
	endpoint string // of GraphQL
	ended    chan struct{}
	status   int
}

var printedEndpoint = regexp.MustCompile(`GraphQL\s+(?:at )?(http://\S+)`)

// start runs "shopgraph serve" until the test ends, and returns once it has
// printed its endpoint. It must end by itself when it is told to, with status 0.
func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(program, append([]string{"serve"}, args...)...), output: &output{}, ended: make(chan struct{})}
	p.command.Env, p.command.Stderr = env, p.output
	p.command.Dir = ".." // where schema/supergraph.graphql is
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	printed := make(chan string, 1)
	go p.read(out, printed)
	select {
	case p.endpoint = <-printed:
	case <-p.ended:
		t.Fatalf("shopgraph serve %s ended with status %d:\n%s", strings.Join(args, " "), p.status, p.output)
	}
	t.Cleanup(func() {
		p.stop(t)
		if t.Failed() {
			t.Logf("shopgraph serve %s:\n%s", strings.Join(args, " "), p.output)
		}
	})
	return p
}

// read takes the process's output until it ends.
func (p *process) read(out io.Reader, printed chan<- string) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Fprintln(p.output, lines.Text())
		if found := printedEndpoint.FindStringSubmatch(lines.Text()); found != nil {
			select {
			case printed <- found[1]:
			default:
			}
		}
	}
	p.command.Wait() // its error is the status
	p.status = p.command.ProcessState.ExitCode()
	close(p.ended)
}

// stop interrupts the process, as Ctrl-C does, and waits for its end.
func (p *process) stop(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		return
	default:
	}
	if err := p.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Errorf("interrupting: %v", err)
	}
	if <-p.ended; p.status != 0 {
		t.Errorf("it ended with status %d:\n%s", p.status, p.output)
	}
}

// runToEnd runs the program and returns what it said and its exit status.
func runToEnd(t *testing.T, env []string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	var out, errs bytes.Buffer
	command.Env, command.Dir, command.Stdout, command.Stderr = env, "..", &out, &errs
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}
