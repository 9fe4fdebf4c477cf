// Package goldentest runs tests that are texts: one txtar archive is one test,
// with the reason as its comment, the inputs and the expected outputs as files.
//
// Run a single one with -run, rewrite what is expected with -update:
//
//	go test ./router/plan -run 'TestPlan/requires/chain' -update
package goldentest

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected files of txtar tests with what was seen")

// Case is one archive: its comment says why the test exists, Files are its
// inputs and expectations by name.
type Case struct {
	Comment string
	names   []string
	files   map[string]string
}

// File returns the named file, or "" when the archive has none.
func (c *Case) File(name string) string { return c.files[name] }

// Has says whether the archive holds the named file.
func (c *Case) Has(name string) bool { _, ok := c.files[name]; return ok }

// Names lists the files in the archive's order.
func (c *Case) Names() []string { return slices.Clone(c.names) }

// Run calls check for every .txtar file under dir, as a subtest with the
// file's path. The map that check returns holds what was seen; the archive's
// files of these names hold what is expected. A name the archive lacks is a
// failure, as is an archive's file that is in wanted but was not returned.
func Run(t *testing.T, dir string, check func(t *testing.T, c *Case) map[string]string, wanted ...string) {
	t.Helper()
	files := archives(t, dir)
	if len(files) == 0 {
		t.Fatalf("no .txtar files under %s", dir)
	}
	for _, file := range files {
		name, _ := filepath.Rel(dir, file)
		t.Run(strings.TrimSuffix(filepath.ToSlash(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, file, archive, check(t, NewCase(archive)), wanted)
		})
	}
}

func archives(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".txtar" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// NewCase returns the case that an archive is.
func NewCase(archive *txtar.Archive) *Case {
	c := &Case{Comment: string(archive.Comment), files: map[string]string{}}
	for _, f := range archive.Files {
		c.names = append(c.names, f.Name)
		c.files[f.Name] = string(f.Data)
	}
	return c
}

func compare(t *testing.T, file string, archive *txtar.Archive, seen map[string]string, wanted []string) {
	t.Helper()
	if *update {
		rewrite(t, file, archive, seen, wanted)
		return
	}
	c := NewCase(archive)
	for _, name := range sortedKeys(seen) {
		if !c.Has(name) {
			t.Errorf("%s has no file %q; run with -update to write it:\n%s", file, name, seen[name])
			continue
		}
		if diff := cmp.Diff(withNewline(c.File(name)), withNewline(seen[name])); diff != "" {
			t.Errorf("%s: %s differs (-expected +seen):\n%s", file, name, diff)
		}
	}
	for _, name := range wanted {
		if _, ok := seen[name]; c.Has(name) && !ok {
			t.Errorf("%s expects %q, which this run did not produce", file, name)
		}
	}
}

// rewrite replaces what was seen, adds what is new and drops the wanted files
// that were not produced, keeping the order of the rest.
func rewrite(t *testing.T, file string, archive *txtar.Archive, seen map[string]string, wanted []string) {
	t.Helper()
	var files []txtar.File
	for _, f := range archive.Files {
		if text, ok := seen[f.Name]; ok {
			f.Data = []byte(withNewline(text))
			delete(seen, f.Name)
		} else if slices.Contains(wanted, f.Name) {
			continue
		}
		files = append(files, f)
	}
	for _, name := range sortedKeys(seen) {
		files = append(files, txtar.File{Name: name, Data: []byte(withNewline(seen[name]))})
	}
	archive.Files = files
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func withNewline(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

// Page compares a file that is written from code, such as documentation, with
// what the code says; -update writes it.
func Page(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the code says; run this test with -update", file)
	}
}
