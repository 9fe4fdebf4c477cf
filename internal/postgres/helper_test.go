//go:build unix

package postgres

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/shopgraph/shopgraph/internal/scratch"
)

// helperVariable names the data folder on which a copy of the test program runs
// a server, until its input ends.
const helperVariable = "POSTGRES_TEST_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(helperVariable); folder != "" {
		os.Exit(serveFolder(folder))
	}
	status := m.Run()
	if folder, err := filled(); err == nil {
		os.RemoveAll(folder)
	}
	os.Exit(status)
}

// serveFolder says "ready PID URL" or the error, in one line.
func serveFolder(folder string) int {
	s, err := Start(context.Background(), Options{Dir: folder, Settings: fastSettings})
	if err != nil {
		fmt.Println(strings.ReplaceAll(err.Error(), "\n", " | "))
		return 1
	}
	fmt.Println("ready", s.process.Pid, s.URL())
	io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// fastSettings keep the tests from waiting for the disk. What they kill are
// processes, never the machine, so nothing is lost without fsync.
var fastSettings = map[string]string{"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}

// helper is another process that runs a server.
type helper struct {
	command *exec.Cmd
	input   io.Closer
	line    string // what it said
	server  int    // the server's process, 0 when it did not start
	url     string
}

// runHelper starts the copy of the test program and waits for what it says. change
// may alter how it is run.
func runHelper(t *testing.T, folder string, change func(*exec.Cmd)) *helper {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := &helper{command: exec.Command(program)}
	h.command.Env = append(os.Environ(), helperVariable+"="+folder)
	h.command.Stderr = os.Stderr
	if change != nil {
		change(h.command)
	}
	output, err := h.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if h.input, err = h.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := h.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.end() })
	h.line, _ = bufio.NewReader(output).ReadString('\n')
	fmt.Sscanf(h.line, "ready %d %s", &h.server, &h.url)
	return h
}

func (h *helper) end() error {
	h.input.Close()
	return h.command.Wait()
}

func (h *helper) kill(t *testing.T) {
	t.Helper()
	if err := h.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	h.command.Wait()
}

// testFolder is a place for a data folder that every account may enter, as
// t.TempDir is not.
func testFolder(t *testing.T) string {
	t.Helper()
	return filepath.Join(openTemp(t, scratch.Dir()), "pg")
}

func openTemp(t *testing.T, in string) string {
	t.Helper()
	folder, err := os.MkdirTemp(in, "postgres-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// filled is a data folder ready to be copied, because making one takes longest.
var filled = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp(scratch.Dir(), "postgres-test-filled-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		return "", err
	}
	s, err := Start(context.Background(), Options{Dir: filepath.Join(folder, "pg"), Settings: fastSettings})
	if err != nil {
		return "", err
	}
	return folder, s.Stop()
})

// filledFolder is a data folder of which a server stopped in order.
func filledFolder(t *testing.T) string {
	t.Helper()
	from, err := filled()
	if err != nil {
		t.Fatal(err)
	}
	folder := testFolder(t)
	if err := run(exec.Command("cp", "-a", filepath.Join(from, "pg"), folder)); err != nil {
		t.Fatal(err)
	}
	return folder
}

func mustStart(t *testing.T, folder string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{Dir: folder, Settings: fastSettings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	return s
}

// mustExec runs statements on the database at url, each on its own.
func mustExec(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := Open(t.Context(), url, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func mustGet[T any](t *testing.T, url, query string) T {
	t.Helper()
	db, err := Open(t.Context(), url, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var value T
	if err := db.GetContext(t.Context(), &value, query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// asNobody makes the command run as nobody when the tests run as root.
func asNobody(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	program := filepath.Join(openTemp(t, os.TempDir()), "program") // programs may not run from memory
	if err := copyFile(program, command.Path); err != nil {
		t.Fatal(err)
	}
	command.Path = program
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

const nobody = 65534

func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(target, source); err != nil {
		target.Close()
		return err
	}
	return target.Close()
}
