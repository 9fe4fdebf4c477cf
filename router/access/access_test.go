package access_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/casetest"
	"github.com/shopgraph/shopgraph/router/executetest"
)

// TestAccess reads archives of subgraphs (see package casetest), operations
// NAME.query and clients WHO.claims, the claims of a token in JSON; "nobody" has
// none and needs no file. "NAME for WHO" is the answer, and what subgraphs were
// asked for it. Policies are in policies.json; "refuse" is there where operations
// are refused whole.
func TestAccess(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		o := access.Options{Refuse: c.Has("refuse")}
		if text := c.File("policies.json"); text != "" {
			var p access.Policies
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				t.Fatal(err)
			}
			o.Policy = access.ByClaims(p)
		}
		w := casetest.New(t, c, router.Options{Access: o})
		seen := map[string]string{}
		for range 2 { // the second time from memory
			each(t, c, func(name, who string, ctx context.Context) {
				query := c.File(name + ".query")
				body := w.Execute(ctx, &router.Request{Query: query}).Body
				answer, err := executetest.Readable(body)
				if err != nil { // a refusal has no data
					answer = string(body) + "\n"
				}
				seen[name+" for "+who] = answer + w.Sent(t)
			})
		}
		return seen
	})
}

// each calls f for every operation and client of the case.
func each(t *testing.T, c *goldentest.Case, f func(name, who string, ctx context.Context)) {
	t.Helper()
	clients := map[string]context.Context{"nobody": t.Context()}
	for _, file := range c.Names() {
		if who, ok := strings.CutSuffix(file, ".claims"); ok {
			claims := token.Claims{Subject: who}
			if err := json.Unmarshal([]byte(c.File(file)), &claims.All); err != nil {
				t.Fatal(err)
			}
			clients[who] = token.WithClaims(t.Context(), claims)
		}
	}
	for _, file := range c.Names() {
		if name, ok := strings.CutSuffix(file, ".query"); ok {
			for who, ctx := range clients {
				f(name, who, ctx)
			}
		}
	}
}
