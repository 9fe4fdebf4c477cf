//go:build unix

package postgres

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftBehind ends the server that a killed shopgraph left on the data. Who
// calls it holds the folder's lock, so that nobody else works with that server.
//
// PostgreSQL's lock file may also name a process that has nothing to do with it:
// after a reboot, or in a new container, the number belongs to another. The
// server would refuse to start then. Writing our own number there makes it see
// its parent, which it knows to be no server, while it still examines the shared
// memory that the file names.
func (f folder) stopLeftBehind(log *slog.Logger) error {
	lines := f.pidFile()
	if len(lines) == 0 {
		return nil
	}
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 1 || !alive(pid) {
		return nil // PostgreSQL clears this away by itself
	}
	if !serves(pid, f.data()) {
		lines[0] = strconv.Itoa(os.Getpid())
		return os.WriteFile(filepath.Join(f.data(), "postmaster.pid"), []byte(strings.Join(lines, "\n")), 0o600)
	}
	log.Info("stopping a PostgreSQL server that was left behind", "process", pid, "folder", f.path)
	for _, step := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{syscall.SIGINT, stopTimeout}, {syscall.SIGQUIT, killTimeout}} {
		if err := syscall.Kill(pid, step.signal); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("stopping the server left behind (process %d): %w", pid, err)
		}
		for end := time.Now().Add(step.patient); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if !alive(pid) || !serves(pid, f.data()) {
				return nil
			}
		}
	}
	return fmt.Errorf("a PostgreSQL server left behind (process %d) does not stop: end it with kill -9 %d", pid, pid)
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

// serves says whether the process is a PostgreSQL server on the data folder, by
// the command line it was started with.
func serves(pid int, data string) bool {
	if runtime.GOOS == "linux" {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return bytes.Contains(append([]byte{0}, line...), []byte("\x00"+data+"\x00"))
	}
	line, _ := exec.Command("ps", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	return strings.Contains(string(line), "postgres -D "+data+" ")
}
