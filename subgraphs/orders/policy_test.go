package orders

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
	own, other := id.New(), id.New()
	as := func(subject string, role token.Role) context.Context {
		return token.WithClaims(t.Context(), token.Claims{Subject: subject, Role: role, Scopes: token.ScopesOf(role)})
	}
	for name, c := range map[string]struct {
		ctx         context.Context
		sees        [2]bool // one's own orders, another's
		list, place apierror.Code
	}{
		"anonymous":  {t.Context(), [2]bool{false, false}, apierror.Unauthenticated, apierror.Unauthenticated},
		"a customer": {as(id.User.Format(own), token.Customer), [2]bool{true, false}, apierror.Forbidden, ""},
		"staff":      {as(id.User.Format(own), token.Staff), [2]bool{true, true}, "", ""},
		"an admin":   {as(id.User.Format(own), token.Admin), [2]bool{true, true}, "", ""},
		"a service":  {as("orders", token.Service), [2]bool{false, false}, apierror.Forbidden, apierror.Forbidden},
		"no scopes":  {token.WithClaims(t.Context(), token.Claims{Subject: id.User.Format(own), Role: token.Admin}), [2]bool{false, false}, apierror.Forbidden, apierror.Forbidden},
	} {
		v := viewer.From(c.ctx)
		if sees := [2]bool{maySeeOrdersOf(v, own), maySeeOrdersOf(v, other)}; sees != c.sees {
			t.Errorf("%s: maySeeOrdersOf = %v", name, sees)
		}
		if err := mayList(v); code(err) != c.list {
			t.Errorf("%s: mayList = %v", name, err)
		}
		if user, err := mayPlace(v); code(err) != c.place || err == nil && user != own {
			t.Errorf("%s: mayPlace = %v, %v", name, user, err)
		}
	}
}

func code(err error) apierror.Code {
	if seen, ok := apierror.As(err); ok {
		return seen.Code
	}
	return ""
}
