package products

import (
	"context"
	"testing"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
)

// Every rule against every kind of viewer.
func TestPolicy(t *testing.T) {
	user := id.User.Format(id.New())
	as := func(subject string, role token.Role) context.Context {
		return token.WithClaims(t.Context(), token.Claims{Subject: subject, Role: role, Scopes: token.ScopesOf(role)})
	}
	for name, c := range map[string]struct {
		ctx                    context.Context
		sees                   bool // drafts, and how many there are
		catalogue, reservation apierror.Code
	}{
		"anonymous":       {t.Context(), false, apierror.Unauthenticated, apierror.Unauthenticated},
		"a customer":      {as(user, token.Customer), false, apierror.Forbidden, apierror.Forbidden},
		"staff":           {as(user, token.Staff), true, "", apierror.Forbidden},
		"an admin":        {as(user, token.Admin), true, "", apierror.Forbidden},
		"no scopes":       {token.WithClaims(t.Context(), token.Claims{Subject: user, Role: token.Admin}), false, apierror.Forbidden, apierror.Forbidden},
		"orders":          {as("orders", token.Service), false, apierror.Forbidden, ""},
		"another service": {as("search", token.Service), false, apierror.Forbidden, apierror.Forbidden},
	} {
		v := viewer.From(c.ctx)
		if seesAll(v) != c.sees || seesStock(v) != c.sees {
			t.Errorf("%s: seesAll %v, seesStock %v", name, seesAll(v), seesStock(v))
		}
		if err := mayChangeCatalogue(v); code(err) != c.catalogue {
			t.Errorf("%s: mayChangeCatalogue = %v", name, err)
		}
		if err := mayReserve(v); code(err) != c.reservation {
			t.Errorf("%s: mayReserve = %v", name, err)
		}
	}
}

func code(err error) apierror.Code {
	if seen, ok := apierror.As(err); ok {
		return seen.Code
	}
	return ""
}
