package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopgraph/shopgraph/internal/mock"
	"github.com/shopgraph/shopgraph/internal/mock/plausible"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/server"
)

// TestCheckScripts runs each testdata/check/*.txtar as a terminal session, as
// TestScripts does. Commands of its own:
//
//	dates FILE         replaces TODAY-3 in a file by the date three days ago
//	subgraph NAME FILE serves a schema as a subgraph, and sets NAME to its URL
//	router NAME FILE   serves a supergraph by the router, and sets NAME to its URL
//	answer NAME FILE   answers every request with a file, and sets NAME to its URL
func TestCheckScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/check",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"dates": func(ts *testscript.TestScript, _ bool, args []string) {
				text := regexp.MustCompile(`TODAY-(\d+)`).ReplaceAllStringFunc(ts.ReadFile(args[0]), func(day string) string {
					n, err := strconv.Atoi(day[len("TODAY-"):])
					ts.Check(err)
					return time.Now().UTC().AddDate(0, 0, -n).Format(time.DateOnly)
				})
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
			},
			"subgraph": func(ts *testscript.TestScript, _ bool, args []string) {
				schema, err := mock.ParseSubgraph(ts.ReadFile(args[1]))
				ts.Check(err)
				serveAt(ts, args[0], "", mock.Handler(schema, plausible.New(schema, plausible.Options{})))
			},
			"router": func(ts *testscript.TestScript, _ bool, args []string) {
				r, err := router.New(ts.ReadFile(args[1]), router.Options{})
				ts.Check(err)
				handler, err := server.New(server.Options{Router: r, Log: slog.New(slog.DiscardHandler)})
				ts.Check(err)
				serveAt(ts, args[0], server.DefaultPath, handler)
			},
			"answer": func(ts *testscript.TestScript, _ bool, args []string) {
				text := ts.ReadFile(args[1])
				serveAt(ts, args[0], "", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(text)) }))
			},
		},
	})
}

func serveAt(ts *testscript.TestScript, name, path string, handler http.Handler) {
	s := httptest.NewServer(handler)
	ts.Defer(s.Close)
	ts.Setenv(name, s.URL+path)
}
