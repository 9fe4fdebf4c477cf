// Package serve runs an HTTP server as an operator wants it: it binds before it
// promises anything, has time limits, says whether it is live and ready, gives
// every request an id and one line in the log, and stops without cutting anyone
// off.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Options say what is served where.
type Options struct {
	// Name is the role, for logs and errors: "users".
	Name string
	// Address is host:port to listen on; port 0 takes a free one.
	Address string
	Handler http.Handler
	// Ready are the things without which the server is of no use, by name:
	// "database". Each returns nil when it can be used now.
	Ready map[string]func(context.Context) error
	Log   *slog.Logger
	// Quiet writes no line for each request.
	Quiet bool
	// Grace is how long requests may go on after the server was told to stop;
	// zero is 15 seconds.
	Grace time.Duration
}

// Server is bound to its address and not yet serving.
type Server struct {
	options  Options
	listener net.Listener
	server   *http.Server
	stopping atomic.Bool
	// silent are connections on which nothing was asked yet. They are no reason
	// to wait when the server stops, though to net/http they may be.
	silent sync.Map
}

// Time limits of a connection. A request is read in readTimeout and answered in
// writeTimeout, whatever it is for; an idle connection is closed.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// Listen binds the address. The error says what to do: a port that is taken,
// say.
func Listen(o Options) (*Server, error) {
	if o.Grace == 0 {
		o.Grace = 15 * time.Second
	}
	listener, err := net.Listen("tcp", o.Address)
	if err != nil {
		return nil, explain(o, err)
	}
	s := &Server{options: o, listener: listener}
	s.server = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
		ConnState:         s.noteSilent,
	}
	s.server.RegisterOnShutdown(s.closeSilent)
	return s, nil
}

func (s *Server) noteSilent(c net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.silent.Store(c, nil)
	} else {
		s.silent.Delete(c)
	}
}

func (s *Server) closeSilent() {
	s.silent.Range(func(c, _ any) bool {
		c.(net.Conn).Close()
		return true
	})
}

func explain(o Options, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s cannot listen on %s: another process has that port; stop it or choose another address", o.Name, o.Address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s cannot listen on %s: ports below 1024 need privileges; choose a higher one", o.Name, o.Address)
	}
	return fmt.Errorf("%s cannot listen on %q, which should be host:port such as \"localhost:4000\": %w", o.Name, o.Address, err)
}

// Address is where the server listens, with the port it got.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Serve answers requests until the context ends, then lets those under way
// finish and returns. While it stops it is live and no longer ready.
func (s *Server) Serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.server.Serve(s.listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("%s stopped serving: %w", s.options.Name, err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Grace)
	defer cancel()
	if err := s.server.Shutdown(grace); err != nil {
		s.server.Close()
		return fmt.Errorf("%s cut off requests that took longer than %s to finish", s.options.Name, s.options.Grace)
	}
	return nil
}

// Close gives the address back without having served.
func (s *Server) Close() error { return s.listener.Close() }

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) {
		writeHealth(w, http.StatusOK, health{Status: "live"})
	})
	mux.HandleFunc("GET /health/ready", s.ready)
	mux.Handle("/", s.options.Handler)
	return Identify(logged(s.options.Log, s.options.Quiet, mux))
}
