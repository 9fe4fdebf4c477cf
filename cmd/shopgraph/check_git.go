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

// isHead says whether the commit is the one that is checked out.
func (r *revision) isHead() bool {
	head, err := git(r.ctx, "rev-parse", "HEAD")
	return err == nil && strings.TrimSpace(head) == r.commit
}

// shallow is a word about a history that was cut off.
func shallow(ctx context.Context) string {
	if out, err := git(ctx, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(out) == "true" {
		return "; the history here is shallow"
	}
	return ""
}

// object is how git names a path in the commit. An absolute path is one below
// the repository.
func (r *revision) object(path string) (string, error) {
	if !filepath.IsAbs(path) {
		return r.commit + ":./" + filepath.ToSlash(path), nil
	}
	top, err := git(r.ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(strings.TrimSpace(top), path)
	if err != nil || strings.HasPrefix(relative, "..") {
		return "", fmt.Errorf("%s is outside of the repository", path)
	}
	return r.commit + ":" + filepath.ToSlash(relative), nil
}

// entries implements tree.
func (r *revision) entries(folder string) (files, folders []string, err error) {
	object, err := r.object(folder)
	if err != nil {
		return nil, nil, err
	}
	if _, err := git(r.ctx, "rev-parse", "--verify", "--quiet", object); err != nil {
		return nil, nil, nil
	}
	out, err := git(r.ctx, "ls-tree", "-z", object)
	for entry := range strings.SplitSeq(out, "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		switch kind := strings.Fields(about); {
		case len(kind) < 2:
		case kind[1] == "tree":
			folders = append(folders, name)
		default:
			files = append(files, name)
		}
	}
	return files, folders, err
}

// read implements tree.
func (r *revision) read(path string) ([]byte, error) {
	object, err := r.object(path)
	if err != nil {
		return nil, err
	}
	out, err := git(r.ctx, "show", object)
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return nil, fmt.Errorf("there was no file %s, so there is nothing to compare with", strings.TrimPrefix(path, "./"))
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
