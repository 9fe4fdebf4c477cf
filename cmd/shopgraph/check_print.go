package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/report"
)

var reportFormats = []string{"text", "json", "github", "sarif", "markdown", "junit"}

// print writes the outcome as it was asked for. In a job of GitHub Actions the
// format github writes the job's summary, too.
func (c *checkArgs) print(r *report.Report, io stdio) error {
	for _, format := range slices.Sorted(maps.Keys(c.reports)) {
		if err := writeReport(r, format, c.reports[format], c.all); err != nil {
			return err
		}
	}
	if c.format == "github" {
		if err := summarize(r, env("GITHUB_STEP_SUMMARY")); err != nil {
			return err
		}
	}
	return printReport(io.out, r, c.format, report.Text{Color: colored(io.out), All: c.all})
}

func writeReport(r *report.Report, format, path string, all bool) error {
	if !slices.Contains(reportFormats, format) {
		return fmt.Errorf("there is no format %q for --report; choose from %s", format, strings.Join(reportFormats, ", "))
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(printReport(file, r, format, report.Text{All: all}), file.Close())
}

func printReport(w io.Writer, r *report.Report, format string, text report.Text) error {
	switch format {
	case "json":
		return report.JSON(w, r)
	case "github":
		return report.GitHub(w, r.Renamed(fromRepository()))
	case "sarif":
		return report.SARIF(w, r.Renamed(fromRepository()), programVersion())
	case "markdown":
		return report.Markdown(w, r)
	case "junit":
		return report.JUnit(w, r)
	default:
		return text.Write(w, r)
	}
}

// fromRepository names files as from the top of the repository around the working
// directory, as services that show findings in a repository's files want them.
// Files outside, addresses, and all where there is no repository stay as they are.
func fromRepository() func(file string) string {
	here, err := os.Getwd()
	top := here
	for err == nil {
		if _, missing := os.Stat(filepath.Join(top, ".git")); missing == nil {
			break
		}
		above := filepath.Dir(top)
		if above == top {
			err = fs.ErrNotExist
		}
		top = above
	}
	return func(file string) string {
		if err != nil || strings.Contains(file, "://") {
			return file
		}
		path := file
		if !filepath.IsAbs(path) {
			path = filepath.Join(here, path)
		}
		relative, outside := filepath.Rel(top, path)
		if outside != nil || !filepath.IsLocal(relative) {
			return file
		}
		return filepath.ToSlash(relative)
	}
}

func summarize(r *report.Report, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	return report.Markdown(file, r)
}

// colored says whether a terminal with colours is written to.
func colored(out any) bool {
	file, ok := out.(*os.File)
	if !ok || env("NO_COLOR") != "" || env("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}
