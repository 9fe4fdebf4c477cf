package main

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/scratch"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"shopgraph":    main,
		"idle-clients": idleClients,
	})
}

// TestScripts runs each testdata/*.txtar as a terminal session; UPDATE_SCRIPTS=1
// rewrites the expected output files. Two commands are the tests' own:
//
//	database   sets DATABASE_URL to an empty database, and ACCOUNT_URL to the same
//	           for an account that does not exist yet
//	scratch    sets SCRATCH to a folder for a private server
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"database": func(ts *testscript.TestScript, _ bool, _ []string) {
				database := postgrestest.Empty(t)
				account, err := url.Parse(database)
				ts.Check(err)
				// Its name begins like the database's, with which it is dropped.
				account.User = url.UserPassword(strings.TrimPrefix(account.Path, "/")+"_own", "s3cret")
				ts.Setenv("DATABASE_URL", database)
				ts.Setenv("ACCOUNT_URL", account.String())
			},
			"scratch": func(ts *testscript.TestScript, _ bool, _ []string) {
				folder, err := os.MkdirTemp(scratch.Dir(), "shopgraph-test-")
				ts.Check(err)
				ts.Defer(func() { os.RemoveAll(folder) })
				ts.Check(os.Chmod(folder, 0o755)) // root's server runs as another account
				ts.Setenv("SCRATCH", folder)
			},
		},
	})
}
