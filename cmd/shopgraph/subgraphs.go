package main

import (
	"io/fs"

	"github.com/shopgraph/shopgraph/subgraphs"
)

// subgraphNames are those of the subgraphs that this program contains, in the
// order in which they start.
func subgraphNames() []string {
	var names []string
	for _, s := range subgraphs.All() {
		names = append(names, s.Name)
	}
	return names
}

func migrationsOf(name string) fs.FS {
	s, _ := subgraphs.Find(name)
	return s.Migrations
}
