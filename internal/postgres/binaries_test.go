//go:build unix

package postgres

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

func noDownload(context.Context, int, systemAccount, *slog.Logger) (string, error) {
	return "", errors.New("no network")
}

// fakeInstallation is programs that know nothing but their version.
func fakeInstallation(t *testing.T, folder, version string) {
	t.Helper()
	for _, program := range []string{"initdb", "postgres"} {
		mustWrite(t, filepath.Join(folder, program), "#!/bin/sh\necho '"+program+" (PostgreSQL) "+version+" (Debian "+version+"-1)'\n")
		if err := os.Chmod(filepath.Join(folder, program), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	root := openTemp(t, "")
	for _, version := range []string{"9.6.24", "13.4", "15.6", "16.2"} {
		major, _, _ := strings.Cut(version, ".")
		fakeInstallation(t, filepath.Join(root, "lib", major, "bin"), version)
	}
	fakeInstallation(t, filepath.Join(root, "home", ".asdf/17.1/bin"), "17.1")
	mustWrite(t, filepath.Join(root, "half", "postgres"), "not a program")
	if err := os.MkdirAll(filepath.Join(root, "links"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "lib/15/bin/postgres"), filepath.Join(root, "links/postgres")); err != nil {
		t.Fatal(err)
	}
	every := []string{root + "/lib/*/bin", "~/.asdf/*/bin"}
	cases := []struct {
		name   string
		path   string
		places []string
		major  int
		want   string // version, or part of the error
	}{
		{"newest of a place, whatever its digits", "", every, 0, "16.2"},
		{"the version that made the data", "", every, 15, "15.6"},
		{"below the home folder", "", every, 17, "17.1"},
		{"path before places, its links followed", root + "/links", every, 0, "15.6"},
		{"a path relative to where we happen to be is passed over", "lib/15/bin", every, 0, "16.2"},
		{"a folder without programs is passed over", root + "/half:" + root, every, 0, "16.2"},
		{"only one that is too old", root + "/lib/13/bin", nil, 0,
			"PostgreSQL is not installed (wanted: any version from 14; found only 13.4 in " + root + "/lib/13/bin) and cannot be downloaded (no network): install it with: apt-get install postgresql; or set DATABASE_URL to a server that runs"},
		{"not the version that made the data", "", every, 12,
			"PostgreSQL is not installed (wanted: version 12, which made the data; found only 16.2 in"},
		{"nothing at all", "", nil, 0,
			"PostgreSQL is not installed (wanted: any version from 14) and cannot be downloaded (no network): install it with: apt-get install postgresql; or set DATABASE_URL to a server that runs"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := finder{path: c.path, home: root + "/home", places: c.places, download: noDownload, hint: "apt-get install postgresql"}
			b, err := f.find(t.Context(), systemAccount{}, c.major, orDiscard(nil))
			if err != nil && !strings.Contains(err.Error(), c.want) || err == nil && b.version != c.want {
				t.Errorf("found %q, %v; want %q", b.version, err, c.want)
			}
		})
	}
}

// With nothing on the PATH the places where package managers put servers do.
func TestStartWithEmptyPath(t *testing.T) {
	t.Parallel()
	search := defaultFinder()
	search.path, search.download = "", noDownload
	if len(search.folders()) == 0 { // a server that only the PATH leads to
		search.places = append(search.places, filepath.Dir(realBinaries(t).path("postgres")))
	}
	s, err := startWith(t.Context(), Options{Dir: filledFolder(t), Settings: fastSettings}, search)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	mustExec(t, s.URL(), `SELECT 1`)
}

// Without any PostgreSQL the start says what to install.
func TestStartWithoutBinaries(t *testing.T) {
	t.Parallel()
	search := finder{download: noDownload, hint: hintFor("linux", "ID=debian\n")}
	_, err := startWith(t.Context(), Options{Dir: testFolder(t)}, search)
	if err == nil || !strings.Contains(err.Error(), "install it with: apt-get install postgresql; or set DATABASE_URL") {
		t.Errorf("got %v", err)
	}
}

// The download, its unpacking and a server run from it, with this machine's own
// programs in the place of the downloaded ones.
func TestStartWithDownload(t *testing.T) {
	const version = embeddedpostgres.PostgresVersion("15.0.0")
	served := map[string]int{}
	repository := httptest.NewServer(archiveHandler(t, realBinaries(t), served))
	defer repository.Close()
	cache := openTemp(t, "")
	folders := []string{testFolder(t), testFolder(t)}
	t.Setenv("TMPDIR", t.TempDir()) // the library leaves a log file there
	search := finder{download: func(ctx context.Context, _ int, _ systemAccount, _ *slog.Logger) (string, error) {
		return fetch(ctx, embeddedpostgres.DefaultConfig().Version(version).BinaryRepositoryURL(repository.URL), version, cache)
	}}
	for _, folder := range folders {
		s, err := startWith(t.Context(), Options{Dir: folder, Settings: fastSettings}, search)
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, s.URL(), `SELECT 1`)
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if served[".jar"] != 1 {
		t.Errorf("downloaded %d times", served[".jar"])
	}
	left, err := filepath.Glob(filepath.Join(cache, "unpacking-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A repository that is not there, has not the version, or sends something else.
func TestDownloadFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, handler := range map[string]http.HandlerFunc{
		"not found": http.NotFound,
		"nonsense":  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "nonsense") },
	} {
		t.Run(name, func(t *testing.T) {
			repository := httptest.NewServer(handler)
			defer repository.Close()
			cache := t.TempDir()
			_, err := fetch(t.Context(), embeddedpostgres.DefaultConfig().BinaryRepositoryURL(repository.URL), embeddedpostgres.V18, cache)
			if err == nil {
				t.Fatal("it succeeded")
			}
			if complete(filepath.Join(cache, "postgresql-"+string(embeddedpostgres.V18))) {
				t.Error("there are binaries")
			}
		})
	}
}

func TestHintFor(t *testing.T) {
	for _, c := range []struct{ system, release, want string }{
		{"linux", "NAME=\"Debian\"\nID=debian\n", "apt-get install postgresql"},
		{"linux", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt-get install postgresql"},
		{"linux", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "dnf install postgresql-server"},
		{"linux", "ID=alpine\n", "apk add postgresql"},
		{"linux", "ID=arch\n", "pacman -S postgresql"},
		{"linux", "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "zypper install postgresql-server"},
		{"darwin", "", "brew install postgresql"},
		{"freebsd", "", "pkg install postgresql17-server"},
		{"linux", "", "apt-get install postgresql (Debian, Ubuntu), dnf install postgresql-server (Fedora), brew install postgresql (macOS)"},
	} {
		if got := hintFor(c.system, c.release); got != c.want {
			t.Errorf("hintFor(%q, %q) = %q, want %q", c.system, c.release, got, c.want)
		}
	}
}

// realBinaries is this machine's PostgreSQL.
func realBinaries(t *testing.T) binaries {
	t.Helper()
	b, err := defaultFinder().find(t.Context(), systemAccount{}, 0, orDiscard(nil))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// archiveHandler serves what the library downloads: a zip that holds a tar.xz of
// bin/, and its checksum. It counts what it serves by ending.
func archiveHandler(t *testing.T, b binaries, served map[string]int) http.HandlerFunc {
	t.Helper()
	var unpacked bytes.Buffer
	writer := tar.NewWriter(&unpacked)
	for _, program := range []string{"initdb", "pg_ctl", "postgres"} {
		// A program that stands elsewhere runs the original, which finds its
		// libraries and data from where it stands.
		script := fmt.Appendf(nil, "#!/bin/sh\nexec %s \"$@\"\n", b.path(program))
		header := &tar.Header{Name: "bin/" + program, Mode: 0o755, Size: int64(len(script)), Typeflag: tar.TypeReg}
		if err := writer.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write(script); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	zipped := zip.NewWriter(&jar)
	file, err := zipped.Create("postgres.txz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(storedXZ(unpacked.Bytes())); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(jar.Bytes())
	return func(w http.ResponseWriter, r *http.Request) {
		served[filepath.Ext(r.URL.Path)]++
		if strings.HasSuffix(r.URL.Path, ".sha256") {
			io.WriteString(w, hex.EncodeToString(sum[:]))
			return
		}
		w.Write(jar.Bytes())
	}
}

// storedXZ is data, of at most 64 KiB, in the .xz format without compression:
// header, one block of one LZMA2 chunk, index, footer.
func storedXZ(data []byte) []byte {
	withSum := func(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)) }
	padded := func(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }
	flags := []byte{0, 1} // checked by CRC-32

	block := withSum([]byte{2, 0, 0x21, 1, 0, 0, 0, 0})
	block = append(binary.BigEndian.AppendUint16(append(block, 1), uint16(len(data)-1)), data...)
	block = append(block, 0)
	const sumSize = 4
	size := len(block) + sumSize
	block = binary.LittleEndian.AppendUint32(padded(block), crc32.ChecksumIEEE(data))

	index := binary.AppendUvarint([]byte{0, 1}, uint64(size))
	index = withSum(padded(binary.AppendUvarint(index, uint64(len(data)))))

	footer := append(binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1)), flags...)
	stream := append([]byte("\xfd7zXZ\x00"), withSum(flags)...)
	stream = append(append(stream, block...), index...)
	stream = binary.LittleEndian.AppendUint32(stream, crc32.ChecksumIEEE(footer))
	return append(append(stream, footer...), "YZ"...)
}
