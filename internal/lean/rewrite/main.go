// Command rewrite makes code that gqlgen has generated call package lean where
// that gives the same answers for less. It is run after gqlgen, on its exec.go.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rewrite FILE, the exec.go that gqlgen has written")
		os.Exit(2)
	}
	if err := rewriteFile(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "rewrite %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func rewriteFile(name string) error {
	source, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if source, err = rewrite(source); err != nil {
		return err
	}
	return os.WriteFile(name, source, 0o644)
}
