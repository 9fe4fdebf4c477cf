package check_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/casestest"
	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// TestInspectorRandom measures the differ by GraphQL Inspector on pairs of
// schemas that are made up. "make inspector" installs it and asks it for many
// more.
func TestInspectorRandom(t *testing.T) {
	inspector := startInspector(t)
	pairs := 200
	if n := os.Getenv("INSPECTOR_PAIRS"); n != "" {
		if _, err := fmt.Sscan(n, &pairs); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for seed := range uint64(pairs) {
		r := newRandom(seed)
		old := r.schema()
		inspector.compare(t, fmt.Sprintf("pair %d", seed), old, r.changed(old, 6), seen)
	}
	t.Logf("%d pairs; differences: %v", pairs, seen)
}

// TestInspectorCases measures the differ by GraphQL Inspector on the public
// composition cases: API schemas and subgraphs against the one before.
func TestInspectorCases(t *testing.T) {
	dir := casestest.Dir(t, "composition")
	inspector := startInspector(t)
	var apis, subgraphs []string
	for _, pattern := range []string{"*/*/apollo.supergraph.graphql", "*/*/guild.supergraph.graphql"} {
		for _, file := range glob(t, dir, pattern) {
			if s, err := supergraph.Parse(contents(t, file)); err == nil {
				apis = append(apis, printed(s.API))
			}
		}
	}
	for _, file := range glob(t, dir, "*/*/subgraphs/*.graphql") {
		if s, err := check.Read(&ast.Source{Name: file, Input: contents(t, file)}); err == nil {
			subgraphs = append(subgraphs, printed(s))
		}
	}
	step := 10 // all of them take minutes
	if os.Getenv("INSPECTOR_PAIRS") != "" {
		step = 1
	}
	seen := map[string]int{}
	for _, schemas := range [][]string{apis, subgraphs} {
		for i := step; i < len(schemas); i += step {
			inspector.compare(t, fmt.Sprintf("pair %d", i), schemas[i-1], schemas[i], seen)
			inspector.compare(t, fmt.Sprintf("pair %d backwards", i), schemas[i], schemas[i-1], seen)
		}
	}
	t.Logf("%d API schemas, %d subgraphs, every %d. with the one before, both ways; differences: %v", len(apis), len(subgraphs), step, seen)
	if len(apis) < 100 || len(subgraphs) < 500 || seen["a type is missing"] > len(subgraphs)/2 {
		t.Error("too few were compared")
	}
}

func glob(t *testing.T, dir, pattern string) []string {
	files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func contents(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type inspector struct {
	in  io.Writer
	out *bufio.Reader
}

// startInspector starts one process for all pairs.
func startInspector(t *testing.T) *inspector {
	t.Helper()
	const dir = "testdata/inspector"
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node to run GraphQL Inspector with")
	}
	if _, err := os.Stat(dir + "/node_modules/@graphql-inspector"); err != nil {
		t.Skip(`GraphQL Inspector is not installed: run "make inspector"`)
	}
	process := exec.Command("node", "diff.mjs")
	process.Dir, process.Stderr = dir, os.Stderr
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := process.Wait(); err != nil {
			t.Error(err)
		}
	})
	return &inspector{in, bufio.NewReader(out)}
}

// theirChange is a change as Inspector names it.
type theirChange struct{ Type, Level, Path string }

func (c theirChange) String() string { return c.Level + " " + c.Type + " " + c.Path }

// ask returns Inspector's changes; ok is false where it cannot read a schema.
func (i *inspector) ask(t *testing.T, old, new string) (_ []theirChange, ok bool) {
	t.Helper()
	line, err := json.Marshal(map[string]string{"old": old, "new": new})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	answer, err := i.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var changes []theirChange
	return changes, json.Unmarshal(answer, &changes) == nil
}

func (i *inspector) compare(t *testing.T, name, old, new string, seen map[string]int) {
	t.Helper()
	theirs, ok := i.ask(t, old, new)
	if !ok {
		seen["a type is missing"]++
		return
	}
	var ours []theirChange
	for _, c := range check.Diff(read(t, old), read(t, new)) {
		ours = append(ours, inTheirWords(c))
	}
	ours, theirs = comparable(ours), comparable(theirs)
	onlyOurs, onlyTheirs := subtract(ours, theirs), subtract(theirs, ours)
	for _, d := range differences {
		n := len(onlyOurs) + len(onlyTheirs)
		onlyOurs, onlyTheirs = d.allow(onlyOurs, onlyTheirs, read(t, old), read(t, new))
		if n -= len(onlyOurs) + len(onlyTheirs); n > 0 {
			seen[d.name]++
		}
	}
	if len(onlyOurs)+len(onlyTheirs) > 0 {
		t.Errorf("%s: only we say %v, only Inspector says %v\n-- old\n%s\n-- new\n%s", name, onlyOurs, onlyTheirs, old, new)
	}
}

// subtract is a without what b has, counted.
func subtract(a, b []theirChange) []theirChange {
	count := map[theirChange]int{}
	for _, c := range b {
		count[c]++
	}
	return slices.DeleteFunc(slices.Clone(a), func(c theirChange) bool {
		count[c]--
		return count[c] >= 0
	})
}

// inTheirWords writes a change as Inspector would.
func inTheirWords(c check.Change) theirChange {
	level := map[check.Class]string{check.Safe: "NON_BREAKING", check.Dangerous: "DANGEROUS", check.Breaking: "BREAKING"}[c.Class]
	path := strings.TrimSuffix(strings.ReplaceAll(c.Coordinate, "(", "."), ":)")
	if strings.HasPrefix(string(c.Kind), "DIRECTIVE_USAGE_") {
		detail := strings.TrimSuffix(strings.ReplaceAll(c.Detail, "(", "."), ":)")
		path += "." + detail
	}
	switch c.Kind {
	case "DIRECTIVE_ARGUMENT_ADDED":
		path, _, _ = strings.Cut(path, ".")
	case "FIELD_DEPRECATION_ADDED", "FIELD_DEPRECATION_REMOVED", "FIELD_DEPRECATION_REASON_ADDED", "FIELD_DEPRECATION_REASON_CHANGED",
		"ENUM_VALUE_DEPRECATION_REASON_ADDED", "ENUM_VALUE_DEPRECATION_REASON_CHANGED":
		path += ".@deprecated"
	}
	return theirChange{string(c.Kind), level, path}
}
