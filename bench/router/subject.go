package main

import (
	"context"
	"os"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// subject is what all programs are asked: a query, with the subgraphs that it
// is for and those who are to be compared.
type subject struct {
	// name is that of the files with what was found, title the table's.
	name, title string
	// folder has supergraph.graphql, and is removed in the end.
	folder string
	// body is the request's, expected the answer's, as encoding/json reads it.
	body     []byte
	expected any
	// count returns how many requests the subgraphs got since it was last asked.
	count func() (int, error)
	// reference is the hard-coded program, listening at an address.
	reference func(address string) measure.Command
	// rivals installs them.
	rivals func(ctx context.Context) ([]rival, error)
	// stop ends the subgraphs.
	stop func()
}

func (s *subject) close() {
	if s.stop != nil {
		s.stop()
	}
	if s.folder != "" {
		os.RemoveAll(s.folder)
	}
}

// rival is another router. Where it answers is the path at the port.
type rival struct {
	name, path string
	command    func(port string) measure.Command
}
