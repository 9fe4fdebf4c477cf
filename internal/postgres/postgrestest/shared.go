//go:build unix

package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/scratch"
)

// The private server is shared through a folder:
//
//	pg/        the server's data folder
//	users      every test process holds this lock, shared, as long as it lives
//	start      held while a process looks for the server and starts it
//	host.log   what the host said
//
// The server's parent is the host: a detached copy of the test program that
// found no server. It begins with an empty data folder, stops the server once it
// can take the lock on users alone, and removes the data, which may be in memory.
// It holds that lock meanwhile, so that a newcomer waits and then starts anew.
const (
	hostVariable   = "SHOPGRAPH_POSTGRESTEST_HOST"
	lingerVariable = "SHOPGRAPH_POSTGRESTEST_LINGER" // a duration, for the tests of this package

	linger     = 20 * time.Second // bridges the gap between two packages' tests, or two runs
	startLimit = 2 * time.Minute  // first downloads may be needed
)

// server is the one this process's tests use.
type server struct {
	url       string // of the database to administer from
	admin     *sqlx.DB
	strategy  string   // added to CREATE DATABASE
	templates sync.Map // name → func() error that makes it, once
	users     *os.File // the lock that keeps the shared server running; open as long as the process lives
}

var connect = sync.OnceValues(func() (*server, error) {
	if url := os.Getenv("DATABASE_URL"); url != "" {
		return newServer(url, false)
	}
	url, users, err := join(sharedFolder())
	if err != nil {
		return nil, fmt.Errorf("the shared PostgreSQL server: %w", err)
	}
	s, err := newServer(url, true)
	if err != nil {
		return nil, err
	}
	s.users = users
	return s, nil
})

func shared(t testing.TB) *server {
	t.Helper()
	s, err := connect()
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	return s
}

func newServer(databaseURL string, private bool) (*server, error) {
	if u, err := url.Parse(databaseURL); err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return nil, errors.New("DATABASE_URL has to be a postgres:// URL for tests")
	}
	admin, err := postgres.Open(context.Background(), databaseURL, postgres.OpenOptions{})
	if err != nil {
		return nil, err
	}
	admin.SetMaxIdleConns(2)
	s := &server{url: databaseURL, admin: admin}
	var version int
	if err := admin.Get(&version, `SELECT current_setting('server_version_num')::int`); err != nil {
		return nil, err
	}
	if private && version >= 150000 {
		s.strategy = " STRATEGY file_copy" // without fsync copying files is faster than logging their blocks
	}
	return s, nil
}

func sharedFolder() string {
	return filepath.Join(scratch.Dir(), fmt.Sprintf("shopgraph-postgrestest-%d", os.Getuid()))
}

// join returns the URL of the shared server, starting it where none runs, and
// the lock on users.
func join(folder string) (url string, users *os.File, err error) {
	if err := ownFolder(folder); err != nil {
		return "", nil, err
	}
	if users, err = lock(filepath.Join(folder, "users"), syscall.LOCK_SH); err != nil {
		return "", nil, err
	}
	start, err := lock(filepath.Join(folder, "start"), syscall.LOCK_EX)
	if err != nil {
		return "", nil, err
	}
	defer start.Close()
	if url, ok := postgres.Running(dataFolder(folder)); ok {
		return url, users, nil
	}
	url, err = spawnHost(folder)
	return url, users, err
}

func dataFolder(folder string) string { return filepath.Join(folder, "pg") }

// ownFolder makes the folder. Its name is known to everybody on the machine, so
// that one that another account made must not be used.
func ownFolder(folder string) error {
	if err := os.Mkdir(folder, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(status.Uid) != os.Getuid() || info.Mode()&0o022 != 0 {
		return fmt.Errorf("%s has to be a folder that only its owner %d may write to: remove it", folder, os.Getuid())
	}
	return nil
}

func lock(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), how)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, err
		}
	}
}

// spawnHost starts this program once more, as the host, and waits for its server.
// The host has its own session and files, so that it neither ends with the test
// run nor keeps "go test" waiting for its output.
func spawnHost(folder string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	output, err := os.Create(filepath.Join(folder, "host.log"))
	if err != nil {
		return "", err
	}
	defer output.Close()
	host := exec.Command(program)
	host.Env = append(os.Environ(), hostVariable+"="+folder)
	host.Dir, host.Stdout, host.Stderr = folder, output, output
	host.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := host.Start(); err != nil {
		return "", err
	}
	ended := make(chan struct{})
	go func() { host.Wait(); close(ended) }()
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if url, ok := postgres.Running(dataFolder(folder)); ok {
			return url, nil
		}
		select {
		case <-ended:
			said, _ := os.ReadFile(output.Name())
			return "", fmt.Errorf("it did not start: %s", said)
		default:
		}
	}
	return "", fmt.Errorf("it was not ready after %s; see %s", startLimit, output.Name())
}

// init makes the copy of the test program that spawnHost starts the host.
func init() {
	folder := os.Getenv(hostVariable)
	if folder == "" {
		return
	}
	if err := host(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// settings trade safety for speed: the data are worth nothing after a crash.
var settings = map[string]string{
	"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
	"max_connections": "400", "shared_buffers": "128MB", "autovacuum_naptime": "10min",
}

func host(folder string) error {
	data := dataFolder(folder)
	if err := os.RemoveAll(data); err != nil { // of a host that was killed
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	server, err := postgres.Start(context.Background(), postgres.Options{Dir: data, Log: log, Settings: settings})
	if err != nil {
		return err
	}
	if held := waitUnused(filepath.Join(folder, "users"), server.Exited()); held != nil {
		defer held.Close()
	}
	if err := server.Stop(); err != nil {
		return err
	}
	return os.RemoveAll(data)
}

// waitUnused returns when no test process has used the server for a while, with
// the lock that keeps new ones waiting; nil when the server has ended by itself.
func waitUnused(path string, exited <-chan struct{}) *os.File {
	unusedSince, patience := time.Now(), linger
	if shorter, err := time.ParseDuration(os.Getenv(lingerVariable)); err == nil {
		patience = shorter
	}
	for {
		select {
		case <-exited:
			return nil
		case <-time.After(patience / 20):
		}
		file, err := lock(path, syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			unusedSince = time.Now()
			continue
		}
		if time.Since(unusedSince) > patience {
			return file
		}
		file.Close()
	}
}

func mustParse(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic("postgrestest: " + err.Error()) // newServer has parsed it before
	}
	return u
}
