//go:build unix

package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// Server is a private PostgreSQL that runs as a child of this process.
type Server struct {
	folder  folder
	log     *slog.Logger
	url     string
	process *os.Process
	exited  chan struct{} // closed once the server's process has ended
	lock    *os.File
	stop    sync.Once
	stopErr error
}

const (
	superuser = "postgres"
	database  = "shopgraph"

	readyTimeout = 60 * time.Second // recovery after a crash can take a while
	stopTimeout  = 30 * time.Second
	killTimeout  = 5 * time.Second
)

// Start runs a private PostgreSQL server on the data folder o.Dir and returns
// once it accepts connections. The folder is created and filled on first use.
//
// The server listens on a Unix socket in a folder that nobody else may enter,
// and asks for a random password there too; it opens no port. When this process
// ends without calling Stop, the server shuts down by itself where the kernel
// offers that (Linux, FreeBSD); elsewhere the next Start on the folder stops it.
// PostgreSQL refuses to run as root, so that root runs it as the owner of the
// existing data, as postgres or as nobody.
//
// Start fails with ErrInUse when another process runs a server on the folder.
// ctx bounds the start only.
func Start(ctx context.Context, o Options) (*Server, error) {
	return startWith(ctx, o, defaultFinder())
}

func startWith(ctx context.Context, o Options, search finder) (*Server, error) {
	log := orDiscard(o.Log)
	folder, err := openFolder(o.Dir, log)
	if err != nil {
		return nil, err
	}
	lock, err := folder.lock()
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, log: log, lock: lock, exited: make(chan struct{})}
	if err := s.start(ctx, o, search); err != nil {
		s.Stop()
		return nil, fmt.Errorf("private PostgreSQL in %s: %w", o.Dir, err)
	}
	log.Info("PostgreSQL is ready", "folder", folder.path)
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options, search finder) error {
	if err := s.folder.stopLeftBehind(s.log); err != nil {
		return err
	}
	binaries, err := search.find(ctx, s.folder.account, s.folder.dataVersion(), s.log)
	if err != nil {
		return err
	}
	password, err := s.folder.initialise(ctx, binaries, s.log)
	if err != nil {
		return err
	}
	socket, err := s.folder.socketFolder()
	if err != nil {
		return err
	}
	s.log.Info("starting PostgreSQL", "version", binaries.version, "binaries", binaries.folder, "folder", s.folder.path)
	if err := s.launch(ctx, binaries, socket, o.Settings); err != nil {
		return err
	}
	if err := s.createDatabase(ctx, socketURL(socket, password, "postgres")); err != nil {
		return err
	}
	s.url = socketURL(socket, password, database)
	return s.folder.writeURL(s.url)
}

// URL is the server's database with the account that owns the server. It holds
// the password.
func (s *Server) URL() string { return s.url }

// Exited is closed when the server's process has ended, by Stop or by itself.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Stop shuts the server down: open transactions are rolled back and everything
// committed is on disk when it returns. Calling it again does nothing.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		if s.process != nil {
			s.stopErr = s.shutDown()
			s.log.Info("PostgreSQL has stopped", "folder", s.folder.path)
		}
		s.folder.removeSocketFolder()
		s.lock.Close() // releases it
	})
	return s.stopErr
}

// shutDown asks nicely first. A server that ignores SIGINT (fast shutdown) and
// then SIGQUIT (immediate shutdown, recovery at the next start) is killed.
func (s *Server) shutDown() error {
	for _, step := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{syscall.SIGINT, stopTimeout}, {syscall.SIGQUIT, killTimeout}, {syscall.SIGKILL, killTimeout}} {
		s.process.Signal(step.signal)
		select {
		case <-s.exited:
			return nil
		case <-time.After(step.patient):
			s.log.Warn("PostgreSQL does not stop", "signal", step.signal.String(), "waited", step.patient)
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) cannot be stopped", s.process.Pid)
}

// launch starts the server process and waits until it accepts connections. What
// remains of a server that was killed may hold its memory for a moment; launch
// then tries again.
func (s *Server) launch(ctx context.Context, b binaries, socket string, settings map[string]string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		s.exited = make(chan struct{})
		if err := s.spawn(b, socket, settings); err != nil {
			return err
		}
		err := s.waitReady(ctx)
		if err == nil {
			return nil
		}
		if !strings.Contains(err.Error(), "shared memory block") {
			return err
		}
		s.log.Info("waiting for the rest of a killed PostgreSQL server to end")
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// spawn starts the server process. The goroutine keeps its thread, because the
// kernel tells the server of our end when the thread that started it ends.
func (s *Server) spawn(b binaries, socket string, settings map[string]string) error {
	path := filepath.Join(s.folder.path, "postgres.log")
	os.Remove(path) // what remains of a killed server goes on writing to its own, and not over what this one says
	output, err := os.Create(path)
	if err != nil {
		return err
	}
	defer output.Close()
	args := []string{"-D", s.folder.data(), "-k", socket, "-c", "listen_addresses=", "-c", "port=" + socketPort, "-c", "unix_socket_permissions=0700"}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	command := s.folder.account.command(context.Background(), b.path("postgres"), args...)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr.Setpgid = true // a Ctrl-C in the terminal is ours to handle
	endWithUs(command.SysProcAttr, syscall.SIGINT)
	started := make(chan error)
	go func(exited chan struct{}) {
		runtime.LockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			command.Wait()
			close(exited)
		}
	}(s.exited)
	if err := <-started; err != nil {
		close(s.exited)
		return fmt.Errorf("running %s: %w", command.Path, err)
	}
	s.process = command.Process
	return nil
}

// waitReady watches the status that the server keeps in its lock file.
func (s *Server) waitReady(ctx context.Context) error {
	for {
		if lines := s.folder.pidFile(); len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready" && lines[0] == fmt.Sprint(s.process.Pid) {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended at once; it said:\n%s", s.folder.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("the server was not ready in time (%w); it said:\n%s", ctx.Err(), s.folder.lastWords())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) createDatabase(ctx context.Context, url string) error {
	db, err := Open(ctx, url, OpenOptions{Log: s.log})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(database))
	if pq.As(err, pqerror.DuplicateDatabase) != nil {
		return nil
	}
	return err
}

// socketPort is part of the socket's file name; it is no port of the network.
const socketPort = "5432"

func socketURL(folder, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, password), Path: "/" + database,
		RawQuery: url.Values{"host": {folder}, "port": {socketPort}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}

// Running returns the URL of the server that another process runs on the data
// folder, so that a second command can work with it; ok is false when none runs.
func Running(dir string) (url string, ok bool) {
	file, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return "", false
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return "", false
	}
	text, err := os.ReadFile(filepath.Join(dir, "url"))
	return strings.TrimSpace(string(text)), err == nil
}

func randomPassword() string {
	secret := make([]byte, 24)
	rand.Read(secret)
	return hex.EncodeToString(secret)
}

// run runs a program of PostgreSQL to its end and returns what it said when it
// fails.
func run(command *exec.Cmd) error {
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(command.Path), err, strings.TrimSpace(string(output)))
	}
	return nil
}
