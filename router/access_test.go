package router

import (
	"context"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router/access"
)

// protecting is a world whose reviews are for those who are logged in.
func protecting(t testing.TB) *world {
	w := newWorld(t)
	w.supergraph = strings.NewReplacer(
		"  @link(url: \"https://specs.apollo.dev/join/v0.5\"", "  @link(url: \"https://specs.apollo.dev/authenticated/v0.1\", for: SECURITY)\n  @link(url: \"https://specs.apollo.dev/join/v0.5\"",
		"reviews: [Review!] ", "reviews: [Review!] @authenticated ",
		"directive @join__type(", "directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM\ndirective @join__type(",
	).Replace(w.supergraph)
	return w
}

func loggedIn(ctx context.Context, subject string) context.Context {
	return token.WithClaims(ctx, token.Claims{Subject: subject})
}

// Clients for whom the same is decided share a plan, whoever they are; an
// operation that demands nothing has one. A new supergraph takes the plans over,
// unless it demands something else.
func TestPlansByDecision(t *testing.T) {
	w := protecting(t)
	r := w.router(t, Options{})
	ask := func() {
		t.Helper()
		for _, ctx := range []context.Context{t.Context(), loggedIn(t.Context(), "a"), loggedIn(t.Context(), "b")} {
			answer := r.Execute(ctx, &Request{Query: everything})
			_, identified := token.FromContext(ctx)
			if strings.Contains(string(answer.Body), "Good.") != identified || (answer.Errors == 0) != identified {
				t.Errorf("identified %v: %s", identified, answer.Body)
			}
			r.Execute(ctx, &Request{Query: `{ product(upc: "1") { name } }`})
		}
	}
	ask()
	plans := func(want int, when string) {
		t.Helper()
		if got := r.current.Load().plans.Len(); got != want {
			t.Errorf("%d plans are remembered %s, want %d", got, when, want)
		}
	}
	plans(4, "after requests") // the demands of one operation, its two plans, and the plan of the other
	if _, err := r.Reload(w.supergraph + "\n# another"); err != nil {
		t.Fatal(err)
	}
	plans(4, "for a new supergraph")
	without := strings.Replace(w.supergraph, "reviews: [Review!] @authenticated", "reviews: [Review!]", 1)
	if _, err := r.Reload(without); err != nil {
		t.Fatal(err)
	}
	plans(2, "for one without demands")
	if _, err := r.Reload(w.supergraph); err != nil {
		t.Fatal(err)
	}
	ask()
}

func TestRefusingWhatIsWithheld(t *testing.T) {
	w := protecting(t)
	r := w.router(t, Options{Access: access.Options{Refuse: true}})
	if answer := r.Execute(t.Context(), &Request{Query: everything}); answer.Refused != access.CodeUnauthorized || len(w.network.Sent()) > 0 {
		t.Errorf("refused as %q: %s", answer.Refused, answer.Body)
	}
	if answer := r.Execute(loggedIn(t.Context(), "a"), &Request{Query: everything}); answer.Refused != "" || answer.Errors > 0 {
		t.Errorf("refused as %q: %s", answer.Refused, answer.Body)
	}
}
