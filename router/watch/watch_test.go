package watch

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

type watched struct {
	path string
	seen chan string
}

// start watches a file that holds "first" until the test ends.
func start(t *testing.T, poll time.Duration) watched {
	t.Helper()
	w := watched{filepath.Join(t.TempDir(), "file"), make(chan string, 100)}
	w.write(t, "first")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		File(ctx, Options{Path: w.path, Poll: poll, Log: slog.New(slog.DiscardHandler)}, "first", func(contents string) { w.seen <- contents })
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		goleak.VerifyNone(t)
	})
	return w
}

func (w watched) write(t *testing.T, contents string) {
	t.Helper()
	if err := os.WriteFile(w.path, []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
}

// await returns when the file was seen with these contents; what it held on the
// way there does not matter.
func (w watched) await(t *testing.T, want string) {
	t.Helper()
	for got := range w.seen {
		if got == want {
			return
		}
	}
}

func TestAFileThatIsWritten(t *testing.T) {
	w := start(t, time.Hour)
	w.write(t, "second")
	w.await(t, "second")
	w.write(t, "third")
	w.await(t, "third")
}

func TestAFileThatIsReplaced(t *testing.T) {
	w := start(t, time.Hour)
	for _, contents := range []string{"second", "third"} {
		other := w.path + ".new"
		if err := os.WriteFile(other, []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(other, w.path); err != nil {
			t.Fatal(err)
		}
		w.await(t, contents)
	}
}

// As volumes of configuration do it: the file is a link, by way of a folder that
// is a link, and that one is turned.
func TestALinkThatIsTurned(t *testing.T) {
	w := start(t, time.Hour)
	dir := filepath.Dir(w.path)
	for _, version := range []string{"1", "2"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, version, "file"), []byte("version "+version), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(version, filepath.Join(dir, "next")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "data")); err != nil {
			t.Fatal(err)
		}
		if version == "1" {
			if err := os.Remove(w.path); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join("data", "file"), w.path); err != nil {
				t.Fatal(err)
			}
		}
		w.await(t, "version "+version)
	}
}

func TestAFileThatIsAwayForATime(t *testing.T) {
	w := start(t, time.Millisecond)
	if err := os.Remove(w.path); err != nil {
		t.Fatal(err)
	}
	w.write(t, "second")
	w.await(t, "second")
}

// Where the system cannot tell of changes, here since the folder is not there
// yet, a signal still makes it read.
func TestASignalReadsAtOnce(t *testing.T) {
	now := make(chan os.Signal)
	w := watched{filepath.Join(t.TempDir(), "later", "file"), make(chan string, 100)}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go File(ctx, Options{Path: w.path, Poll: time.Hour, Now: now, Log: slog.New(slog.DiscardHandler)}, "", func(contents string) { w.seen <- contents })
	now <- syscall.SIGHUP // it is running, and finds no file
	if err := os.Mkdir(filepath.Dir(w.path), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write(t, "first")
	now <- syscall.SIGHUP
	w.await(t, "first")
}
