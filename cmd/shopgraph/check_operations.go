package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/check/documents"
	clientusage "github.com/shopgraph/shopgraph/schema/check/usage"
	"github.com/shopgraph/shopgraph/schema/check/verdict"
)

// clientFile is a file that operations were read from, for excerpts.
type clientFile struct{ name, text string }

// maxClientFile bounds the files that are searched for operations.
const maxClientFile = 64 << 20

// readOperations finds the operations in the files and folders of --operations.
// That there is none in one of them is an error: nothing would be checked.
func (c *checkArgs) readOperations(in *verdict.Input) error {
	var found []documents.Document
	for _, path := range c.operations {
		files, err := clientFiles(path)
		if err != nil {
			return err
		}
		n := len(found) + len(in.Unreadable)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			d, problems := documents.Read(filepath.ToSlash(file), text)
			if len(d)+len(problems) > 0 {
				c.read = append(c.read, clientFile{filepath.ToSlash(file), string(text)})
			}
			found, in.Unreadable = append(found, d...), append(in.Unreadable, problems...)
		}
		if len(found)+len(in.Unreadable) == n {
			return fmt.Errorf("there are no operations in %s: --operations takes GraphQL files, persisted-query manifests, and source code with gql`…` or generated documents", path)
		}
	}
	var problems []documents.Problem
	in.Operations, problems = documents.Collect(found)
	in.Unreadable = append(in.Unreadable, problems...)
	if c.complete && len(c.operations) == 0 {
		return errors.New("--all-operations needs --operations: without them nothing is known to be used")
	}
	if len(c.operations) > 0 && len(in.Operations)+len(in.Unreadable) == 0 {
		return fmt.Errorf("there are no operations in %s, only fragments", strings.Join(c.operations, ", "))
	}
	return nil
}

// clientFiles are the files below a path that may hold operations, sorted.
func clientFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file or folder %s to read operations from", path)
	case err != nil:
		return nil, err
	case !info.IsDir() && documents.KindOf(path) == documents.None:
		return nil, fmt.Errorf("%s is no kind of file that operations are read from", path)
	case !info.IsDir():
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); file != path && (name == "node_modules" || strings.HasPrefix(name, ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if documents.KindOf(file) == documents.None || !entry.Type().IsRegular() {
			return nil
		}
		if info, err := entry.Info(); err != nil || info.Size() > maxClientFile {
			return err
		}
		files = append(files, file)
		return nil
	})
	return files, err
}

// usageArgs say which usage is read, and what of it counts.
type usageArgs struct {
	files      list
	window     days
	minPercent float64
	exclude    list
}

func (u *usageArgs) define(f *flag.FlagSet) {
	u.window = 30
	f.Var(&u.files, "usage", "a `file or folder` of what clients really sent (*.jsonl); may be repeated")
	f.Var(&u.window, "window", "how far back the usage counts, as `days` like 30d")
	f.Float64Var(&u.minPercent, "min-percent", 0, "the share of requests, in `percent`, below which a use does not count")
	f.Var(&u.exclude, "exclude-client", "the `name` of a client whose usage does not count; may be repeated")
}

// days is a flag like "30d".
type days int

func (d *days) String() string { return strconv.Itoa(int(*d)) + "d" }

// Set implements flag.Value.
func (d *days) Set(text string) error {
	unit := 1
	number := strings.TrimSuffix(text, "d")
	if weeks, ok := strings.CutSuffix(text, "w"); ok {
		number, unit = weeks, 7
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 3660 {
		return errors.New("it must be a number of days or weeks, like 30d or 4w")
	}
	*d = days(n * unit)
	return nil
}

// read reads the usage and makes sure that it says something about the window:
// what was not counted is not unused.
func (u *usageArgs) read(in *verdict.Input, now time.Time) error {
	if len(u.files) == 0 {
		return nil
	}
	if u.minPercent < 0 || u.minPercent > 100 || math.IsNaN(u.minPercent) {
		return fmt.Errorf("--min-percent %g is no share in percent", u.minPercent)
	}
	if in.Old == nil {
		return errors.New("--usage needs --against: usage tells whom a change concerns")
	}
	from := now.AddDate(0, 0, 1-int(u.window))
	counted := clientusage.New(from, now, u.exclude)
	for _, path := range u.files {
		files, err := usageFiles(path)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := readUsage(counted, file); err != nil {
				return err
			}
		}
	}
	if err := u.covers(counted, from, now); err != nil {
		return err
	}
	known := map[string][]string{}
	for _, op := range in.Operations {
		uses := check.UsesOf(in.Old.API, op.Text)
		for _, name := range append(op.IDs, op.Signature) {
			known[name] = uses
		}
	}
	in.Usage = &verdict.Usage{Counted: counted, Unknown: counted.Complete(known), MinPercent: u.minPercent, Days: int(u.window)}
	if u.minPercent > 0 && counted.Requests == 0 {
		return errors.New("--min-percent needs usage that counts operations: without them there is no whole to take a share of")
	}
	return nil
}

// covers refuses usage that says nothing about most of the window.
func (u *usageArgs) covers(counted *clientusage.Usage, from, now time.Time) error {
	slack := max(2, int(u.window)/5)
	switch {
	case counted.First.IsZero():
		return fmt.Errorf("the usage has nothing in the %d days to today, so it cannot tell what is unused", u.window)
	case counted.First.After(from.AddDate(0, 0, slack)):
		return fmt.Errorf("the usage begins on %s, and the window of %d days on %s: what was used before is not known; narrow the window with --window %dd",
			counted.First.Format(time.DateOnly), u.window, from.UTC().Format(time.DateOnly), int(now.Sub(counted.First).Hours()/24)+1)
	case counted.Last.Before(now.AddDate(0, 0, -slack)):
		return fmt.Errorf("the usage ends on %s: it is too old to tell what is unused today", counted.Last.Format(time.DateOnly))
	}
	return nil
}

func usageFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no usage at %s", path)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return []string{path}, nil
	}
	files, err := filepath.Glob(filepath.Join(path, "*.jsonl"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there are no *.jsonl files in %s", path)
	}
	slices.Sort(files)
	return files, err
}

func readUsage(counted *clientusage.Usage, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return counted.Read(path, file)
}
