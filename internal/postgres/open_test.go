//go:build unix

package postgres_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// Every reason for which a database cannot be reached has its own words, and
// none shows the password.
func TestOpenExplains(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	through := listen(t)
	go serve(t, through, server)
	tcp := "postgres://postgres:s3cret@" + through.Addr().String() + "/shopgraph"
	closed := listen(t)
	closed.Close()
	for _, c := range []struct{ name, url, want string }{
		{"nothing listens", "postgres://me:s3cret@" + closed.Addr().String() + "/shop",
			"no PostgreSQL answers at " + closed.Addr().String() + " (connection refused; waited "},
		{"no socket", "postgres://me:s3cret@/shop?host=/nowhere", "no PostgreSQL answers at /nowhere (there is no socket; waited "},
		{"unknown host", "postgres://me:s3cret@no-such-host.invalid/shop", "no PostgreSQL answers at no-such-host.invalid:5432 (the host name no-such-host.invalid is not known; waited "},
		{"wrong password", edit(t, server, func(u *url.URL) { u.User = url.UserPassword("postgres", "s3cret") }),
			`does not let account "postgres" in: check the account and the password in the URL`},
		{"no such database", edit(t, server, func(u *url.URL) { u.Path = "/no_such" }), `has no database "no_such": create it (createdb no_such)`},
		{"TLS that is not there", tcp + "?sslmode=require", "does not offer TLS, which the URL asks for"},
		{"a password that is not encoded", "postgres://me:s3cret/%@host/shop", "the database URL cannot be read: it has to look like"},
		{"a port that is none", "postgres://me:s3cret@host:port/shop", "the database URL cannot be read: it has to look like"},
		{"not a URL", "mysql://me:s3cret@host/shop", "the database URL cannot be read: it has to look like"},
		{"empty", " ", "the database URL cannot be read: it has to look like"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, err := postgres.Open(t.Context(), c.url, postgres.OpenOptions{Wait: 100 * time.Millisecond})
			if err == nil {
				db.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got:  %v\nwant: %s", err, c.want)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in: %v", err)
			}
		})
	}
}

// A server that comes up late is waited for, which the log says.
func TestOpenWaits(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	reserved := listen(t)
	reserved.Close()
	waiting := make(lines, 16)
	go func() {
		<-waiting // the first attempt has failed
		late, err := net.Listen("tcp", reserved.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { late.Close() })
		serve(t, late, server)
	}()
	late := edit(t, server, func(u *url.URL) {
		query := u.Query()
		query.Del("host")
		query.Del("port")
		query.Del("sslmode")
		u.Host, u.RawQuery = reserved.Addr().String(), query.Encode()
	})
	db, err := postgres.Open(t.Context(), late, postgres.OpenOptions{Log: slog.New(slog.NewTextHandler(waiting, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if one := get[int](t, db, `SELECT 1`); one != 1 {
		t.Error(one)
	}
}

// A connection that the server ends, or whose server is not there, is lost; what
// the server has to say against a statement is not.
func TestLost(t *testing.T) {
	t.Parallel()
	url := postgrestest.Empty(t)
	db, err := postgres.Open(t.Context(), url, postgres.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`SELECT 1 / 0`); err == nil || postgres.Lost(err) {
		t.Errorf("a division by zero: %v", err)
	}
	if _, err := db.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`); err == nil || !postgres.Lost(err) {
		t.Errorf("the connection is ended: %v", err)
	}
	reserved := listen(t)
	reserved.Close()
	if _, err := net.Dial("tcp", reserved.Addr().String()); !postgres.Lost(fmt.Errorf("asking: %w", err)) {
		t.Errorf("nobody listens: %v", err)
	}
	if postgres.Lost(errors.New("a fault of ours")) {
		t.Error("a fault of ours")
	}
}

// lines is a log that can be waited on.
type lines chan string

func (l lines) Write(text []byte) (int, error) {
	select {
	case l <- string(text):
	default:
	}
	return len(text), nil
}

func edit(t *testing.T, text string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

// serve passes connections on to the server at url, which may be a socket.
func serve(t *testing.T, listener net.Listener, server string) {
	u, err := url.Parse(server)
	if err != nil {
		t.Error(err)
		return
	}
	network, address := "tcp", u.Host
	if host := u.Query().Get("host"); host != "" {
		network, address = "unix", host+"/.s.PGSQL."+u.Query().Get("port")
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			database, err := net.Dial(network, address)
			if err != nil {
				return
			}
			defer database.Close()
			go io.Copy(database, client)
			io.Copy(client, database)
		}()
	}
}
