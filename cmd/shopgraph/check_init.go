package main

import (
	_ "embed" // for the workflows
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const checkInitHelp = `
shopgraph check init writes a workflow that runs "shopgraph check" on every
change: on GitHub with annotations at the lines and a summary of the job, on
GitLab with a report in the merge request. It overwrites nothing.

Usage: shopgraph check init github|gitlab

  github  .github/workflows/schema-check.yml
  gitlab  .gitlab/schema-check.yml, to be included by .gitlab-ci.yml

Exit status: 0 written; 2 the file is there already, or cannot be written.`

// workflows are what init writes, by service.
var workflows = map[string]struct{ path, text, next string }{
	"github": {".github/workflows/schema-check.yml", githubWorkflow, "commit it: it runs on every pull request"},
	"gitlab": {".gitlab/schema-check.yml", gitlabWorkflow, "add it to .gitlab-ci.yml:\n\n  include:\n    - local: .gitlab/schema-check.yml\n"},
}

var (
	//go:embed workflow_github.yml
	githubWorkflow string
	//go:embed workflow_gitlab.yml
	gitlabWorkflow string
)

func checkInit(args []string, io stdio) int {
	flags := flag.NewFlagSet("check init", flag.ContinueOnError)
	if status, ok := parseFlags(flags, checkInitHelp, args, io); !ok {
		return status
	}
	w, ok := workflows[flags.Arg(0)]
	if !ok || flags.NArg() != 1 {
		fmt.Fprintln(io.err, "shopgraph check init: say for which service: github or gitlab")
		return exitUsage
	}
	if err := writeNew(w.path, w.text); err != nil {
		fmt.Fprintf(io.err, "shopgraph check init: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(io.out, "wrote %s; %s\n", w.path, strings.TrimSpace(w.next))
	return exitOK
}

// writeNew writes a file that is not there yet.
func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: change it, or take it away first", path)
	}
	if err != nil {
		return err
	}
	if _, err := file.WriteString(text); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
