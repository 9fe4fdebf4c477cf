//go:build !race

// The race detector lets pools forget at random.

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// wholeShop is "shopgraph serve all" in this process, over a database of its own.
func wholeShop(t testing.TB, settings ...string) http.Handler {
	t.Helper()
	t.Setenv("DATABASE_URL", postgrestest.Empty(t))
	t.Setenv("MAIL_FOLDER", t.TempDir())
	c, _, ok := parseConfig(append([]string{"all", "--listen", "127.0.0.1:0", "--supergraph", "../../schema/supergraph.graphql"}, settings...), stdio{out: io.Discard, err: t.Output()})
	if !ok {
		t.Fatal("the settings are refused")
	}
	w := &whole{config: c, log: slog.New(slog.NewTextHandler(t.Output(), nil)), pools: map[string]*sqlx.DB{}}
	t.Cleanup(w.close)
	for _, step := range w.steps() {
		if _, err := step.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}
	return w.gateway.handler
}

// askShop sends an operation and returns the answer's body.
func askShop(t testing.TB, handler http.Handler, token, query string, variables map[string]any) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer.Body.Bytes()
}

// mainQuery returns the shop's main query, from the router's handler to the
// database and back, all three subgraphs included, once it gave the right answer.
func mainQuery(t testing.TB, settings ...string) func() {
	t.Helper()
	const query = `query Order($id: ID!) { order(id: $id) { id number status total { amount currencyCode } customer { id name email }
		lines { quantity unitPrice { amount currencyCode } product { id name } } } }`
	handler := wholeShop(t, settings...)
	customer := demodata.Accounts()[0]
	var login struct {
		Data struct {
			Login struct{ Session struct{ AccessToken string } }
		}
	}
	text := askShop(t, handler, "", `mutation ($i: LoginInput!) { login(input: $i) { session { accessToken } } }`,
		map[string]any{"i": map[string]any{"email": customer.Email, "password": customer.Password}})
	if err := json.Unmarshal(text, &login); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	order := demodata.Usual.Order(0)
	ask := func() []byte {
		return askShop(t, handler, login.Data.Login.Session.AccessToken, query, map[string]any{"id": id.Order.Format(order.ID)})
	}
	answer := string(ask())
	if !strings.Contains(answer, customer.Name) || strings.Count(answer, `"unitPrice"`) != len(order.Lines) ||
		!strings.Contains(answer, fmt.Sprintf(`"SG-%d"`, order.Number)) || strings.Contains(answer, `"errors"`) {
		t.Fatalf("the answer is wrong: %s", answer)
	}
	return func() {
		if again := ask(); string(again) != answer {
			panic("the answer is another: " + string(again))
		}
	}
}

// TestAllocationsOfTheMainQuery holds how often the main query allocates, which
// make bench-shop measures in time.
func TestAllocationsOfTheMainQuery(t *testing.T) {
	const budget = 615 // 584 when this was written
	if allocations := testing.AllocsPerRun(100, mainQuery(t)); allocations > budget {
		t.Errorf("%v allocations, %d are allowed", allocations, budget)
	}
}

// BenchmarkMainQuery is what make bench-stages takes apart.
func BenchmarkMainQuery(b *testing.B) {
	// Or they would share their reads, and one customer would soon be refused.
	ask := mainQuery(b, "--dedupe=off", "--rate-limit=off")
	b.ReportAllocs()
	b.ResetTimer()
	b.SetParallelism(25) // as many requests under way as with 50 connections
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			ask()
		}
	})
}
