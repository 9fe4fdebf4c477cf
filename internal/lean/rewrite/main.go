// Command rewrite makes code that gqlgen has generated call package lean where
// that gives the same answers for less. It is run after gqlgen, on the folder of
// what it has generated.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rewrite FOLDER, with the exec.go and federation.go that gqlgen has written")
		os.Exit(2)
	}
	if err := rewriteFolder(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "rewrite %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func rewriteFolder(folder string) error {
	names := []string{filepath.Join(folder, "exec.go"), filepath.Join(folder, "federation.go")}
	sources := make([][]byte, len(names))
	for i, name := range names {
		var err error
		if sources[i], err = os.ReadFile(name); err != nil {
			return err
		}
	}
	var err error
	if sources[0], err = rewrite(sources[0]); err != nil {
		return err
	}
	if sources[1], err = rewriteFederation(sources[1]); err != nil {
		return err
	}
	if sources, err = dropUnused(sources); err != nil {
		return err
	}
	for i, name := range names {
		if err := os.WriteFile(name, sources[i], 0o644); err != nil {
			return err
		}
	}
	return nil
}
