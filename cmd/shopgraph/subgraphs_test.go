package main

import (
	"path/filepath"
	"slices"
	"testing"
)

// A subgraph that has tables is one that this program migrates.
func TestEverySubgraphIsInTheShop(t *testing.T) {
	folders, err := filepath.Glob("../../subgraphs/*/migrations")
	if err != nil || len(folders) == 0 {
		t.Fatalf("found %v, %v", folders, err)
	}
	for _, folder := range folders {
		if name := filepath.Base(filepath.Dir(folder)); !slices.Contains(subgraphNames(), name) {
			t.Errorf("subgraph %s has migrations: list it in subgraphs.All", name)
		}
	}
}
