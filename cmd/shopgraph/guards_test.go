package main

import (
	"cmp"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each row of the tables in docs/guards.md names a setting with its default, and a
// code that the program has.
func TestGuardsAreAsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/guards.md")
	if err != nil {
		t.Fatal(err)
	}
	demo, production := settings(t), settings(t, "--env", "production")
	codes := codesInSource(t)
	row := regexp.MustCompile("(?m)^\\| [^|]+ \\| (?:`([a-z-]+)`)? ?\\| ([^|;]*?)(?:; (\\w+) in production)? ?\\| (?:`([A-Z_]+)`)? ?\\|$")
	rows := row.FindAllStringSubmatch(string(text), -1)
	if lines := strings.Count(string(text), "\n| ") - strings.Count(string(text), "\n| guard |"); len(rows) != lines {
		t.Errorf("%d of %d rows are understood", len(rows), lines)
	}
	for _, r := range rows {
		name, standard, inProduction, code := r[1], r[2], r[3], r[4]
		if inProduction == "" {
			inProduction = standard
		}
		for _, want := range []struct {
			value string
			in    *flag.FlagSet
		}{{standard, demo}, {inProduction, production}} {
			if setting := want.in.Lookup(name); name != "" && (setting == nil || cmp.Or(setting.Value.String(), "none") != want.value) {
				t.Errorf("the setting %q is %+v, and %q in docs/guards.md", name, setting, want.value)
			}
		}
		if code != "" && !strings.Contains(codes, `"`+code+`"`) {
			t.Errorf("there is no code %q", code)
		}
	}
}

// settings are those of a router that is given these arguments only.
func settings(t *testing.T, args ...string) *flag.FlagSet {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	c := &config{role: "router"}
	c.define(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	if err := c.complete(f, ""); err != nil {
		t.Fatal(err)
	}
	return f
}

// codesInSource is the source of the packages that refuse requests.
func codesInSource(t *testing.T) string {
	var all strings.Builder
	for _, folder := range []string{"../../router", "../../internal/apierror"} {
		err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				text, err := os.ReadFile(filepath.Join(folder, path))
				all.Write(text)
				return err
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
