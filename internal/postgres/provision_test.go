//go:build unix

package postgres_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// asAccount is server's URL for another account, whose role goes with the
// database when it begins with the database's name.
func asAccount(t *testing.T, server, suffix, password string) (name, accountURL string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	name = strings.TrimPrefix(u.Path, "/") + suffix
	u.User = url.UserPassword(name, password)
	return name, u.String()
}

// An admin's URL beside the subgraph's own makes the account that the latter
// names, and follows when its password changes.
func TestAdminMakesAccount(t *testing.T) {
	t.Parallel()
	admin := postgrestest.Empty(t)
	for _, password := range []string{"first", "second: / @ % '"} {
		name, own := asAccount(t, admin, "_Users", password)
		db := open(t, postgres.Subgraph{Name: "users", URL: own, Admin: admin})
		if user := get[string](t, db, `SELECT current_user`); user != name {
			t.Errorf("works as %s", user)
		}
		if schema := get[string](t, db, `SELECT current_schema()`); schema != "users" {
			t.Errorf("works in %s", schema)
		}
	}
	// Once it is there, the account needs no admin.
	_, own := asAccount(t, admin, "_Users", "second: / @ % '")
	open(t, postgres.Subgraph{Name: "users", URL: own})
}

// The password of an account that somebody else made is theirs.
func TestAdminLeavesForeignAccount(t *testing.T) {
	t.Parallel()
	admin := postgrestest.Empty(t)
	name, own := asAccount(t, admin, "_someone", "theirs")
	exec(t, admin, `CREATE ROLE `+name+` LOGIN PASSWORD 'theirs'`)
	open(t, postgres.Subgraph{Name: "users", URL: own, Admin: admin})
	_, other := asAccount(t, admin, "_someone", "guessed")
	_, err := postgres.Subgraph{Name: "users", URL: other, Admin: admin, Migrations: migrations}.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "does not let account") || strings.Contains(err.Error(), "guessed") {
		t.Errorf("got %v", err)
	}
	open(t, postgres.Subgraph{Name: "users", URL: own})
}

// An admin of another database has no say.
func TestAdminOfAnotherDatabase(t *testing.T) {
	t.Parallel()
	here, elsewhere := postgrestest.Empty(t), postgrestest.Empty(t)
	_, own := asAccount(t, here, "_nobody", "secret")
	_, err := postgres.Subgraph{Name: "users", URL: own, Admin: elsewhere, Migrations: migrations}.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "does not let account") {
		t.Errorf("got %v", err)
	}
}

// An admin that may create nothing leaves the account to itself.
func TestAdminWithoutRights(t *testing.T) {
	t.Parallel()
	server := postgrestest.Empty(t)
	_, powerless := account(t, server, "")
	name, own := asAccount(t, server, "_users", "secret")
	exec(t, server, `CREATE ROLE `+name+` LOGIN PASSWORD 'secret'`, `CREATE SCHEMA users AUTHORIZATION `+name)
	db := open(t, postgres.Subgraph{Name: "users", URL: own, Admin: powerless})
	if user := get[string](t, db, `SELECT current_user`); user != name {
		t.Errorf("works as %s", user)
	}
}
