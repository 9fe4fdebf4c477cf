package users

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

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
	db := postgrestest.New(t, Migrations, "users")
	const hash = "$argon2id$v=19$m=19456,t=2,p=1$x$y"
	insert := func(email, name, role, hash string) error {
		_, err := db.Exec(`INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5)`, id.New(), email, name, role, hash)
		return err
	}
	if err := insert("a@b.example", "A", "CUSTOMER", hash); err != nil {
		t.Fatal(err)
	}
	for constraint, row := range map[string][4]string{
		"users_email_unique":    {"a@b.example", "A", "CUSTOMER", hash},
		"users_email_form":      {"A@b.example", "A", "CUSTOMER", hash},
		"users_name_form":       {"c@b.example", " A", "CUSTOMER", hash},
		"users_role_known":      {"c@b.example", "A", "ROOT", hash},
		"users_password_hashed": {"c@b.example", "A", "CUSTOMER", "secret"},
	} {
		err := insert(row[0], row[1], row[2], row[3])
		if fault := pq.As(err, pqerror.CheckViolation, pqerror.UniqueViolation); fault == nil || fault.Constraint != constraint {
			t.Errorf("%v: %v, want %s", row, err, constraint)
		}
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
