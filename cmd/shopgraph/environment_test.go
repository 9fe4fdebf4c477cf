package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// systemVariables are read by convention, not as settings of ours.
var systemVariables = []string{"HOMEBREW_PREFIX", "PATH", "TMPDIR"}

var readsVariable = regexp.MustCompile(`\b(?:env|Getenv|LookupEnv)\("([A-Z_]+)"\)`)

// What the program reads is what "shopgraph help environment" explains.
func TestEveryVariableIsExplained(t *testing.T) {
	read := map[string]bool{}
	for _, suffix := range []string{"USERS", "PRODUCTS", "ORDERS"} {
		read[suffix+"_DATABASE_URL"] = true // put together by databaseURL
	}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || strings.HasSuffix(entry.Name(), "test") || strings.HasPrefix(entry.Name(), ".") && len(entry.Name()) > 2) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, match := range readsVariable.FindAllStringSubmatch(string(text), -1) {
			read[match[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range read {
		if !slices.Contains(systemVariables, name) && !explained(name) {
			t.Errorf("the program reads %s, which variables does not explain", name)
		}
	}
	for _, v := range variables {
		if !read[v.name] {
			t.Errorf("variables explains %s, which nothing reads", v.name)
		}
	}
}

func explained(name string) bool {
	return slices.ContainsFunc(slices.Concat(variables, settingVariables()), func(v variable) bool { return v.name == name })
}
