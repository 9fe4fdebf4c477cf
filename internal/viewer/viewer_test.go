package viewer

import (
	"context"
	"testing"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
)

// Every kind of viewer against every question.
func TestViewers(t *testing.T) {
	own, other := id.New(), id.New()
	as := func(subject string, role token.Role) context.Context {
		return token.WithClaims(t.Context(), token.Claims{Subject: subject, Role: role, Scopes: token.ScopesOf(role)})
	}
	const anonymous, forbidden, fine = apierror.Unauthenticated, apierror.Forbidden, apierror.Code("")
	for name, c := range map[string]struct {
		ctx                    context.Context
		person, staff, service apierror.Code
	}{
		"anonymous":               {t.Context(), anonymous, anonymous, anonymous},
		"a customer":              {as(id.User.Format(own), token.Customer), fine, forbidden, forbidden},
		"staff":                   {as(id.User.Format(own), token.Staff), fine, fine, forbidden},
		"an admin":                {as(id.User.Format(own), token.Admin), fine, fine, forbidden},
		"orders":                  {as("orders", token.Service), anonymous, forbidden, fine},
		"another service":         {as("search", token.Service), anonymous, forbidden, forbidden},
		"a customer named orders": {as("orders", token.Customer), anonymous, anonymous, anonymous},
		"staff with an order id":  {as(id.Order.Format(own), token.Staff), anonymous, anonymous, anonymous},
		"a role nobody knows":     {as(id.User.Format(own), "root"), anonymous, forbidden, forbidden},
		"an admin without scopes": {token.WithClaims(t.Context(), token.Claims{Subject: id.User.Format(own), Role: token.Admin}), fine, forbidden, forbidden},
		"orders with scopes":      {token.WithClaims(t.Context(), token.Claims{Subject: "orders", Role: token.Service, Scopes: token.ScopesOf(token.Admin)}), anonymous, forbidden, fine},
		"no role":                 {as(id.User.Format(own), ""), anonymous, anonymous, anonymous},
	} {
		v := From(c.ctx)
		user, err := v.Person()
		if code(err) != c.person || err == nil && user != own {
			t.Errorf("%s: Person = %v, %v", name, user, err)
		}
		if v.Is(own) != (c.person == fine) || v.Is(other) || v.Is([16]byte{}) {
			t.Errorf("%s: Is(own) = %v, Is(other) = %v, Is(nil) = %v", name, v.Is(own), v.Is(other), v.Is([16]byte{}))
		}
		if err := v.May(token.ScopeUsersRead); code(err) != c.staff || v.Has(token.ScopeUsersRead) != (err == nil) {
			t.Errorf("%s: May = %v, Has = %v", name, err, v.Has(token.ScopeUsersRead))
		}
		if err := v.Service("orders"); code(err) != c.service {
			t.Errorf("%s: Service = %v", name, err)
		}
	}
}

func code(err error) apierror.Code {
	seen, ok := apierror.As(err)
	if !ok {
		return ""
	}
	return seen.Code
}
