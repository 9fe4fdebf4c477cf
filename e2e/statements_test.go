package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/mail"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/auth"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/headers"
	"github.com/shopgraph/shopgraph/router/server"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
	"github.com/shopgraph/shopgraph/subgraphs"
)

// counted is the shop in this process, behind its router, with what every
// subgraph is asked and every statement counted.
type counted struct {
	handler    http.Handler
	staff      string
	requests   map[string]*atomic.Int64
	statements map[string]*postgrestest.Statements
}

func newCounted(t *testing.T, size demodata.Size) *counted {
	t.Helper()
	c := &counted{requests: map[string]*atomic.Int64{}, statements: map[string]*postgrestest.Statements{}}
	databases := map[string]*sqlx.DB{}
	for _, s := range subgraphs.All() {
		db := postgrestest.New(t, s.Migrations, s.Name)
		if err := s.Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`ANALYZE`); err != nil {
			t.Fatal(err)
		}
		databases[s.Name], c.statements[s.Name], c.requests[s.Name] = db.DB, db.Statements, &atomic.Int64{}
	}
	people, log := tokentest.Users(t), slog.New(slog.DiscardHandler)
	running, err := subgraphs.StartAll(t.Context(), databases, subgraphs.Config{
		Log: log, UsersSigningKey: []byte(pemOf(t, people)), Mailer: mail.Folder{Path: t.TempDir(), Log: log},
		Hashing: &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	})
	if err != nil {
		t.Fatal(err)
	}
	propagation, err := headers.New(headers.Default, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := router.New(schema.Supergraph, router.Options{Log: log, Headers: propagation.Apply, Connect: func(s *supergraph.Subgraph) (execute.Transport, error) {
		return execute.NewMemory(s.Name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.requests[s.Name].Add(1)
			r.URL = &url.URL{Path: "/graphql"}
			running[s.Name].Handler.ServeHTTP(w, r)
		})), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	clients, err := auth.New([]auth.Issuer{{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: running["users"].Keys}}, auth.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if c.handler, err = server.New(server.Options{Router: r, Log: log, Admissions: []server.Admission{clients.Admit, propagation.Admit}}); err != nil {
		t.Fatal(err)
	}
	c.staff = people.Token(id.User.Format(size.User(1).ID), token.Staff)
	return c
}

// cost is how often a subgraph was asked, and how many statements it ran.
type cost struct {
	requests   int64
	statements int
}

// ask sends an operation as staff and returns what it cost, for each subgraph that
// was asked.
func (c *counted) ask(t *testing.T, query string) map[string]cost {
	t.Helper()
	for name := range c.requests {
		c.requests[name].Store(0)
		c.statements[name].Reset()
	}
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.staff)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `"errors"`) {
		t.Fatalf("%d %.1000s", w.Code, w.Body)
	}
	found := map[string]cost{}
	for name, requests := range c.requests {
		if n := requests.Load(); n > 0 {
			found[name] = cost{n, c.statements[name].Count()}
		}
	}
	return found
}

// How often subgraphs are asked, and how many statements they run, follows from
// the query alone: a page of fifty costs what a page of two does. Hazard 18.
func TestStatementsDoNotGrowWithThePage(t *testing.T) {
	c := newCounted(t, demodata.Size{Users: 60, Products: 60, Orders: 120})
	for name, q := range map[string]struct {
		query string
		most  map[string]int // statements of the one request to each subgraph
	}{
		"orders with customers and products": {
			`{ orders(first: %d) { nodes { number customer { name email } lines { productName product { name } variant { sku availableForSale } } } } }`,
			map[string]int{"orders": 2, "products": 2, "users": 1}},
		"products with all that lists show": {
			`{ products(first: %d) { nodes { name categories { name ancestors { name } } media { url } priceRange { lowest { amount } } variants { sku price { amount } stock { available movements(first: 2) { kind } } product { name } } } } }`,
			map[string]int{"products": 8}},
		"products counted": {
			`{ products(first: %d, search: "o") { totalCount nodes { name } facets { inStock prices { lowest { amount } } categories { count category { name parent { name } } } } } }`,
			map[string]int{"products": 6}},
		"accounts with addresses and orders": {
			`{ users(first: %d) { totalCount nodes { email addresses { city } orders(first: 3) { totalCount nodes { number lines { quantity } } } } } }`,
			map[string]int{"users": 3, "orders": 3}},
		"from orders to the whole product": {
			`{ orders(first: %d) { nodes { lines { variant { product { variants { prices { amount } stock { onHand } } } } } } } }`,
			map[string]int{"orders": 2, "products": 3}},
	} {
		few, many := c.ask(t, fmt.Sprintf(q.query, 2)), c.ask(t, fmt.Sprintf(q.query, 50))
		if !maps.Equal(few, many) || len(many) != len(q.most) {
			t.Errorf("%s: a page of 2 costs %v, a page of 50 %v", name, few, many)
		}
		for subgraph, cost := range many {
			if cost.requests != 1 || cost.statements > q.most[subgraph] {
				t.Errorf("%s: %s is asked %d times and runs %d statements, of %d that it may", name, subgraph, cost.requests, cost.statements, q.most[subgraph])
			}
		}
	}
}
