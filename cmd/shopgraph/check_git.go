package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// revision reads files as they were in a commit of the repository around the
// working directory.
type revision struct {
	ctx context.Context
	// name is how the user named it, commit what it stands for.
	name, commit string
}

// openRevision finds the commit to compare with: where HEAD left the named
// revision, so that what others did since is not taken for this change's doing;
// or, with tip, the revision itself.
func openRevision(ctx context.Context, name string, tip bool) (*revision, error) {
	if name == "" || strings.HasPrefix(name, "-") {
		return nil, fmt.Errorf("git:%s names no revision: say git:REVISION or git:REVISION:PATH, like git:origin/main", name)
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, errors.New("there is no git here to read the old revision with")
	}
	if _, err := git(ctx, "rev-parse", "--git-dir"); err != nil {
		return nil, errors.New("this folder is in no git repository, so there is no old revision")
	}
	commit, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("git knows no revision %q here: fetch it first (git fetch origin; in CI, check out with the whole history)%s", name, shallow(ctx))
	}
	r := &revision{ctx, name, strings.TrimSpace(commit)}
	if tip {
		return r, nil
	}
	base, err := git(ctx, "merge-base", "HEAD", r.commit)
	if err != nil {
		return nil, fmt.Errorf("git finds no commit that HEAD and %s have in common: fetch the whole history (git fetch --unshallow; in CI, fetch-depth: 0), or compare with the revision itself (--tip)%s", name, shallow(ctx))
	}
	r.commit = strings.TrimSpace(base)
	return r, nil
}

// shallow is a word about a history that was cut off.
func shallow(ctx context.Context) string {
	if out, err := git(ctx, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(out) == "true" {
		return "; the history here is shallow"
	}
	return ""
}

// read is a readFile of the revision. An absolute path is read as one below the
// repository.
func (r *revision) read(path string) ([]byte, error) {
	if filepath.IsAbs(path) {
		top, err := git(r.ctx, "rev-parse", "--show-toplevel")
		if err != nil {
			return nil, err
		}
		relative, err := filepath.Rel(strings.TrimSpace(top), path)
		if err != nil || strings.HasPrefix(relative, "..") {
			return nil, fmt.Errorf("%s is outside of the repository", path)
		}
		path = ":/" + relative
	} else {
		path = "./" + path
	}
	out, err := git(r.ctx, "show", r.commit+":"+strings.TrimPrefix(filepath.ToSlash(path), ":/"))
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return nil, fmt.Errorf("%s has no file %s: there is nothing to compare with", r.name, strings.TrimPrefix(path, "./"))
		}
		return nil, err
	}
	return []byte(out), nil
}

func git(ctx context.Context, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", args...)
	var out, failure bytes.Buffer
	command.Stdout, command.Stderr = &out, &failure
	err := command.Run()
	if err != nil && failure.Len() > 0 {
		err = fmt.Errorf("git %s: %s: %w", args[0], strings.TrimSpace(failure.String()), err)
	}
	return out.String(), err
}
