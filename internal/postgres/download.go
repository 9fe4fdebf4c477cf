//go:build unix

package postgres

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// downloadable are the versions that can be downloaded, by major version; 0 is
// the one to begin with.
var downloadable = map[int]embeddedpostgres.PostgresVersion{
	0:  embeddedpostgres.V18,
	14: embeddedpostgres.V14,
	15: embeddedpostgres.V15,
	16: embeddedpostgres.V16,
	17: embeddedpostgres.V17,
	18: embeddedpostgres.V18,
}

func download(ctx context.Context, major int, a systemAccount, _ *slog.Logger) (string, error) {
	cache, err := cacheFolder(a)
	if err != nil {
		return "", err
	}
	version, ok := downloadable[major]
	if !ok {
		return "", fmt.Errorf("there is no version %d to download", major)
	}
	return fetch(ctx, embeddedpostgres.DefaultConfig().Version(version), version, cache)
}

// cacheFolder is where downloads are kept; root's has to be open to the account
// that runs the server.
func cacheFolder(a systemAccount) (string, error) {
	if a.other {
		return "/var/cache/shopgraph", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep downloads in: %w", err)
	}
	return filepath.Join(cache, "shopgraph"), nil
}

// fetch downloads and unpacks the binaries unless cache has them, and returns
// their folder. Only what is complete gets the final name.
//
// The library fetches as part of starting a server, which would be as the wrong
// account and on other data. So the start is made to end right behind the
// fetching: its data folder claims to be initialised but is empty, which the
// server refuses at once.
func fetch(ctx context.Context, config embeddedpostgres.Config, version embeddedpostgres.PostgresVersion, cache string) (string, error) {
	final := filepath.Join(cache, "postgresql-"+string(version))
	if complete(final) {
		return filepath.Join(final, "bin"), nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(cache, "unpacking-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	unpacked, data := filepath.Join(temp, "postgresql"), filepath.Join(temp, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(version), 0o600); err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	library := embeddedpostgres.NewDatabase(config.CachePath(cache).BinariesPath(unpacked).
		RuntimePath(filepath.Join(temp, "run")).DataPath(data).Port(port).Logger(io.Discard))
	done := make(chan error, 1)
	go func() { done <- library.Start() }()
	select {
	case err = <-done:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if !complete(unpacked) {
		return "", fmt.Errorf("%w", err)
	}
	if err := os.Rename(unpacked, final); err != nil && !complete(final) { // another process may have been faster
		return "", err
	}
	return filepath.Join(final, "bin"), nil
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(folder, "bin", program)); err != nil {
			return false
		}
	}
	return true
}

func freePort() (uint32, error) {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return uint32(listener.Addr().(*net.TCPAddr).Port), nil
}

// installHint is the command that installs PostgreSQL on this system.
func installHint() string {
	release, _ := os.ReadFile("/etc/os-release")
	return hintFor(runtime.GOOS, string(release))
}

func hintFor(system, release string) string {
	if system == "darwin" {
		return "brew install postgresql"
	}
	families := ""
	for line := range strings.Lines(release) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name == "ID" || name == "ID_LIKE" {
			families += " " + strings.Trim(value, `"`)
		}
	}
	for _, known := range []struct{ family, command string }{
		{"debian", "apt-get install postgresql"},
		{"ubuntu", "apt-get install postgresql"},
		{"fedora", "dnf install postgresql-server"},
		{"rhel", "dnf install postgresql-server"},
		{"alpine", "apk add postgresql"},
		{"arch", "pacman -S postgresql"},
		{"suse", "zypper install postgresql-server"},
		{"freebsd", "pkg install postgresql17-server"},
	} {
		if strings.Contains(families+" "+system, known.family) {
			return known.command
		}
	}
	return "apt-get install postgresql (Debian, Ubuntu), dnf install postgresql-server (Fedora), brew install postgresql (macOS)"
}
