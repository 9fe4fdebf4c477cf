//go:build unix

package postgrestest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/scratch"
)

// memberVariable makes a copy of the test program join the shared server in its
// TMPDIR, say which one it is, and leave when its input ends.
const memberVariable = "SHOPGRAPH_POSTGRESTEST_MEMBER"

func TestMain(m *testing.M) {
	if os.Getenv(memberVariable) == "" {
		os.Exit(m.Run())
	}
	s, err := connect()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var started string
	if err := s.admin.Get(&started, `SELECT pg_postmaster_start_time()`); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("server of", started)
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

type member struct {
	command *exec.Cmd
	input   io.Closer
	server  string
}

func joinServer(t *testing.T, temp string) *member {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m := &member{command: exec.Command(program)}
	m.command.Env = append(os.Environ(), memberVariable+"=1", "TMPDIR="+temp, "DATABASE_URL=", lingerVariable+"=200ms")
	m.command.Stderr = os.Stderr
	if m.input, err = m.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := m.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.leave)
	if m.server, _ = bufio.NewReader(output).ReadString('\n'); !strings.HasPrefix(m.server, "server of ") {
		t.Fatalf("a process could not join: %s", m.server)
	}
	return m
}

func (m *member) leave() {
	m.input.Close()
	m.command.Wait()
}

// Processes share one server. It outlives the one that started it, even when
// that was killed, ends after the last one, leaves nothing, and can be started
// again.
func TestServerIsShared(t *testing.T) {
	t.Parallel()
	temp := openFolder(t)
	folder := filepath.Join(temp, filepath.Base(sharedFolder()))
	first := joinServer(t, temp)
	second := joinServer(t, temp)
	if err := first.command.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	first.leave()
	third := joinServer(t, temp)
	if first.server != second.server || second.server != third.server {
		t.Errorf("three servers: %s, %s, %s", first.server, second.server, third.server)
	}
	second.leave()
	third.leave()
	waitStopped(t, folder)
	if again := joinServer(t, temp); again.server == first.server {
		t.Error("the server did not stop")
	} else {
		again.leave()
	}
	waitStopped(t, folder)
}

func waitStopped(t *testing.T, folder string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dataFolder(folder)); err != nil {
			return
		}
	}
	t.Fatal("the shared server does not stop")
}

// openFolder is a folder that every account may enter, as t.TempDir is not.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp(scratch.Dir(), "postgrestest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// The folder's name can be guessed, so that it must not be another's.
func TestOwnFolder(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(open); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(open); err == nil {
		t.Error("a folder that everybody may write to was accepted")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(link); err == nil {
		t.Error("a link was accepted")
	}
}
