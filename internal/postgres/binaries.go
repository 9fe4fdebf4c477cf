//go:build unix

package postgres

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binaries is a folder with PostgreSQL's programs.
type binaries struct {
	folder  string
	version string // as in 16.4
}

func (b binaries) path(program string) string { return filepath.Join(b.folder, program) }

func (b binaries) major() int {
	text, _, _ := strings.Cut(b.version, ".")
	major, _ := strconv.Atoi(text)
	return major
}

// oldestMajor is the oldest version that lib/pq supports.
const oldestMajor = 14

// places are where package managers put servers beside PATH. Of those that match
// one pattern the newest is taken first.
var places = []string{
	"/usr/lib/postgresql/*/bin",                           // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                    // Red Hat, PostgreSQL's own packages
	"/usr/libexec/postgresql*",                            // Alpine
	"/opt/homebrew/opt/postgresql*/bin",                   // Homebrew on Apple silicon
	"/usr/local/opt/postgresql*/bin",                      // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin",  // Postgres.app
	"~/Applications/Postgres.app/Contents/Versions/*/bin", //
	"/Library/PostgreSQL/*/bin",                           // EDB's installer
	"/run/current-system/sw/bin",                          // NixOS
	"/nix/var/nix/profiles/default/bin",                   // Nix
	"~/.nix-profile/bin",                                  //
	"~/.asdf/installs/postgres/*/bin",                     // asdf
	"~/.local/share/mise/installs/postgres/*/bin",         // mise
	"/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin",  // built from source, BSDs, Arch, when PATH is short
}

// finder looks for binaries.
type finder struct {
	path     string   // as $PATH
	home     string   // for ~ in places
	places   []string // patterns
	download func(ctx context.Context, major int, a systemAccount, log *slog.Logger) (folder string, err error)
	hint     string // how to install PostgreSQL here
}

func defaultFinder() finder {
	home, _ := os.UserHomeDir()
	places := slices.Clone(places)
	if prefix := os.Getenv("HOMEBREW_PREFIX"); prefix != "" { // on Linux, or where else it was put
		places = append(places, filepath.Join(prefix, "opt", "postgresql*", "bin"))
	}
	return finder{path: os.Getenv("PATH"), home: home, places: places, download: download, hint: installHint()}
}

// find returns the first binaries that the account may run and that fit: of the
// major version that made the data, or of any supported one when major is 0.
// Where there are none it downloads them.
func (f finder) find(ctx context.Context, a systemAccount, major int, log *slog.Logger) (binaries, error) {
	var seen []string
	for _, folder := range f.folders() {
		if !a.mayEnter(folder) {
			continue
		}
		b, err := inspect(ctx, folder)
		if err != nil {
			continue
		}
		if major == 0 && b.major() >= oldestMajor || major != 0 && b.major() == major {
			return b, nil
		}
		seen = append(seen, fmt.Sprintf("%s in %s", b.version, folder))
	}
	wanted := "any version from " + strconv.Itoa(oldestMajor)
	if major != 0 {
		wanted = "version " + strconv.Itoa(major) + ", which made the data"
	}
	log.Info("downloading PostgreSQL, because it is not installed here", "wanted", wanted, "found", strings.Join(seen, ", "))
	folder, err := f.download(ctx, major, a, log)
	if err != nil {
		if len(seen) > 0 {
			wanted += "; found only " + strings.Join(seen, ", ")
		}
		return binaries{}, fmt.Errorf("PostgreSQL is not installed (wanted: %s) and cannot be downloaded (%w): install it with: %s; or set DATABASE_URL to a server that runs", wanted, err, f.hint)
	}
	return inspect(ctx, folder)
}

// folders are all that may hold binaries, PATH first, links resolved: a link in
// /usr/local/bin often names one program of several.
func (f finder) folders() []string {
	var all []string
	for _, folder := range filepath.SplitList(f.path) {
		if filepath.IsAbs(folder) {
			all = append(all, folder)
		}
	}
	for _, pattern := range f.places {
		if rest, ok := strings.CutPrefix(pattern, "~/"); ok {
			if f.home == "" {
				continue
			}
			pattern = filepath.Join(f.home, rest)
		}
		found, _ := filepath.Glob(pattern)
		slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(versionIn(b), versionIn(a)) })
		all = append(all, found...)
	}
	var folders []string
	for _, folder := range all {
		server, err := filepath.EvalSymlinks(filepath.Join(folder, "postgres"))
		if err == nil && !slices.Contains(folders, filepath.Dir(server)) {
			folders = append(folders, filepath.Dir(server))
		}
	}
	return folders
}

var (
	number        = regexp.MustCompile(`\d+(\.\d+)?`)
	serverVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+[.\d]*)`)
)

// versionIn is the last number in a path, which is the version in every place
// that holds several.
func versionIn(path string) float64 {
	numbers := number.FindAllString(path, -1)
	if len(numbers) == 0 {
		return 0
	}
	version, _ := strconv.ParseFloat(numbers[len(numbers)-1], 64)
	return version
}

// inspect asks the server in the folder for its version. A folder without initdb
// will not do.
func inspect(ctx context.Context, folder string) (binaries, error) {
	b := binaries{folder: folder}
	if _, err := exec.LookPath(b.path("initdb")); err != nil {
		return b, err
	}
	output, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("%s --version: %w", b.path("postgres"), err)
	}
	match := serverVersion.FindSubmatch(output)
	if match == nil {
		return b, fmt.Errorf("%s --version says %q", b.path("postgres"), output)
	}
	b.version = string(match[1])
	return b, nil
}
