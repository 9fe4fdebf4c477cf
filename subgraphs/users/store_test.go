package users

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/graphserver/graphservertest"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/signingkey"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

// What a query costs in statements, whatever the number of rows.
func TestStatementBudgets(t *testing.T) {
	f := newFixture(t)
	representations := func(n int) map[string]any {
		list := make([]any, n)
		for i := range list {
			list[i] = map[string]any{"__typename": "User", "id": userID(i)}
		}
		return map[string]any{"r": list}
	}
	const entities = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }`
	for name, c := range map[string]struct {
		most  int
		as    string
		query string
		vars  map[string]any
	}{
		"one entity":                   {1, "staff", entities, representations(1)},
		"30 entities":                  {1, "staff", entities, representations(30)},
		"entities that are not theirs": {1, "owner", entities, representations(30)},
		"entities for nobody":          {0, "anonymous", entities, representations(30)},
		"me":                           {1, "owner", `{ me { id name } }`, nil},
		"a page":                       {1, "staff", `{ users(first: 30) { nodes { id name } pageInfo { hasNextPage } } }`, nil},
		"a page, counted":              {2, "staff", `{ users(first: 30) { totalCount nodes { id } } }`, nil},
		"a list that is refused":       {0, "owner", `{ users { totalCount } }`, nil},
		"a wrong login":                {2, "anonymous", `mutation { login(input: {email: "nobody@y.example", password: "0123456789"}) { userErrors { code } } }`, nil},
		"a registration":               {3, "anonymous", `mutation { register(input: {email: "x@y.example", name: "X", password: "0123456789"}) { accepted } }`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f.db.Statements.Budget(t, c.most, func() { f.as(c.as).Do(t, c.query, c.vars) })
		})
	}
}

// The rules hold in the database too, for whoever comes around the code.
func TestConstraints(t *testing.T) {
	f := newFixture(t)
	user := func(columns string) string {
		return `UPDATE users SET ` + columns + ` WHERE id = '` + size.User(0).ID.String() + `'`
	}
	address := func(recipient, line1, country, phone string) string {
		return fmt.Sprintf(`INSERT INTO addresses (id, user_id, recipient, line1, line2, postal_code, city, region, country, phone, is_default)
			VALUES ('%s', '%s', '%s', '%s', '', '', 'C', '', '%s', '%s', false)`, id.New(), size.User(0).ID, recipient, line1, country, phone)
	}
	f.db.Constraints(t, map[string]string{
		"users_email_unique":          user(`email = '` + size.User(1).Email + `'`),
		"users_email_form":            user(`email = 'A@b.example'`),
		"users_name_form":             user(`name = ' A'`),
		"users_role_known":            user(`role = 'ROOT'`),
		"users_password_hashed":       user(`password_hash = 'secret'`),
		"users_blocked_with_reason":   user(`blocked_at = now()`),
		"users_deleted_is_empty":      user(`deleted_at = now()`),
		"sessions_end_reasoned":       `UPDATE sessions SET ended_at = now()`,
		"sessions_end_known":          `UPDATE sessions SET ended_at = now(), ended_because = 'BORED'`,
		"sessions_user_id_fkey":       `DELETE FROM users`,
		"refresh_tokens_hashed":       `UPDATE refresh_tokens SET hash = 'the token itself'`,
		"letter_tokens_hashed":        `INSERT INTO letter_tokens (hash, user_id, purpose, email, expires_at) SELECT 'x', id, 'VERIFY_EMAIL', email, now() FROM users LIMIT 1`,
		"letter_tokens_purpose_known": `INSERT INTO letter_tokens (hash, user_id, purpose, email, expires_at) SELECT sha256('x'), id, 'FUN', email, now() FROM users LIMIT 1`,
		"attempts_kind_known":         `INSERT INTO attempts VALUES ('WISH', 'x', 1, 1, now(), now())`,
		"attempts_counted":            `INSERT INTO attempts VALUES ('ACCOUNT', 'x', 0, 1, now(), now())`,
		"addresses_country_form":      address("R", "1", "de", ""),
		"addresses_filled":            address("", "1", "DE", ""),
		"addresses_bounded":           address("R", "1", "DE", strings.Repeat("1", 31)),
	})
	byDefault := func() string { return strings.Replace(address("R", "1", "DE", ""), "false", "true", 1) }
	f.db.MustExec(byDefault())
	if _, err := f.db.Exec(byDefault()); err == nil || !strings.Contains(err.Error(), "addresses_one_default") {
		t.Errorf("a second default address: %v", err)
	}
}

func TestSeedFillsEmptyDatabasesOnly(t *testing.T) {
	f := newFixture(t)
	if err := Seed(t.Context(), f.db.DB, size, func(int) {}); !errors.Is(err, demodata.ErrNotEmpty) {
		t.Errorf("a second Seed = %v", err)
	}
	if n, err := f.store.count(t.Context(), nil); n != size.Users || err != nil {
		t.Errorf("%d accounts, %v", n, err)
	}
}

func TestReplicasShareTheirSigningKey(t *testing.T) {
	db := postgrestest.New(t, Migrations, "users")
	loaded := make(chan string, 8)
	for range cap(loaded) {
		go func() {
			keys, err := signingkey.Load(t.Context(), db.DB)
			if err != nil || len(keys) != 1 {
				loaded <- "error"
				t.Errorf("Load = %d keys, %v", len(keys), err)
				return
			}
			loaded <- string(keys[0])
		}()
	}
	first := <-loaded
	for range cap(loaded) - 1 {
		if <-loaded != first {
			t.Error("two replicas made a key each")
		}
	}
}

// A fault of ours shows a request id and nothing else, and stands in the log
// once.
func TestAnInternalErrorShowsNothing(t *testing.T) {
	db := postgrestest.New(t, Migrations, "users")
	authority := tokentest.Users(t)
	var log bytes.Buffer
	service, err := New(t.Context(), Config{
		DB: db.DB, Log: slog.New(slog.NewTextHandler(&log, nil)), SigningKeys: []ed25519.PrivateKey{authority.Key}, Mailer: &letterbox{}, Hashing: cheap,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`DROP TABLE users CASCADE`); err != nil {
		t.Fatal(err)
	}
	r := graphservertest.Client{Handler: service.Handler(), Token: authority.Token(userID(0), "customer")}.Do(t, `{ me { id } }`, nil)
	request := r.Header.Get("X-Request-Id")
	if r.Codes() != "INTERNAL_SERVER_ERROR" || r.Errors[0].Message != "internal error; the request id is "+request || r.Errors[0].Extensions.RequestID != request {
		t.Errorf("the client sees %s", r.Body)
	}
	if lines := log.String(); strings.Count(lines, "internal error") != 1 || !strings.Contains(lines, "request="+request) || !strings.Contains(lines, `relation \"users\" does not exist`) {
		t.Errorf("the log says %s", lines)
	}
}
