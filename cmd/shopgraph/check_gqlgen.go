package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"
)

// gqlgenFiles are the names that gqlgen looks for its configuration under.
var gqlgenFiles = []string{"gqlgen.yml", ".gqlgen.yml", "gqlgen.yaml"}

// maxAbove is how many folders above a schema are searched for gqlgen's
// configuration.
const maxAbove = 6

// resolverFolders are where a gqlgen server whose schema is in dir has its
// resolvers: dir itself, and what resolver.dir or resolver.filename of the
// nearest configuration says, relative to the configuration or, as servers that
// share one have it, to dir.
func resolverFolders(dir string) []string {
	folders := []string{dir}
	at := dir
	for range maxAbove {
		for _, name := range gqlgenFiles {
			text, err := os.ReadFile(filepath.Join(at, name))
			if err != nil {
				continue
			}
			var config struct {
				Resolver struct{ Dir, Filename string }
			}
			if yaml.Unmarshal(text, &config) != nil {
				return folders
			}
			resolvers := config.Resolver.Dir
			if resolvers == "" {
				resolvers = filepath.Dir(config.Resolver.Filename)
			}
			folders = append(folders, filepath.Join(at, resolvers), filepath.Join(dir, resolvers))
			slices.Sort(folders)
			return slices.Compact(folders)
		}
		above := filepath.Dir(at)
		if above == at {
			break
		}
		at = above
	}
	return folders
}
