// Package casestest finds the test data that is not part of the repository:
// cases of third parties, which are read where they are and never copied.
package casestest

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns a folder of the cases, such as "federation/audit": below the
// folder that SHOPGRAPH_CASES names, or else below ../shared, beside the
// repository. Where it is absent the test is passed over and says so; where
// SHOPGRAPH_CASES is set it must be there.
func Dir(t testing.TB, path string) string {
	t.Helper()
	if cases := os.Getenv("SHOPGRAPH_CASES"); cases != "" {
		dir := filepath.Join(cases, filepath.FromSlash(path))
		if _, err := os.Stat(dir); err != nil {
			t.Fatalf("SHOPGRAPH_CASES has no %s: %v", path, err)
		}
		return dir
	}
	dir := filepath.Join(root(t), "..", "shared", filepath.FromSlash(path))
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no cases at %s: put them there or set SHOPGRAPH_CASES to the folder that holds %s", dir, path)
	}
	return dir
}

// root is the folder of go.mod, above the test's package.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = above
	}
}
