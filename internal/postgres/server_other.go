//go:build !unix

package postgres

import (
	"context"
	"errors"
)

// Server is a private PostgreSQL that runs as a child of this process.
type Server struct{}

// Start cannot run a private server on this system.
func Start(context.Context, Options) (*Server, error) {
	return nil, errors.New("a private PostgreSQL can be run on Linux, macOS and the BSDs only: start a server and set DATABASE_URL, or use WSL")
}

// URL is empty here.
func (s *Server) URL() string { return "" }

// Exited never ends here.
func (s *Server) Exited() <-chan struct{} { return nil }

// Stop does nothing here.
func (s *Server) Stop() error { return nil }

// Running finds no server here.
func Running(string) (url string, ok bool) { return "", false }
