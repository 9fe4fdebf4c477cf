package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tree is where files are read from: what is there now, or another revision.
// Paths are relative to where this program runs.
type tree interface {
	read(path string) ([]byte, error)
	// entries names what is in a folder. A folder that is not there has none.
	entries(folder string) (files, folders []string, err error)
}

// workingTree is what is there now.
type workingTree struct{}

func (workingTree) read(path string) ([]byte, error) { return os.ReadFile(path) }

func (workingTree) entries(folder string) (files, folders []string, err error) {
	all, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return nil, nil, nil
	}
	for _, e := range all { // links to folders are not followed: they may go round
		if e.IsDir() {
			folders = append(folders, e.Name())
		} else if info, err := os.Stat(filepath.Join(folder, e.Name())); err == nil && !info.IsDir() {
			files = append(files, e.Name())
		}
	}
	return files, folders, err
}

// glob lists the files of a tree that match a pattern, as path.Match has it for
// each part of the path; "**" stands for any number of folders that are not
// hidden.
func glob(from tree, pattern string) ([]string, error) {
	parts := strings.Split(filepath.Clean(pattern), string(filepath.Separator))
	for _, part := range parts {
		if _, err := filepath.Match(part, ""); err != nil {
			return nil, fmt.Errorf("the pattern %q: %w", part, err)
		}
	}
	fixed := 0
	for fixed < len(parts)-1 && !isPattern(parts[fixed]) {
		fixed++
	}
	root := strings.Join(parts[:fixed], string(filepath.Separator))
	switch {
	case fixed == 0:
		root = "."
	case root == "":
		root = string(filepath.Separator)
	}
	found, err := globBelow(from, root, parts[fixed:])
	slices.Sort(found)
	return slices.Compact(found), err
}

func isPattern(name string) bool { return strings.ContainsAny(name, "*?[") }

func globBelow(from tree, folder string, parts []string) (found []string, err error) {
	files, folders, err := from.entries(folder)
	if err != nil {
		return nil, err
	}
	part, rest := parts[0], parts[1:]
	if part == "**" {
		if len(rest) == 0 {
			rest = []string{"*"}
		}
		if found, err = globBelow(from, folder, rest); err != nil {
			return nil, err
		}
	}
	if len(rest) == 0 {
		return matching(folder, files, part), nil
	}
	below := rest
	if part == "**" {
		below = parts
	}
	for _, name := range matching(folder, folders, part) {
		more, err := globBelow(from, name, below)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// matching joins to a folder the names in it that match one part of a pattern.
func matching(folder string, names []string, part string) (paths []string) {
	for _, name := range names {
		ok := part == "**" && !strings.HasPrefix(name, ".")
		if part != "**" {
			ok, _ = filepath.Match(part, name) // glob has tried the part
		}
		if ok {
			paths = append(paths, filepath.Join(folder, name))
		}
	}
	return paths
}
