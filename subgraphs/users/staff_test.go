package users

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/token"
)

// find is the names of the accounts that fit a filter, as staff sees them.
func (f *fixture) find(t *testing.T, filter map[string]any) string {
	t.Helper()
	r := f.as("staff").Do(t, `query($f: UserFilter) { users(filter: $f, first: 100) { totalCount nodes { name } } }`, map[string]any{"f": filter})
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	var names []string
	for _, u := range r.Get("users.nodes").([]any) {
		names = append(names, u.(map[string]any)["name"].(string))
	}
	if n := r.Get("users.totalCount").(float64); int(n) != len(names) {
		t.Errorf("%v: %d of %v", filter, len(names), n)
	}
	return strings.Join(names, ", ")
}

func TestFindingAccounts(t *testing.T) {
	f := newFixture(t)
	f.db.MustExec(`UPDATE users SET blocked_at = now(), blocked_because = 'x' WHERE id = $1`, size.User(7).ID)
	f.db.MustExec(`UPDATE users SET email = 'deleted-' || id || '@deleted.invalid', name = 'Deleted account', deleted_at = now() WHERE id = $1`, size.User(8).ID)
	blocked, other := size.User(7), size.User(9)
	for _, c := range []struct {
		filter map[string]any
		want   string
	}{
		{map[string]any{"role": "ADMIN"}, "Ada Admin"},
		{map[string]any{"search": "carl cust"}, "Carla Customer"},
		{map[string]any{"search": "CARLA"}, "Carla Customer"},
		{map[string]any{"search": "customer@shopgraph.exa"}, "Carla Customer"},
		{map[string]any{"search": "carla", "role": "ADMIN"}, ""},
		{map[string]any{"search": "' | !x:*"}, ""},
		{map[string]any{"search": ""}, ""},
		{map[string]any{"email": " Staff@shopgraph.example"}, "Stefan Staff"},
		{map[string]any{"email": "a\x00"}, ""},
		{map[string]any{"status": "BLOCKED"}, blocked.Name},
		{map[string]any{"status": "DELETED"}, "Deleted account"},
		{map[string]any{"status": "BLOCKED", "search": "no such"}, ""},
		{map[string]any{"createdFrom": other.Created, "createdBefore": size.User(10).Created}, other.Name},
	} {
		if got := f.find(t, c.filter); got != c.want {
			t.Errorf("%v: %s, want %s", c.filter, got, c.want)
		}
	}
	if got := f.find(t, map[string]any{"status": "ACTIVE"}); strings.Count(got, ",")+1 != size.Users-2 {
		t.Errorf("active: %s", got)
	}
	// Pages of a filtered list fit together.
	seen, after := 0, any(nil)
	for range size.Users {
		r := f.as("staff").Do(t, `query($a: String) { users(filter: {role: CUSTOMER}, first: 7, after: $a) { nodes { role } pageInfo { hasNextPage endCursor } } }`, map[string]any{"a": after})
		seen += len(r.Get("users.nodes").([]any))
		if after = r.Get("users.pageInfo.endCursor"); r.Get("users.pageInfo.hasNextPage") == false {
			break
		}
	}
	if seen != size.Users-2 {
		t.Errorf("%d customers, page by page", seen)
	}
}

// Who may do what to whom.
func TestWhoMayChangeAccounts(t *testing.T) {
	f := newFixture(t)
	block := map[string]any{"reason": "because"}
	for _, c := range []struct {
		persona, mutation string
		target            int
		more              map[string]any
		want              string
	}{
		{"anonymous", "blockAccount", 5, block, "UNAUTHENTICATED"},
		{"owner", "blockAccount", 5, block, "FORBIDDEN"},
		{"owner", "unblockAccount", 5, nil, "FORBIDDEN"},
		{"owner", "changeRole", 0, map[string]any{"role": "ADMIN"}, "FORBIDDEN"},
		{"staff", "changeRole", 1, map[string]any{"role": "ADMIN"}, "FORBIDDEN"},
		{"no session", "changeRole", 0, map[string]any{"role": "ADMIN"}, "FORBIDDEN"},
		{"staff", "blockAccount", 5, block, ""},
		{"staff", "unblockAccount", 5, nil, ""},
		{"staff", "blockAccount", 1, block, "NOT_ALLOWED"},
		{"staff", "blockAccount", 2, block, "NOT_ALLOWED"},
		{"staff", "blockAccount", 5, map[string]any{"reason": " "}, "INVALID_REASON"},
		{"staff", "blockAccount", 5, map[string]any{"reason": strings.Repeat("x", 501)}, "INVALID_REASON"},
		{"admin", "blockAccount", 2, block, "NOT_ALLOWED"},
		{"admin", "changeRole", 2, map[string]any{"role": "STAFF"}, "NOT_ALLOWED"}, // the last one
		{"admin", "changeRole", 5, map[string]any{"role": "STAFF"}, ""},
		{"admin", "blockAccount", 1, block, ""},
		{"admin", "unblockAccount", 1, nil, ""},
	} {
		input := map[string]any{"accountId": userID(c.target)}
		for k, v := range c.more {
			input[k] = v
		}
		if got := codes(f.do(t, c.persona, c.mutation, "user { id role status }", input)); got != c.want {
			t.Errorf("%s, %s of %d: %q, want %q", c.persona, c.mutation, c.target, got, c.want)
		}
	}
	for _, nobody := range []string{id.User.Format(id.New()), "nonsense", id.Order.Format(size.User(5).ID)} {
		if got := codes(f.do(t, "admin", "changeRole", "user { id }", map[string]any{"accountId": nobody, "role": "STAFF"})); got != "ACCOUNT_NOT_FOUND" {
			t.Errorf("%s: %q", nobody, got)
		}
	}
}

func TestABlockedAccountCannotResetItsPassword(t *testing.T) {
	f := newFixture(t)
	f.do(t, "staff", "blockAccount", "user { id }", map[string]any{"accountId": userID(0), "reason": "fraud"})
	f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": customer})
	if sent, _ := f.mail(t); sent != "" {
		t.Errorf("sent:\n%s", sent)
	}
	f.do(t, "staff", "unblockAccount", "user { id }", map[string]any{"accountId": userID(0)})
	f.login(t, customer)
}

// Two admins who take each other's role away at once: one stays.
func TestTheLastAdminStays(t *testing.T) {
	f := newFixture(t)
	for range 10 {
		f.db.MustExec(`UPDATE users SET role = CASE WHEN id IN ($1, $2) THEN 'ADMIN' ELSE 'CUSTOMER' END`, size.User(2).ID, size.User(5).ID)
		admins := []string{f.loggedIn(t, 2, token.Admin), f.loggedIn(t, 5, token.Admin)}
		f.tokens["first"], f.tokens["second"] = admins[0], admins[1]
		var both sync.WaitGroup
		for persona, target := range map[string]int{"first": 5, "second": 2} {
			both.Go(func() {
				f.do(t, persona, "changeRole", "user { id }", map[string]any{"accountId": userID(target), "role": "CUSTOMER"})
			})
		}
		both.Wait()
		var left int
		if err := f.db.Get(&left, `SELECT count(*) FROM users WHERE role = 'ADMIN'`); err != nil || left < 1 {
			t.Fatalf("%d admins are left, %v", left, err)
		}
	}
}

// None of the hot queries walks a table. Sequential scans are cheapest on tables
// this small, so they are switched off to see whether there is another way.
func TestHotQueriesUseIndexes(t *testing.T) {
	db := postgrestest.New(t, Migrations, "users")
	if err := Seed(t.Context(), db.DB, demodata.Size{Users: 3000}, func(int) {}); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`ANALYZE`)
	for name, c := range map[string]struct {
		query string
		index string
	}{
		"by id":              {`SELECT ` + userColumns + ` FROM users u WHERE id = ANY('{0190b8a0-0000-7000-8000-000000000000}'::uuid[])`, "users_pkey"},
		"by e-mail":          {`SELECT ` + accountColumns + ` FROM users u WHERE email = 'x' AND deleted_at IS NULL`, "users_email_unique"},
		"search":             {`SELECT ` + userColumns + ` FROM users u WHERE search @@ to_tsquery('simple', '''ada'':*')`, "users_search"},
		"by role":            {`SELECT ` + userColumns + ` FROM users u WHERE role = 'STAFF' AND id < 'ffffffff-ffff-ffff-ffff-ffffffffffff' ORDER BY id DESC LIMIT 21`, "users_of_role"},
		"blocked":            {`SELECT ` + userColumns + ` FROM users u WHERE blocked_at IS NOT NULL ORDER BY id DESC LIMIT 21`, "users_blocked"},
		"a refresh token":    {`SELECT * FROM refresh_tokens WHERE hash = '\x00'`, "refresh_tokens_pkey"},
		"a user's sessions":  {`SELECT * FROM sessions WHERE user_id = '0190b8a0-0000-7000-8000-000000000000' AND ended_at IS NULL`, "sessions_of_user"},
		"an attempt":         {`SELECT * FROM attempts WHERE kind = 'ACCOUNT' AND key = '\x00'`, "attempts_pkey"},
		"letters":            {`SELECT id FROM letters WHERE due_at <= now() ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED`, "letters_due"},
		"a letter's token":   {`DELETE FROM letter_tokens WHERE hash = '\x00'`, "letter_tokens_pkey"},
		"an address book":    {`SELECT ` + addressColumns + ` FROM addresses WHERE user_id = ANY('{0190b8a0-0000-7000-8000-000000000000}'::uuid[])`, "addresses_of_user"},
		"sessions to delete": {`DELETE FROM sessions WHERE expires_at < now()`, "sessions_expired"},
	} {
		tx, err := db.Beginx()
		if err != nil {
			t.Fatal(err)
		}
		tx.MustExec(`SET LOCAL enable_seqscan = off`)
		var plan []string
		if err := tx.Select(&plan, `EXPLAIN `+c.query); err != nil {
			t.Fatal(err)
		}
		tx.Rollback()
		if text := strings.Join(plan, "\n"); !strings.Contains(text, c.index) || strings.Contains(text, "Seq Scan") {
			t.Errorf("%s does not use %s:\n%s", name, c.index, text)
		}
	}
}

// What a change costs in statements.
func TestStatementBudgetsOfChanges(t *testing.T) {
	f := newFixture(t)
	s := f.login(t, customer)
	var secret string
	for _, c := range []struct {
		name string
		most int
		do   func()
	}{
		{"a login", 4, func() { f.login(t, customer) }}, // count, read, forgive, open
		{"a refresh", 1, func() { s, _ = f.refresh(t, s) }},
		{"a change of the profile", 2, func() { f.changes(t, s) }},
		{"a letter for a new password", 3, func() {
			f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": customer})
		}},
		{"sending it", 3, func() { _, secret = f.mail(t) }}, // take, delete, and nothing more to take
		{"setting it", 8, func() {
			f.do(t, "anonymous", "resetPassword", "reset", map[string]any{"token": secret, "newPassword": password})
		}},
		{"a filtered page", 1, func() { f.as("staff").Do(t, `{ users(filter: {search: "a", role: CUSTOMER}) { nodes { id } } }`, nil) }},
		{"a page with address books", 2, func() { f.as("staff").Do(t, `{ users(first: 30) { nodes { id addresses { city } } } }`, nil) }},
		{"an address", 6, func() { f.do(t, "another", "addAddress", "address { id }", postal(nil)) }},
	} {
		f.db.Statements.Budget(t, c.most, c.do)
	}
	if _, refused := f.refresh(t, s); refused == "" {
		t.Error(fmt.Sprint("the reset did not happen: ", secret))
	}
}
