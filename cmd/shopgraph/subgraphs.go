package main

import (
	"io/fs"

	"github.com/shopgraph/shopgraph/subgraphs/products"
	"github.com/shopgraph/shopgraph/subgraphs/users"
)

// shop is the subgraphs that this program contains, in the order in which they
// are migrated.
var shop = []struct {
	name       string
	migrations fs.FS
}{
	{"users", users.Migrations},
	{"products", products.Migrations},
}

func subgraphNames() []string {
	names := make([]string, len(shop))
	for i, s := range shop {
		names[i] = s.name
	}
	return names
}

func migrationsOf(name string) fs.FS {
	for _, s := range shop {
		if s.name == name {
			return s.migrations
		}
	}
	return nil
}
