//go:build unix

package postgres

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What one run writes the next one finds, with the same password.
func TestStartKeepsData(t *testing.T) {
	t.Parallel()
	folder := testFolder(t)
	first := mustStart(t, folder)
	if _, ok := Running(folder); !ok {
		t.Error("Running does not see the server")
	}
	mustExec(t, first.URL(), `CREATE TABLE kept (what text)`, `INSERT INTO kept VALUES ('ÄRMEL')`)
	firstURL := first.URL()
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	if url, ok := Running(folder); ok {
		t.Errorf("Running sees a stopped server: %s", url)
	}
	second := mustStart(t, folder)
	if second.URL() != firstURL {
		t.Errorf("the URL changed from %s to %s", firstURL, second.URL())
	}
	if got := mustGet[string](t, second.URL(), `SELECT lower(what) FROM kept`); runtime.GOOS == "linux" && got != "ärmel" {
		t.Errorf("lower-cased to %q: the server does not know letters beyond ASCII", got)
	}
}

// Nobody gets in without the password, and only we may read it or come near the
// socket.
func TestStartLetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	s := mustStart(t, folder)
	u, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []*url.Userinfo{url.UserPassword(superuser, "wrong"), url.UserPassword(superuser, ""), url.UserPassword("nobody", "x")} {
		u.User = who
		if db, err := Open(t.Context(), u.String(), OpenOptions{}); err == nil {
			db.Close()
			t.Errorf("%s was let in", u)
		} else if !strings.Contains(err.Error(), "does not let account") {
			t.Errorf("%s: %v", u, err)
		}
	}
	if listening := mustGet[string](t, s.URL(), `SHOW listen_addresses`); listening != "" {
		t.Errorf("the server listens on %q", listening)
	}
	for _, file := range []string{"url", "password", "lock", "run", "data"} {
		info, err := os.Stat(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", file, info.Mode())
		}
	}
	if os.Geteuid() == 0 {
		if uid, _ := ownerOf(filepath.Join(folder, "data")); uid == 0 {
			t.Error("root's server runs as root")
		}
	}
}

// Two on one folder: the second is told who the first is.
func TestStartTwice(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	first := runHelper(t, folder, nil)
	if first.server == 0 {
		t.Fatal(first.line)
	}
	_, err := Start(t.Context(), Options{Dir: folder})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "process "+strconv.Itoa(first.command.Process.Pid)) {
		t.Fatalf("got %v", err)
	}
	url, ok := Running(folder)
	if !ok || url != first.url {
		t.Errorf("Running says %q, %v", url, ok)
	}
	mustExec(t, url, `SELECT 1`)
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	mustStart(t, folder)
}

// Started at the same moment, one of two wins and the other says so.
func TestStartAtOnce(t *testing.T) {
	t.Parallel()
	folder := testFolder(t)
	type answer struct {
		s   *Server
		err error
	}
	answers := make(chan answer)
	for range 2 {
		go func() {
			s, err := Start(context.Background(), Options{Dir: folder, Settings: fastSettings})
			answers <- answer{s, err}
		}()
	}
	one, other := <-answers, <-answers
	if one.err != nil {
		one, other = other, one
	}
	if one.err != nil || !errors.Is(other.err, ErrInUse) {
		t.Errorf("got %v and %v", one.err, other.err)
	}
	for _, a := range []answer{one, other} {
		if a.err == nil {
			a.s.Stop()
		}
	}
}

// A process that is killed takes its server with it where the kernel can do so,
// and everywhere the next one finds the data and no obstacle.
func TestStartAfterKilledParent(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	h := runHelper(t, folder, nil)
	if h.server == 0 {
		t.Fatal(h.line)
	}
	mustExec(t, h.url, `CREATE TABLE kept (what text)`, `INSERT INTO kept VALUES ('kept')`)
	h.kill(t)
	if runtime.GOOS == "linux" {
		waitUntil(t, "the server ends with its parent", func() bool { return !alive(h.server) })
	}
	s := mustStart(t, folder)
	if got := mustGet[string](t, s.URL(), `SELECT what FROM kept`); got != "kept" {
		t.Errorf("found %q", got)
	}
}

// A server that survived its parent, as on systems that cannot prevent it, is
// stopped by the next Start.
func TestStartStopsServerLeftBehind(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	s := mustStart(t, folder)
	url := s.URL()
	mustExec(t, url, `CREATE TABLE kept (what text)`)
	binary, err := os.Readlink("/proc/" + strconv.Itoa(s.process.Pid) + "/exe")
	if err != nil {
		binary = "postgres"
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.folder.account.makeFolder(filepath.Join(folder, "run")); err != nil {
		t.Fatal(err)
	}
	orphan := s.folder.account.command(context.Background(), binary, "-D", s.folder.data(), "-k", filepath.Join(folder, "run"), "-c", "listen_addresses=")
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	mustExec(t, url, `INSERT INTO kept VALUES ('by the orphan')`)
	again := mustStart(t, folder)
	if err := <-ended; err != nil {
		t.Errorf("the server left behind did not end in order: %v", err)
	}
	if got := mustGet[string](t, again.URL(), `SELECT what FROM kept`); got != "by the orphan" {
		t.Errorf("found %q", got)
	}
}

// A lock file may name a process that took the number over since: it is neither
// killed nor an obstacle.
func TestStartWithStaleLockFile(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	f, err := openFolder(folder, orDiscard(nil))
	if err != nil {
		t.Fatal(err)
	}
	innocent := f.account.command(context.Background(), "/bin/sleep", "1000")
	if err := innocent.Start(); err != nil {
		t.Fatal(err)
	}
	defer innocent.Wait()
	defer innocent.Process.Kill()
	stale := strings.Join([]string{strconv.Itoa(innocent.Process.Pid), f.data(), "1700000000", "5432", filepath.Join(folder, "run"), "", "  1234567         1", "ready   ", ""}, "\n")
	if err := os.WriteFile(filepath.Join(f.data(), "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.account.own(filepath.Join(f.data(), "postmaster.pid")); err != nil {
		t.Fatal(err)
	}
	mustStart(t, folder)
	if !alive(innocent.Process.Pid) {
		t.Error("a process that is no server was killed")
	}
}

// The server itself dies: its end is seen, and the next start recovers.
func TestStartAfterKilledServer(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	s := mustStart(t, folder)
	mustExec(t, s.URL(), `CREATE TABLE kept (what text)`, `INSERT INTO kept VALUES ('committed')`)
	if err := syscall.Kill(s.process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Exited()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := mustStart(t, folder)
	if got := mustGet[string](t, again.URL(), `SELECT what FROM kept`); got != "committed" {
		t.Errorf("found %q", got)
	}
}

// An interrupted first start leaves nothing that looks like data.
func TestStartAfterInterruptedInitdb(t *testing.T) {
	t.Parallel()
	folder := testFolder(t)
	if err := os.MkdirAll(filepath.Join(folder, "data.new", "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "data.new", "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustStart(t, folder)
}

// SIGTERM's default ends the parent without a word to its server.
func TestServerEndsWithTerminatedParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		return // only the next start stops it there, which the tests above show
	}
	h := runHelper(t, filledFolder(t), nil)
	if h.server == 0 {
		t.Fatal(h.line)
	}
	if err := h.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	h.command.Wait()
	waitUntil(t, "the server ends", func() bool { return !alive(h.server) })
}

// Without root's rights the server is that of the account itself.
func TestStartWithoutRoot(t *testing.T) {
	t.Parallel()
	folder := testFolder(t)
	if os.Geteuid() == 0 {
		if err := os.Chmod(filepath.Dir(folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	h := runHelper(t, folder, func(c *exec.Cmd) { asNobody(t, c) })
	if h.server == 0 {
		t.Fatal(h.line)
	}
	if owner, _ := ownerOf(filepath.Join(folder, "data")); os.Geteuid() == 0 && owner != nobody {
		t.Errorf("the data belong to %d", owner)
	}
	if err := h.end(); err != nil {
		t.Fatal(err)
	}
	// Root goes on with the data as their owner.
	s := mustStart(t, folder)
	if got := mustGet[int](t, s.URL(), `SELECT 1`); got != 1 {
		t.Error(got)
	}
}

// The other way round the account is told what is wrong.
func TestStartOnAnothersData(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // nobody else's data can be made here
	}
	folder := filledFolder(t)
	h := runHelper(t, folder, func(c *exec.Cmd) { asNobody(t, c) })
	if !strings.Contains(h.line, "belongs to account postgres: run as that account, or choose another data folder") {
		t.Errorf("got %q", h.line)
	}
}

// Root's server runs as an account that cannot enter root's folders.
func TestStartBelowClosedFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "pg") // closed: os.MkdirTemp makes it for its owner only
	s := mustStart(t, folder)
	if os.Geteuid() == 0 {
		t.Cleanup(func() { os.RemoveAll(s.folder.path) })
		if !strings.HasPrefix(s.folder.path, relocated) {
			t.Errorf("the data are in %s", s.folder.path)
		}
	}
	url, ok := Running(folder)
	if !ok || url != s.URL() {
		t.Errorf("the folder asked for does not lead to the server: %q", url)
	}
	mustExec(t, url, `CREATE TABLE kept (what text)`)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := mustStart(t, folder)
	mustExec(t, again.URL(), `SELECT * FROM kept`)
}

// A socket's path may be about a hundred characters long; a data folder's more.
func TestStartInDeepFolder(t *testing.T) {
	t.Parallel()
	folder := testFolder(t) + strings.Repeat("/a-rather-long-name", 6)
	s := mustStart(t, folder)
	mustExec(t, s.URL(), `SELECT 1`)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.folder.socket); err == nil {
		t.Errorf("%s is left", s.folder.socket)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		prepare func(t *testing.T, folder string)
		want    string
	}{
		{"a file in the folder's place", func(t *testing.T, folder string) { mustWrite(t, folder, "") }, "not a directory"},
		{"something else in data/", func(t *testing.T, folder string) { mustWrite(t, folder+"/data/letter.txt", "") }, "holds something else than PostgreSQL's data"},
		{"a setting that does not exist", func(*testing.T, string) {}, `unrecognized configuration parameter "no_such_setting"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			folder := testFolder(t)
			c.prepare(t, folder)
			s, err := Start(t.Context(), Options{Dir: folder, Settings: map[string]string{"no_such_setting": "1"}})
			if err == nil {
				s.Stop()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// A lost password cannot be had again, and the data must not be touched.
func TestStartWithoutPassword(t *testing.T) {
	t.Parallel()
	folder := filledFolder(t)
	if err := os.Remove(filepath.Join(folder, "password")); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: folder}); err == nil || !strings.Contains(err.Error(), "the password of the data in") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "data", "PG_VERSION")); err != nil {
		t.Error(err)
	}
}

func mustWrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}
