package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
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

// login returns a token of the account.
func login(t testing.TB, handler http.Handler, account demodata.Account) string {
	t.Helper()
	var answer struct {
		Data struct {
			Login struct{ Session struct{ AccessToken string } }
		}
	}
	text := askShop(t, handler, "", `mutation ($i: LoginInput!) { login(input: $i) { session { accessToken } } }`,
		map[string]any{"i": map[string]any{"email": account.Email, "password": account.Password}})
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return answer.Data.Login.Session.AccessToken
}
